"""Routing group connectors: between the routing group of 2007 and later and those of 2000 and 2003."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import convert, objects
from exmigrate.twin.cmdlets.exchange.connectors import hub_link
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import INVALID, Shell, TaskError, identity_text, items_of
from exmigrate.twin.cmdlets.exchange.values import list_of
from exmigrate.twin.powershell.collections_ import DictionaryBase
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world import legacy
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import ROUTING_GROUP

KIND = "RoutingGroupConnector"
ENDS = ("SourceTransportServers", "TargetTransportServers")
COSTS = range(1, 101)


def _all(shell: Shell) -> list[Entry]:
    return objects.all_of(shell, KIND, shell.org.layout.administrative_groups)


def _path(entry: Entry) -> str:
    """``ADMINISTRATIVE GROUP\\ROUTING GROUP\\NAME``, as the identity of a connector shows."""
    group = names.parent(names.parent(entry.dn))
    above = names.parent(names.parent(group))
    return "\\".join(names.rdn_value(dn) for dn in (above, group, entry.dn))


def _find(shell: Shell, value: Any) -> list[Entry]:
    text = identity_text(value)
    if "=" in text and "," in text:
        found = shell.store.get(text)
        return [found] if found is not None and found.has_class("msExchRoutingGroupConnector") else []
    wanted = text.strip().lower()
    fitting = []
    for entry in _all(shell):
        path = _path(entry).lower()
        short = path.partition("\\")[2]
        if wanted in (path, short, names.rdn_value(entry.dn).lower(), str(entry.guid)):
            fitting.append(entry)
    return fitting


def _one(shell: Shell) -> Entry:
    text = identity_text(shell.get("Identity") if shell.given("Identity") else shell.get("Instance"))
    found = _find(shell, text)
    if not found:
        raise shell.not_found(text)
    if len(found) > 1:
        raise TaskError(
            f"The operation couldn't be performed because '{text}' matches multiple entries.",
            "InvalidArgument",
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
        )
    objects.editable(shell, found[0])
    if not _is_ours(found[0]):
        raise TaskError(
            f"The routing group connector '{_path(found[0])}' connects routing groups of Exchange 2003 or Exchange 2000. "
            "Use Exchange System Manager to manage it.",
            "InvalidOperation",
            INVALID,
        )
    return found[0]


def _is_ours(entry: Entry) -> bool:
    ends = (names.parent(names.parent(entry.dn)), entry.text("msExchTargetRoutingGroup"))
    return ROUTING_GROUP.lower() in [names.rdn_value(dn).lower() for dn in ends if dn]


def _show(shell: Shell, entry: Entry) -> Record:
    known = legacy.routing_group_connectors(shell.controller)
    connector = next(c for c in known if names.key(c.dn) == names.key(entry.dn))

    def servers(found: tuple[str, ...]) -> Any:
        return list_of([objects.link(shell, shell.org.layout.server(name)) for name in found])

    extra = {
        "SourceRoutingGroup": objects.link(shell, connector.source_group),
        "TargetRoutingGroup": objects.link(shell, connector.target_group),
        "SourceTransportServers": servers(connector.sources),
        "TargetTransportServers": servers(connector.targets),
        "HomeMTA": None,
        "HomeMtaServerId": None,
    }
    return objects.show(
        shell, KIND, entry, _path(entry), extra, ("Name", "SourceRoutingGroup", "TargetRoutingGroup")
    )


@task("Get-RoutingGroupConnector")
def get_routing_group_connector(shell: Shell) -> None:
    """Connectors of all routing groups; a name may be that of both directions."""
    found = _find(shell, shell.get("Identity")) if shell.text("Identity") else _all(shell)
    if shell.text("Identity") and not found:
        raise shell.not_found(shell.text("Identity"))
    for entry in found:
        shell.call.write(_show(shell, entry))


# making


def _end(shell: Shell, name: str, present: tuple[str, ...] = ()) -> list[str]:
    """Names of the servers that a parameter gives for one end; ``@{Add=…; Remove=…}`` changes what is present."""
    value = shell.get(name)
    if isinstance(value, DictionaryBase):
        gone = {_server(shell, item).lower() for item in items_of(value.get("Remove"))}
        kept = [server for server in present if server.lower() not in gone]
        fresh = [_server(shell, item) for item in items_of(value.get("Add"))]
        found = list(dict.fromkeys([*kept, *fresh]))
    else:
        found = [_server(shell, item) for item in items_of(value) if item is not None]
    if not found:
        raise TaskError(f"The parameter {name} must name at least one server.", "InvalidArgument")
    return found


def _server(shell: Shell, value: Any) -> str:
    entry = shell.store.get(objects.server_link(shell, value))
    assert entry is not None
    if not legacy.is_legacy_server(entry):
        hub_link(shell, entry.dn)
        if not entry.number("msExchCurrentServerRoles") & 32:
            raise TaskError(
                f"The server '{names.rdn_value(entry.dn)}' isn't a Hub Transport server.", "InvalidArgument"
            )
    return names.rdn_value(entry.dn)


def _group(shell: Shell, servers: list[str], name: str) -> str:
    try:
        return legacy.group_of_servers(shell.controller, servers)
    except LookupError as error:
        raise TaskError(
            f"All servers that {name} names must be in the same routing group. {error}", "InvalidArgument"
        ) from error


def _cost(shell: Shell) -> int:
    cost = convert.number("Cost", shell.get("Cost", 1)) or 0
    if cost not in COSTS:
        raise TaskError(
            f"The value of property 'Cost' must be from {COSTS[0]} through {COSTS[-1]}: {cost}.",
            "InvalidArgument",
        )
    return cost


@task("New-RoutingGroupConnector")
def new_routing_group_connector(shell: Shell) -> None:
    """A connector between Hubs and legacy bridgeheads, with ``-Bidirectional`` also the way back."""
    name = shell.text("Name")
    ends = {parameter: _end(shell, parameter) for parameter in ENDS}
    groups = [_group(shell, servers, parameter) for parameter, servers in ends.items()]
    if names.key(groups[0]) == names.key(groups[1]):
        raise TaskError(
            "The source transport servers and the target transport servers are in the same routing group. A routing group "
            "connector connects two routing groups.",
            "InvalidArgument",
        )
    if ROUTING_GROUP.lower() not in [names.rdn_value(dn).lower() for dn in groups]:
        raise TaskError(
            f"One end of the connector must be in '{ROUTING_GROUP}'. Use Exchange System Manager for connectors between "
            "routing groups of Exchange 2003 or Exchange 2000.",
            "InvalidArgument",
        )
    both = bool(shell.get("Bidirectional", shell.get("BiDirectional", False)))
    for group in groups if both else groups[:1]:
        if shell.store.get(names.child("CN", name, f"CN=Connections,{group}")) is not None:
            raise shell.exists(name)
    cost = _cost(shell)
    if not shell.call.should_process(name, "New-RoutingGroupConnector"):
        return
    made = legacy.add_routing_group_connector(
        shell.controller,
        name,
        ends["SourceTransportServers"],
        ends["TargetTransportServers"],
        cost=cost,
        referrals=bool(shell.get("PublicFolderReferralsEnabled", True)),
        bidirectional=both,
        product=shell.version,
    )
    for connector in made:
        entry = shell.store.get(connector.dn)
        assert entry is not None
        shell.call.write(_show(shell, entry))


# changing


@task("Set-RoutingGroupConnector")
def set_routing_group_connector(shell: Shell) -> None:
    """Bridgeheads, cost and referrals of one direction; lists replace."""
    entry = _one(shell)
    now = next(
        c for c in legacy.routing_group_connectors(shell.controller) if names.key(c.dn) == names.key(entry.dn)
    )
    if shell.given("Cost"):
        _cost(shell)
    wanted: dict[str, list[str] | None] = dict.fromkeys(ENDS)
    for parameter, present, group in (
        (ENDS[0], now.sources, now.source_group),
        (ENDS[1], now.targets, now.target_group),
    ):
        if not shell.given(parameter):
            continue
        servers = _end(shell, parameter, present)
        if names.key(_group(shell, servers, parameter)) != names.key(group):
            raise TaskError(
                f"{parameter}: {', '.join(servers)} isn't in the routing group '{names.rdn_value(group)}' of that end of "
                "the connector.",
                "InvalidArgument",
            )
        if {s.lower() for s in servers} != {s.lower() for s in present}:
            wanted[parameter] = servers
    changes = objects.changes_of(shell, KIND, entry, skip=ENDS)
    if not any(wanted.values()):
        objects.apply(shell, KIND, entry, changes, _path(entry))
        return
    if not shell.call.should_process(_path(entry), "Set-RoutingGroupConnector"):
        return
    legacy.set_bridgeheads(shell.controller, entry.dn, wanted[ENDS[0]], wanted[ENDS[1]])
    fresh = shell.store.get(entry.dn)
    if changes and fresh is not None:
        shell.store.set(fresh, KIND, changes)


@task("Remove-RoutingGroupConnector")
def remove_routing_group_connector(shell: Shell) -> None:
    """Remove one direction."""
    entry = _one(shell)
    objects.remove(shell, entry, _path(entry))
