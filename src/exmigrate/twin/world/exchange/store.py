"""Reading and writing Exchange objects through one domain controller."""

from collections.abc import Mapping, Sequence
from typing import Any

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import kinds as table
from exmigrate.twin.world.exchange.kinds import Kind, Property
from exmigrate.twin.world.forest import DomainController

VERSION_ATTRIBUTE = "msExchVersion"


class UnknownProperty(KeyError):
    """A kind has no such property."""


class Store:
    """Exchange objects as one domain controller has them; writes go to that controller."""

    def __init__(self, controller: DomainController) -> None:
        self.controller = controller

    def get(self, dn: str) -> Entry | None:
        """The entry of a DN, or None."""
        return self.controller.get(dn)

    def all(self, kind: str, base: str) -> list[Entry]:
        """Entries of a kind below ``base``; none when the base is not there."""
        if self.controller.get(base) is None:
            return []
        return self.controller.search(base, f"(objectClass={_kind(kind).object_class})")

    def value(self, entry: Entry, kind: str, name: str) -> Any:
        """The plain value of a property.

        Raises:
            UnknownProperty: the kind has none of that name.
        """
        return table.read(entry, _property(kind, name))

    def create(
        self,
        kind: str,
        dn: str,
        values: Mapping[str, Any] | None = None,
        product: str = "2010",
        extra: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Add an object of a kind with properties by name; ``extra`` are attributes that no property stands for.

        Raises:
            DirectoryError: it exists already.
        """
        self.container(names.parent(dn))
        attributes = encode(_kind(kind), values or {})
        attributes[VERSION_ATTRIBUTE] = facts.object_version(product) or None
        attributes.update(extra or {})
        return self.controller.create(dn, _kind(kind).object_class, attributes)

    def set(self, entry: Entry, kind: str, values: Mapping[str, Any]) -> None:
        """Write properties of an entry; None resets one to what an empty attribute means."""
        self.controller.modify(entry.dn, encode(_kind(kind), values))

    def delete(self, dn: str, tree: bool = True) -> None:
        """Remove an object and what lies below it."""
        self.controller.delete(dn, tree)

    def container(self, dn: str, object_class: str = "msExchContainer") -> None:
        """Make sure a container and those above it exist."""
        if not dn or self.controller.get(dn) is not None:
            return
        self.container(names.parent(dn))
        self.controller.ensure(dn, object_class)

    def version(self, entry: Entry) -> int:
        """``msExchVersion``; 0 for 2003 and older."""
        return entry.number(VERSION_ATTRIBUTE)


def encode(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes for property values.

    Raises:
        UnknownProperty: the kind has none of that name.
    """
    attributes: dict[str, Any] = {}
    for name, value in values.items():
        item = kind.find(name)
        if item is None:
            raise UnknownProperty(f"{kind.name} has no property {name}")
        unlimited = item.codec == "size" and value is None
        attributes[item.attribute] = table.UNLIMITED if unlimited else table.encode(item, value)
    return attributes


def named(entries: Sequence[Entry], name: str) -> Entry | None:
    """The entry with that CN, without regard to case."""
    lowered = name.lower()
    return next((entry for entry in entries if names.rdn_value(entry.dn).lower() == lowered), None)


def _kind(name: str) -> Kind:
    return table.kinds()[name]


def _property(kind: str, name: str) -> Property:
    item = _kind(kind).find(name)
    if item is None:
        raise UnknownProperty(f"{kind} has no property {name}")
    return item
