"""The inventory of a live organization, by read-only collectors. Writes nothing anywhere."""

from .collect import Ask, collect
from .collectors import NotAsked, Query, collectors, queries, queries_of, with_queries
from .inventory import Inventory, NotAnInventory, Record, parse, to_bytes, with_brought
from .items import awaited, by_hand, items

__all__ = [
    "Ask",
    "Inventory",
    "NotAnInventory",
    "NotAsked",
    "Query",
    "Record",
    "awaited",
    "by_hand",
    "collect",
    "collectors",
    "items",
    "parse",
    "queries",
    "queries_of",
    "to_bytes",
    "with_brought",
    "with_queries",
]
