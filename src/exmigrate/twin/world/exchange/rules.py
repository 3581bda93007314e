"""Transport and journal rules: a container for 2007 and one for 2010, copied once by the first 2010 Hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

COLLECTION = {"2007": "Transport", "2010": "TransportVersioned"}
JOURNALING = {"2007": "Journaling", "2010": "JournalingVersioned"}


class RuleError(Exception):
    """A rule collection that cannot be read."""


class Rules:
    """Both kinds of rules in both containers."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org

    def base(self, kind: str, product: str) -> str:
        """DN of the container of a product's rules of a kind."""
        table = COLLECTION if kind == "TransportRule" else JOURNALING
        return self._org.layout.rules(table[product])

    def all(self, store: Store, kind: str, product: str) -> list[Entry]:
        """Rules in order of priority."""
        found = store.all(kind, self.base(kind, product))
        if kind == "TransportRule":
            found.sort(key=lambda entry: int(store.value(entry, kind, "Priority")))
        return found

    def add(self, store: Store, kind: str, product: str, name: str, values: dict[str, Any]) -> Entry:
        """A rule at the end of the list."""
        base = self.base(kind, product)
        given = {"RuleVersion": product, **values}
        if kind == "TransportRule":
            given.setdefault("Priority", len(self.all(store, kind, product)))
        return store.create(kind, names.child("CN", name, base), given, product)

    def copy_for_first_hub(self, store: Store) -> None:
        """What Setup of the first 2010 Hub does: the 2007 transport rules once, later changes are not shared."""
        base = self.base("TransportRule", "2010")
        if store.get(base) is not None:
            return
        store.container(base)
        store.container(self.base("JournalRule", "2010"))
        for entry in self.all(store, "TransportRule", "2007"):
            self.add(store, "TransportRule", "2010", names.rdn_value(entry.dn), self.values(store, entry))

    def values(self, store: Store, entry: Entry) -> dict[str, Any]:
        """What makes a rule up, without its name and version."""
        parts = ("Priority", "State", "Comments", "Settings")
        return {name: store.value(entry, "TransportRule", name) for name in parts}

    # collections as files

    def export(self, store: Store, product: str) -> bytes:
        """The rule collection as the XML of Export-TransportRuleCollection."""
        root = ElementTree.Element("rules", {"name": COLLECTION[product]})
        for entry in self.all(store, "TransportRule", product):
            values = self.values(store, entry)
            enabled = "true" if values["State"] == "Enabled" else "false"
            comment = str(values["Comments"] or "")
            rule = ElementTree.SubElement(
                root, "rule", {"name": names.rdn_value(entry.dn), "enabled": enabled, "comments": comment}
            )
            version = ElementTree.SubElement(rule, "version", {"requiredMinVersion": "1.1.0.0"})
            for name, value in sorted(json.loads(values["Settings"] or "{}").items()):
                action = ElementTree.SubElement(version, "action", {"name": name})
                ElementTree.SubElement(action, "argument", {"value": json.dumps(value)})
        return bytes(ElementTree.tostring(root, encoding="utf-16", xml_declaration=True))

    def load(self, store: Store, product: str, data: bytes) -> int:
        """Replace the whole collection by an exported one; gives how many rules there are now.

        Raises:
            RuleError: not a rule collection.
        """
        found = _parse(data)
        for entry in self.all(store, "TransportRule", product):
            store.delete(entry.dn)
        store.container(self.base("TransportRule", product))
        for priority, (name, values) in enumerate(found):
            self.add(store, "TransportRule", product, name, {**values, "Priority": priority})
        return len(found)


def _parse(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise RuleError("The rule collection is not a valid format. " + str(error)) from error
    if root.tag != "rules":
        raise RuleError("The rule collection is not a valid format.")
    found = []
    for rule in root.iter("rule"):
        settings = {}
        for action in rule.iter("action"):
            argument = action.find("argument")
            if argument is not None:
                settings[action.get("name", "")] = json.loads(argument.get("value", "null"))
        state = "Enabled" if rule.get("enabled", "true") == "true" else "Disabled"
        values = {
            "State": state,
            "Comments": rule.get("comments") or None,
            "Settings": json.dumps(settings, sort_keys=True),
        }
        found.append((rule.get("name", ""), values))
    return found
