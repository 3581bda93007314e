"""DNS with two views: what servers inside see, and what the Internet sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from exmigrate.twin.world.spec import DnsRecord

EXTERNAL_RESOLVERS = frozenset(("8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "4.2.2.1", "4.2.2.2"))


class Dns:
    """All records. A record of view ``both`` is in each view; names compare without case."""

    def __init__(self, records: Iterable[DnsRecord] = ()) -> None:
        self.records: list[DnsRecord] = [_normal(record) for record in records]
        self.external_servers: set[str] = set(EXTERNAL_RESOLVERS)

    def add(self, record: DnsRecord) -> None:
        """Add a record unless it is there."""
        fresh = _normal(record)
        if fresh not in self.records:
            self.records.append(fresh)

    def remove(self, name: str, record_type: str = "", view: str = "") -> int:
        """Remove the records of a name; gives how many went."""
        lowered = name.lower().rstrip(".")
        gone = [
            record
            for record in self.records
            if record.name == lowered
            and (not record_type or record.type == record_type.upper())
            and (not view or record.view in (view, "both"))
        ]
        for record in gone:
            self.records.remove(record)
            if view and record.view == "both":
                other = "external" if view == "internal" else "internal"
                self.records.append(replace(record, view=other))
        return len(gone)

    def point(self, name: str, address: str, view: str = "both", ttl: int = 300) -> None:
        """Make a name an A record of one address: what a person does at a cut-over."""
        for each in ("internal", "external") if view == "both" else (view,):
            self.remove(name, "A", each)
            self.remove(name, "CNAME", each)
            self.add(DnsRecord(name, "A", address, ttl, each))

    def find(self, name: str, record_type: str, view: str) -> list[DnsRecord]:
        """Records of a name and type in a view."""
        lowered = name.lower().rstrip(".")
        return [
            record
            for record in self.records
            if record.name == lowered and record.type == record_type.upper() and record.view in (view, "both")
        ]

    def addresses(self, name: str, view: str, depth: int = 8) -> list[str]:
        """Addresses of a name, aliases followed; a wildcard record answers for its children."""
        found = [record.value for record in self.find(name, "A", view)]
        if found:
            return found
        for alias in self.find(name, "CNAME", view):
            if depth:
                return self.addresses(alias.value, view, depth - 1)
        return []

    def reverse(self, address: str, view: str) -> str | None:
        """The name of an address: its PTR record, else the first A record with it."""
        octets = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
        for record in self.find(octets, "PTR", view) + self.find(address, "PTR", view):
            return record.value.rstrip(".")
        for record in self.records:
            if record.type == "A" and record.value == address and record.view in (view, "both"):
                return record.name
        return None

    def query(self, name: str, record_type: str, view: str) -> list[dict[str, Any]]:
        """Records as the network port gives them."""
        answers: list[dict[str, Any]] = []
        wanted = record_type.upper()
        if wanted == "PTR" and name.replace(".", "").isdigit():
            found = self.reverse(name, view)
            pointers = [DnsRecord(name, "PTR", found)] if found else []
        else:
            pointers = self.find(name, wanted, view)
        if not pointers and wanted in ("A", "AAAA"):
            for alias in self.find(name, "CNAME", view):
                answers.append(_answer(alias))
                pointers = [
                    DnsRecord(alias.value, "A", ip, alias.ttl) for ip in self.addresses(alias.value, view)
                ]
        return answers + [_answer(record) for record in pointers]


def _normal(record: DnsRecord) -> DnsRecord:
    return replace(record, name=record.name.lower().rstrip("."), type=record.type.upper())


def _answer(record: DnsRecord) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Name": record.name,
        "Type": record.type,
        "TTL": record.ttl,
        "Section": "Answer",
    }
    if record.type in ("A", "AAAA"):
        made["IPAddress"] = record.value
        made["IP4Address"] = record.value
    elif record.type == "MX":
        preference, _, host = record.value.partition(" ")
        made["Preference"] = int(preference)
        made["NameExchange"] = host
    elif record.type == "TXT":
        made["Strings"] = [record.value]
    elif record.type == "SRV":
        priority, weight, port, target = record.value.split(" ")
        made |= {"Priority": int(priority), "Weight": int(weight), "Port": int(port), "NameTarget": target}
    else:
        made["NameHost"] = record.value
    return made
