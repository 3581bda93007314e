"""Hosts: where each step's script runs, by the vantage of its kind (DESIGN section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exmigrate.model import Topology
from exmigrate.model.topology import Server

from .bind import Bound
from .controllers import of_configuration, of_domains, site_of_organization
from .errors import VantageError
from .scopes import site_of_server

_SHELL_VERSION = {"E07": "2007", "E10": "2010"}
_SHELL_OF = {version: shell for shell, version in _SHELL_VERSION.items()}
# The server that leaves last serves longest as a host of the old version's shell.
_LAST_TO_LEAVE = ("cas", "hub", "um", "mailbox")
_FIRST_TO_COME = ("cas", "hub", "mailbox", "um")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a step runs: server name (empty for a person alone), the shell it finds there, its pinned controllers.

    Attributes:
        dc: for the configuration; empty where there is none, such as on an Edge.
        dcs: one of each domain for its recipients, by the domain's name in small letters.
    """

    host: str
    shell: str
    dc: str
    dcs: Mapping[str, str] = field(default_factory=dict)


def place(topology: Topology, bound: Bound) -> Placement:
    """Choose the host of a step.

    Raises:
        VantageError: the plan has no server that offers the vantage.
    """
    kind = bound.kind
    if not kind.functions:
        return Placement("", "", "")
    vantage = _vantage(topology, kind.vantage)
    if kind.host:
        return _named(topology, bound, str(bound.evaluate("vantage", kind.host)), vantage)
    server = _BY_VANTAGE[vantage](topology, bound)
    if server is None:
        raise VantageError(
            f"No server of the plan can run {bound.id}.",
            step=bound.id,
            where=kind.where("vantage"),
            why=f"the step kind asks for the vantage {kind.vantage}",
            next="name such a server in the plan, or run 'exmigrate validate' to see what is missing",
        )
    _refuse_undriven(topology, bound, server)
    return _placed(topology, bound, server, vantage, _shell(vantage, server))


def _refuse_undriven(topology: Topology, bound: Bound, server: Server) -> None:
    if server.virtual and server.clustered is not None:
        raise VantageError(
            f"{bound.id} shall run on {server.name}, which is a clustered server and no machine.",
            server=server.name,
            step=bound.id,
            where=topology.where(server.path),
            why="its name is answered by whichever node runs it at the moment",
            next=f"name one of its nodes, {', '.join(server.clustered.nodes)}, or another server for what the step does",
        )
    if not server.driven:
        raise VantageError(
            f"{bound.id} shall run on {server.name}, which is not driven.",
            server=server.name,
            step=bound.id,
            where=topology.where(server.path),
            why="the plan says driven: false, or it has Windows 2000, which has no WinRM; this step kind has no gate in its place",
            next=f"let {server.name} be driven, or name another server for what the step does",
        )


def _vantage(topology: Topology, vantage: str) -> str:
    """The vantage of a kind with `shell` bound to the shell of the version that the transition goes to."""
    return _SHELL_OF.get(topology.target.version, vantage) if vantage == "shell" else vantage


def _shell(vantage: str, server: Server) -> str:
    match vantage:
        case "EDGE" | "E07" | "E10" if "edge" in server.roles:
            # The shell of an Edge knows its own directory only, whatever a step kind for every server asks for.
            return "EDGE-E10" if server.version == "2010" else "EDGE-E07"
        case "EDGE":
            return "EDGE-E10" if server.version == "2010" else "EDGE-E07"
        case "E07" | "E10" | "AD":
            return vantage
        case _:
            return ""


def _named(topology: Topology, bound: Bound, name: str, vantage: str) -> Placement:
    if not name:
        return Placement("", "", "")
    server = topology.server_by_name.get(name)
    if server is None:
        raise VantageError(
            f"{bound.id} shall run on {name!r}, which the plan does not have.",
            step=bound.id,
            where=bound.kind.where("vantage"),
        )
    _refuse_undriven(topology, bound, server)
    if bound.kind.vantage == "shell":
        # A named server has the shell of its own version, which may be the old one.
        vantage = _SHELL_OF.get(server.version, vantage)
    shell = vantage if vantage in ("E07", "E10", "AD", "EDGE") else ""
    return _placed(topology, bound, server, shell, _shell(shell, server))


def _placed(topology: Topology, bound: Bound, server: Server, vantage: str, shell: str) -> Placement:
    if vantage == "EDGE" or "edge" in server.roles or not server.domain:
        return Placement(server.name, shell, "")
    site = bound.scope.site or site_of_organization(topology)
    dc = of_configuration(topology, server, site, prepares=vantage == "AD")
    return Placement(server.name, shell, dc, of_domains(topology, dc, site))


def _own(topology: Topology, bound: Bound) -> Server | None:
    return topology.server_by_name.get(bound.scope.server)


def _directory_host(topology: Topology, bound: Bound) -> Server | None:
    return topology.server_by_name.get(topology.directory_host)


def _external(topology: Topology, bound: Bound) -> Server | None:
    return topology.server_by_name.get(topology.external_host)


def _edge(topology: Topology, bound: Bound) -> Server | None:
    own = _own(topology, bound)
    return own if own and "edge" in own.roles else None


def _with_shell(vantage: str) -> Callable[[Topology, Bound], Server | None]:
    version = _SHELL_VERSION[vantage]

    def choose(topology: Topology, bound: Bound) -> Server | None:
        own = _own(topology, bound)
        if (
            own
            and own.driven
            and own.version == version
            and "edge" not in own.roles
            and own.target == (version == topology.target.version)
        ):
            return own
        sites = [bound.scope.site] if bound.scope.site else []
        sites += [s.name for s in topology.internet_facing_sites] + [s.name for s in topology.sites]
        return next(
            (s for site in sites for s in _candidates(topology, site, version)),
            None,
        )

    return choose


def _candidates(topology: Topology, site: str, version: str) -> list[Server]:
    target = version == topology.target.version
    order = _FIRST_TO_COME if target else _LAST_TO_LEAVE
    found = [
        s
        for s in topology.servers
        if s.version == version
        and s.target == target
        and site_of_server(topology, s) == site
        and "edge" not in s.roles
    ]
    found = [s for s in found if s.driven]
    return sorted(found, key=lambda s: min((order.index(r) for r in s.roles if r in order), default=9))


_BY_VANTAGE: Mapping[str, Callable[[Topology, Bound], Server | None]] = {
    "target": _own,
    "AD": _directory_host,
    "E07": _with_shell("E07"),
    "E10": _with_shell("E10"),
    "EDGE": _edge,
    "external": _external,
}
