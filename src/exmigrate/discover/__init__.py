"""The inventory of a live organization, by read-only collectors. Writes nothing anywhere."""

from .asking import Asking, Silent
from .collect import collect
from .collectors import NotAsked, Query, collectors, queries, queries_of, with_queries
from .inventory import Inventory, NotAnInventory, Record, merge, parse, to_bytes

__all__ = [
    "Asking",
    "Inventory",
    "NotAnInventory",
    "NotAsked",
    "Query",
    "Record",
    "Silent",
    "collect",
    "collectors",
    "merge",
    "parse",
    "queries",
    "queries_of",
    "to_bytes",
    "with_queries",
]
