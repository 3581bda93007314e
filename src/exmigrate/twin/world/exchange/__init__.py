"""Exchange in the world: organization, databases, mailboxes, moves, folders, mail, Edge, and what persons do.

`ExchangeSide` is what `World` takes as its hooks.
"""

from exmigrate.twin.world.exchange.organization import ExchangeOrganization
from exmigrate.twin.world.exchange.people import People, PersonError
from exmigrate.twin.world.exchange.side import ExchangeSide

__all__ = ["ExchangeOrganization", "ExchangeSide", "People", "PersonError"]
