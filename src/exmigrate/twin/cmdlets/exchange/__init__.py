"""The Exchange management shells: cmdlets of 2007 and of 2010 over the simulated organization.

Each version's cmdlets belong to its snap-in; a machine has a snap-in when that version's management tools are
installed on it: `packs_for` a server gives the packs its PowerShell knows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from exmigrate.twin.cmdlets.exchange import (
    address_books,
    address_lists,
    arrays,
    availability,
    certificates,
    clusters,
    connectors,
    database_removal,
    databases,
    edge,
    groups,
    logons,
    mailbox_changes,
    mailboxes,
    messaging,
    move_mailbox,
    moves,
    permissions,
    public_folders,
    recipients,
    routing_groups,
    servers,
    storage_groups,
    tests,
    throttling,
    transport,
    vdirs,
)
from exmigrate.twin.cmdlets.exchange.declare import cmdlets_of, first_release
from exmigrate.twin.cmdlets.exchange.shell import SNAPINS
from exmigrate.twin.cmdlets.exchange.values import make
from exmigrate.twin.powershell.packs import Pack, SnapIn

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server

__all__ = ["pack_of", "packs_for"]

THEMES = (
    address_books, address_lists, arrays, availability, certificates, clusters, connectors, database_removal, databases, edge, groups, logons, mailbox_changes, mailboxes,
    messaging, move_mailbox, moves, permissions, public_folders, recipients, routing_groups, servers, storage_groups, tests, throttling, transport,
    vdirs,
)  # fmt: skip
"""The modules whose import declares the cmdlets."""

FIRST_RELEASE = "2007"
"""The level of 2007 without a service pack."""

LOADING_S = 6.0
"""Organization seconds that adding the snap-in takes: assemblies and a look at the directory."""


@lru_cache(maxsize=3)
def pack_of(version: str, rtm: bool = False) -> Pack:
    """The pack of ``2007`` or ``2010``, with ``rtm`` of 2007 without a service pack; the same object each time."""
    cmdlets = [first_release(c) if rtm else c for c in cmdlets_of(version)]
    name = SNAPINS[version]
    number = "8.0.0.0" if version == "2007" else "14.0.0.0"
    snapin = SnapIn(name, number, f"Admin Tasks for the Exchange Server {version}", on_load=_loader(version))
    return Pack(f"exchange-{version}", cmdlets=cmdlets, snapins={name: snapin})


def packs_for(server: Server) -> tuple[Pack, ...]:
    """Packs of the versions whose management tools a server has now."""
    found = server.exchange
    if found is None or found.product not in SNAPINS:
        return ()
    return (pack_of(found.product, found.level == FIRST_RELEASE),)


def _loader(version: str) -> Any:
    def load(session: Any) -> None:
        session.machine.clock.sleep(LOADING_S)
        if version == "2007":
            values = {
                "ViewEntireForest": False,
                "DefaultScope": "",
                "PreferredGlobalCatalog": "",
                "ConfigurationDomainController": "",
                "PreferredDomainControllers": None,
            }
            settings = make("Microsoft.Exchange.Data.Directory.AdminSessionADSettings", values)
            session.set_global("AdminSessionADSettings", settings)

    return load
