"""The inventory of a live organization, by read-only collectors. Writes nothing anywhere."""

from .collect import Ask, collect
from .collectors import NotAsked, Query, collectors, queries, queries_of, with_queries
from .inventory import Inventory, NotAnInventory, Record, merge, parse, to_bytes

__all__ = [
    "Ask",
    "Inventory",
    "NotAnInventory",
    "NotAsked",
    "Query",
    "Record",
    "collect",
    "collectors",
    "merge",
    "parse",
    "queries",
    "queries_of",
    "to_bytes",
    "with_queries",
]
