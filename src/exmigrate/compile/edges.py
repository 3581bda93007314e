"""Edges the compiler adds to what step kinds declare: preflight, vantage, G-06, later sites.

They follow from hosts and policy, not from a kind, so no kind can forget them.
"""

from __future__ import annotations

from collections.abc import Mapping

from exmigrate.model import Topology

from .bind import Bound
from .graph import Graph, Reach, connect
from .hosts import Placement

_INSTALLS = ("install-cas", "install-hub", "install-um", "install-mailbox", "install-edge")
_WITHOUT_PREFLIGHT = (
    "collect-inventory",
    "run-exchange-predeployment-analyzer",
    "gate-install-wmf",
    "preflight-remoting",
)


def add_preflight(graph: Graph, steps: Mapping[str, Bound], placements: Mapping[str, Placement]) -> None:
    """G-21: nothing runs on a server before its preflight has passed."""
    for id, bound in steps.items():
        host = placements[id].host
        preflight = f"preflight-remoting@{host}"
        if bound.kind.id not in _WITHOUT_PREFLIGHT and preflight in steps:
            connect(graph, preflight, id, "G-21: the host's preflight")


def add_vantage(
    graph: Graph, topology: Topology, steps: Mapping[str, Bound], placements: Mapping[str, Placement]
) -> None:
    """A shell exists from its host's first install to its host's last uninstall."""
    for id in steps:
        placement = placements[id]
        if placement.shell in ("", "AD"):
            continue
        arrival = _arrival(topology, steps, placement.host)
        if arrival and arrival != id:
            connect(graph, arrival, id, f"{placement.host} has its shell from {arrival} on")
        departure = _departure(topology, steps, placement.host)
        if departure and departure != id and not _is_removal(steps[id]):
            connect(graph, id, departure, f"{placement.host} loses its shell with {departure}")


def _is_removal(bound: Bound) -> bool:
    return bound.kind.id.startswith("uninstall-")


def _arrival(topology: Topology, steps: Mapping[str, Bound], host: str) -> str:
    server = topology.server_by_name[host]
    if not server.target:
        return ""
    return next((f"{k}@{host}" for k in _INSTALLS if f"{k}@{host}" in steps), "")


def _departure(topology: Topology, steps: Mapping[str, Bound], host: str) -> str:
    if topology.server_by_name[host].target:
        return ""
    order = (
        "uninstall-2007-cas",
        "uninstall-2007-hub",
        "uninstall-2007-um",
        "uninstall-2007-mailbox",
        "uninstall-old-edge",
    )
    return next((f"{k}@{host}" for k in order if f"{k}@{host}" in steps), "")


def add_later_sites(graph: Graph, topology: Topology, steps: Mapping[str, Bound]) -> None:
    """Later sites wait for the first Internet-facing site's pilot, or, by policy, for its Mailbox role only.

    A first site without a pilot of its own, or with one that moves to another site, has its cut-over and its Mailbox
    role in the pilot's place: no other site may be the first of the version. Towards 2007 the names move before it.
    """
    first = topology.first_site.name
    own = {d.key for d in topology.databases if d.site == first}
    pilots = {b.name for b in topology.batches if b.pilot and b.site == first and own.issuperset(b.targets)}
    boxes = [id for id, b in steps.items() if b.kind.id == "install-mailbox" and b.scope.site == first]
    if topology.policy.later_sites == "after-install":
        gates = boxes
        why = "later sites wait for the Mailbox role of the first site"
    elif pilots:
        gates = [id for id, b in steps.items() if b.kind.id == "move-mailboxes" and b.scope.name in pilots]
        why = "later sites wait for the pilot of the first site"
    else:
        gates = [*boxes, *(id for id in steps if id == f"cutover-client-namespace@site:{first}")]
        why = "later sites wait for the cut-over and the Mailbox role of the first site"
    for id, bound in steps.items():
        later = bound.scope.site not in ("", first) and bound.kind.id in _INSTALLS[:4]
        for gate in gates if later else ():
            connect(graph, gate, id, why)


def add_scp_first(graph: Graph, steps: Mapping[str, Bound], placements: Mapping[str, Placement]) -> None:
    """G-06: no other server is touched between a CAS's Setup and its SCP."""
    behind, before = Reach(graph, forward=True), Reach(graph, forward=False)
    mutating = [id for id, bound in steps.items() if bound.kind.effect in ("convergent", "once")]
    touches = behind.bits(mutating)
    on: dict[str, list[str]] = {}
    for id in mutating:
        on.setdefault(placements[id].host, []).append(id)
    for id, bound in steps.items():
        server = bound.scope.name
        scp = f"set-autodiscover-scp@{server}"
        if bound.kind.id != "install-cas" or scp not in steps:
            continue
        known = behind.of(scp) | before.of(scp) | behind.bits((scp, *on.get(server, ())))
        found = behind.of(id) & touches & ~known
        for then in _first_of(behind, found):
            connect(graph, scp, then, f"G-06: the SCP of {server} first")


def _first_of(behind: Reach, found: int) -> tuple[str, ...]:
    """Those of some steps that wait for no other of them: the rest is behind already."""
    covered = 0
    for id in behind.ids(found):
        covered |= behind.of(id)
    return behind.ids(found & ~covered)
