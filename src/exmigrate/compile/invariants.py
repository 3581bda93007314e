"""Graph invariants: what must hold on every compiled graph, whatever a plan or a step kind says.

The plain ones (these before those, within the same site, server or host) are data, `invariants.yaml`. Those that need
more than a pair of kinds are functions: G-06, G-08, G-09, G-17, G-21, G-25, G-26 and G-28 here, those of clustered
servers in `clusters`, those of old routing groups and of their last server in `legacy_invariants`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from exmigrate.model import Step, Topology

from .clusters import clustered
from .errors import InvariantError
from .graph import Closure, Graph
from .legacy_invariants import Violation, demands

__all__ = ["Violation", "refuse_violations", "violations"]

_MOVES = ("move-mailboxes", "sync-mailboxes")
_INSTALLS = ("install-cas", "install-hub", "install-um", "install-mailbox")


def violations(graph: Graph, steps: Mapping[str, Step], topology: Topology) -> list[Violation]:
    """Every pair of steps that breaks an invariant; empty for a graph that may run."""
    ancestors = Closure(graph)
    return [v for v in _demands(steps, topology, ancestors) if not ancestors.holds(v.before, v.after)]


def refuse_violations(graph: Graph, steps: Mapping[str, Step], topology: Topology) -> None:
    """Refuse a graph that breaks an invariant.

    Raises:
        InvariantError: names the invariants and pairs.
    """
    found = violations(graph, steps, topology)
    if not found:
        return
    first = found[0]
    raise InvariantError(
        f"The graph breaks {first.invariant}: {first.before} must be done before {first.after}.",
        step=first.after,
        why=first.why,
        next="add the missing need to the step kind, or the missing server or gate to the plan",
        details={"violations": [f"{v.invariant}: {v.before} before {v.after}" for v in found]},
    )


def _demands(steps: Mapping[str, Step], topology: Topology, ancestors: Closure) -> Iterator[Violation]:
    by_kind: dict[str, list[Step]] = {}
    for step in steps.values():
        by_kind.setdefault(step.kind, []).append(step)
    pilots = frozenset(b.name for b in topology.batches if b.pilot)
    for row in _table():
        if row.get("target") in (None, topology.target.version):
            yield from _row(row, by_kind, pilots)
    yield from _scp_first(by_kind, steps, ancestors)
    yield from _cutover_before_moves(by_kind, topology)
    yield from _patches_before_first_server(by_kind, topology)
    yield from clustered(by_kind, topology)
    yield from _preflight_first(steps)
    yield from _targets_ready(by_kind, topology)
    yield from _system_folders(by_kind, topology)
    yield from _drained_late(by_kind, topology)
    yield from _soaked(by_kind, steps)
    yield from demands(by_kind, topology, ancestors)


@cache
def _table() -> tuple[Mapping[str, Any], ...]:
    text = resources.files(__package__).joinpath("invariants.yaml").read_text(encoding="utf-8")
    return tuple(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


_WITHIN: Mapping[str, Callable[[Step, Step], bool]] = {
    "all": lambda before, after: True,
    "site": lambda before, after: not before.scope.site or before.scope.site == after.scope.site,
    "server": lambda before, after: before.scope.server == after.scope.server,
    "host": lambda before, after: before.scope.server == after.host,
    "name": lambda before, after: before.scope.name == after.scope.name,
}


def _row(
    row: Mapping[str, Any], by_kind: Mapping[str, list[Step]], pilots: frozenset[str]
) -> Iterator[Violation]:
    within = _WITHIN[row["within"]]
    for before in _steps(by_kind, row["before"]):
        for after in _steps(by_kind, row["after"]):
            counts = not row.get("pilot") or after.scope.name in pilots
            if counts and within(before, after):
                yield Violation(row["id"], before.id, after.id, row["why"])


def _steps(by_kind: Mapping[str, list[Step]], kinds: Iterable[str]) -> Iterator[Step]:
    for kind in kinds:
        yield from by_kind.get(kind, ())


def _scp_first(
    by_kind: Mapping[str, list[Step]], steps: Mapping[str, Step], ancestors: Closure
) -> Iterator[Violation]:
    for install in by_kind.get("install-cas", ()):
        scp = f"set-autodiscover-scp@{install.scope.server}"
        for step in steps.values() if scp in steps else ():
            elsewhere = step.host != install.scope.server and step.id != scp
            leads_to_scp = ancestors.holds(step.id, scp)
            if step.mutating and elsewhere and ancestors.holds(install.id, step.id) and not leads_to_scp:
                yield Violation(
                    "G-06", scp, step.id, "clients get certificate prompts from the new server's SCP"
                )


def _cutover_before_moves(by_kind: Mapping[str, list[Step]], topology: Topology) -> Iterator[Violation]:
    own_names = {s.name for s in topology.sites if s.internet_facing}
    for cutover in by_kind.get("cutover-client-namespace", ()):
        for move in _steps(by_kind, ("move-mailboxes", "sync-mailboxes")):
            first = cutover.scope.name == topology.first_site.name
            if first or (cutover.scope.name == move.scope.site and move.scope.site in own_names):
                yield Violation(
                    "G-08", cutover.id, move.id, "the old entry point cannot serve a moved mailbox"
                )


def _patches_before_first_server(
    by_kind: Mapping[str, list[Step]], topology: Topology
) -> Iterator[Violation]:
    for patch in _steps(by_kind, ("patch-2007-servers", "upgrade-2007-cms")):
        server = topology.server_by_name[patch.scope.server]
        everywhere = {"cas", "um"} & set(server.roles)
        for install in _steps(by_kind, _INSTALLS):
            if everywhere or server.site == install.scope.site:
                yield Violation("G-17", patch.id, install.id, "2010 Setup and proxying need 2007 SP2 there")


def _preflight_first(steps: Mapping[str, Step]) -> Iterator[Violation]:
    exempt = (
        "collect-inventory",
        "run-exchange-predeployment-analyzer",
        "preflight-remoting",
        "gate-install-wmf",
    )
    for step in steps.values():
        preflight = f"preflight-remoting@{step.host}"
        if preflight in steps and step.kind not in exempt:
            yield Violation("G-21", preflight, step.id, "it would fail there at 03:00")


def _targets_ready(by_kind: Mapping[str, list[Step]], topology: Topology) -> Iterator[Violation]:
    targets = {b.name: set(b.targets) for b in topology.batches}
    for ready in _steps(by_kind, ("configure-databases", "gate-backup-target")):
        for move in _steps(by_kind, ("move-mailboxes", "sync-mailboxes")):
            if ready.scope.name in targets.get(move.scope.name, ()):
                yield Violation("G-25", ready.id, move.id, "the target must exist and be backed up")


def _system_folders(by_kind: Mapping[str, list[Step]], topology: Topology) -> Iterator[Violation]:
    first = {b.name for b in topology.batches if b.pilot or b.outlook_2003}
    for replicated in by_kind.get("replicate-system-folders", ()):
        for move in _steps(by_kind, _MOVES):
            if move.scope.name in first:
                why = "free/busy, address book and logon of Outlook 2003 need the system folders"
                yield Violation("G-09", replicated.id, move.id, why)


def _drained_late(by_kind: Mapping[str, list[Step]], topology: Topology) -> Iterator[Violation]:
    version = {b.name: b.source for b in topology.batches}
    of_2007 = {
        "move-public-folder-replicas": True,
        "drain-legacy-pf-replicas": False,
        "gate-drain-legacy-pf-replicas": False,
    }
    for kind, newer in of_2007.items():
        for drain in by_kind.get(kind, ()):
            for move in by_kind.get("move-mailboxes", ()):
                if (version.get(move.scope.name) == "2007") == newer:
                    why = "old mailboxes look for a replica of their own version"
                    yield Violation("G-26", move.id, drain.id, why)


_AFTER_SOAK = (
    "remove-2007-databases",
    "remove-2007-cms",
    "uninstall-2007-mailbox",
    "uninstall-2007-um",
    "uninstall-2007-hub",
    "uninstall-2007-cas",
    "uninstall-old-edge",
    "delete-legacy-stores",
    "uninstall-legacy-server",
)
_AFTER_EVERY_SOAK = (
    "clean-2007-groups",
    "clean-legacy-groups",
    "empty-legacy-groups",
    "delete-rus",
    "remove-legacy-routing-groups",
)


def _soaked(by_kind: Mapping[str, list[Step]], steps: Mapping[str, Step]) -> Iterator[Violation]:
    """A server has its site's gate before it, or its own where it may leave early."""
    why = "soak, final backup and go/no-go come before what cannot be undone"
    gates = by_kind.get("gate-decommission", [])
    for step in _steps(by_kind, _AFTER_SOAK):
        own = f"gate-decommission-server@{step.scope.server}"
        before = [own] if own in steps else [g.id for g in gates if g.scope.site in ("", step.scope.site)]
        for gate in before:
            yield Violation("G-28", gate, step.id, why)
    for step in _steps(by_kind, _AFTER_EVERY_SOAK):
        for each in gates:
            yield Violation("G-28", each.id, step.id, why)
