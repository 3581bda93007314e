"""What was found in the live organization, as rules ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Topology

from .judge import Items


@dataclass(frozen=True)
class Found:
    """A topology with what was found."""

    topology: Topology
    items: Items

    def of(self, item: str) -> Iterator[tuple[str, Any]]:
        """Values of an item with their scopes."""
        for key, value in self.items.items():
            name, _, scope = key.partition("@")
            if name == item:
                yield scope, value

    def records(self, item: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Mappings of an item, each entry of a list on its own."""
        for scope, value in self.of(item):
            for entry in value if isinstance(value, list | tuple) else (value,):
                if isinstance(entry, Mapping):
                    yield scope, entry


def number(value: object) -> int:
    """A value that was written as a number or as text; 0 for anything else."""
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0


def truth(value: object) -> bool:
    """Whether a value says yes, however the collector wrote it."""
    return str(value).strip().lower() in ("true", "1")


def place(f: Found, server: str) -> str:
    """Where the plan speaks of a server; empty where it does not."""
    known = f.topology.server_by_name.get(server)
    return known.path if known else ""


def rows(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Mappings in a list of a record; what a person wrote there instead is no row."""
    value = record.get(key)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []


def texts(record: Mapping[str, Any], key: str) -> list[str]:
    """Texts in a list of a record."""
    value = record.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list | tuple) else []
