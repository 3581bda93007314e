"""Rules of coexistence that are judged on the order of the graph.

Severity, words, remedy and waivers come from the one table of rules in `plan.rules`; here is only what breaks one. Most
rules have the form *every such step comes after such another* and are rows of `rules.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from exmigrate.model import Finding, Step, Topology
from exmigrate.model.topology import Server
from exmigrate.plan.rules import Hit, Predicate, judge
from exmigrate.plan.rules.view import levels

from . import legacy_rules
from .graph import Closure, Graph
from .order import Order


def graph_findings(topology: Topology, steps: Mapping[str, Step], graph: Graph) -> tuple[Finding, ...]:
    """What the rules on order say of a graph."""
    return judge(topology, Order(topology, steps, Closure(graph)), predicates())


@cache
def predicates() -> Mapping[str, Predicate[Order]]:
    """Predicates by rule: the rows of `rules.yaml`, and those that need more than a row."""
    text = resources.files(__package__).joinpath("rules.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    table: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        table.setdefault(row["rule"], []).append(row)
    return {**{rule: _rows(found) for rule, found in table.items()}, **_OWN, **legacy_rules.PREDICATES}


_WITHIN: Mapping[str, Callable[[Step, Step], bool]] = {
    "all": lambda need, step: True,
    "site": lambda need, step: need.scope.site in ("", step.scope.site),
    "server": lambda need, step: need.scope.server == step.scope.server,
    "host": lambda need, step: need.scope.server == step.host,
}


def _rows(rows: list[dict[str, Any]]) -> Predicate[Order]:
    def predicate(order: Order) -> Iterator[Hit]:
        for row in rows:
            within = _WITHIN[row["within"]]
            for step in order.of(*row["steps"]):
                if _applies(order, step, row) and not any(
                    within(s, step) for s in order.before(step, row["need"])
                ):
                    yield Hit(f"{step.id} has no {row['need']} before it", order.place(step))

    return predicate


def _applies(order: Order, step: Step, row: Mapping[str, Any]) -> bool:
    """Whether a row counts for a step: a machine that nobody drives is staged by hand, a server may lack the role."""
    server = order.topology.server_by_name.get(step.scope.server or step.host)
    if row["need"] == "stage-media":
        host = order.topology.server_by_name.get(step.host)
        return host is not None and host.driven and not _up_to_date(step, host)
    if row["need"] == "uninstall-2007-hub":
        return server is not None and "hub" in server.roles
    return True


def _up_to_date(step: Step, server: Server) -> bool:
    """Whether an old server has what the step would install, so that no media is needed for it."""
    if step.kind == "patch-legacy-servers":
        return levels(server.service_pack) >= {"2000": 3}.get(server.version, 2)
    return step.kind == "install-kb937031" and server.kb937031


def _legacy_permissions(order: Order) -> Iterator[Hit]:
    for step in () if order.topology.has_legacy else order.of("prepare-legacy-permissions"):
        yield Hit(f"{step.id} is in the graph")


def _proxying(order: Order) -> Iterator[Hit]:
    t = order.topology
    inner = [
        s for s in t.servers_in(role="cas", version="2007") if not t.site_by_name[s.site].internet_facing
    ]
    if inner and not order.has("copy-owa-2007-version-folder"):
        yield Hit(f"OWA of {inner[0].name} in {inner[0].site} is proxied", inner[0].path)


def _outlook_anywhere(order: Order) -> Iterator[Hit]:
    facts = order.topology.source
    used = [c for c in facts.client_access if c.outlook_anywhere_host] if facts else []
    if used and order.has("cutover-client-namespace") and not order.has("move-outlook-anywhere-endpoint"):
        yield Hit(f"Outlook Anywhere of {used[0].server} stays", used[0].path)


def _scp(order: Order) -> Iterator[Hit]:
    for install in order.of("install-cas"):
        if f"set-autodiscover-scp@{install.scope.server}" not in order.steps:
            yield Hit(f"{install.id} is followed by no set-autodiscover-scp", order.place(install))


def _expansion(order: Order) -> Iterator[Hit]:
    groups = order.topology.expansion_groups
    named = {g.expansion_server for g in groups}
    for step in order.of("uninstall-2007-hub", "uninstall-legacy-server") if groups else ():
        holds = step.kind == "uninstall-2007-hub" or step.scope.server in named
        if holds and not any(order.before(step, "move-expansion-servers")):
            yield Hit(f"{step.id} comes before the groups are expanded elsewhere", order.place(step))


def _replicas(order: Order) -> Iterator[Hit]:
    for step in order.of("remove-2007-databases"):
        database = order.topology.database_by_key.get(step.scope.name)
        public = database is not None and database.kind == "public-folder"
        if public and not any(order.before(step, "move-public-folder-replicas")):
            yield Hit(f"{step.id} has no move-public-folder-replicas before it", order.place(step))
    for step in order.of("delete-legacy-stores"):
        holds = any(d.kind == "public-folder" for d in order.topology.databases_on(step.scope.server))
        drained = (
            *order.before(step, "drain-legacy-pf-replicas"),
            *order.before(step, "gate-drain-legacy-pf-replicas"),
        )
        if holds and not any(s.scope.server == step.scope.server for s in drained):
            yield Hit(f"{step.id} has no drain-legacy-pf-replicas before it", order.place(step))


def _calls(order: Order) -> Iterator[Hit]:
    for plan in order.topology.dial_plans:
        if plan.source_servers and plan.target_servers and plan.gateways:
            gate = f"gate-redirect-um-gateways@dialplan:{plan.name}"
            if gate not in order.steps:
                yield Hit(
                    f"Gateways {', '.join(plan.gateways)} of {plan.name} are sent nowhere else", plan.path
                )


def _array_first(order: Order) -> Iterator[Hit]:
    arrays = {s.name for s in order.topology.sites if s.cas_array}
    for step in order.of("install-mailbox", "create-mailbox-database"):
        made = (s.scope.site for s in order.before(step, "create-cas-array"))
        if step.scope.site in arrays and step.scope.site not in made:
            yield Hit(f"{step.id} has no create-cas-array of {step.scope.site} before it", order.place(step))


def _blackberry(order: Order) -> Iterator[Hit]:
    wanted = {b.name for b in order.topology.batches if b.blackberry}
    for step in order.of("move-mailboxes"):
        if step.scope.name in wanted and not any(order.before(step, "prepare-blackberry")):
            yield Hit(
                f"{step.id} has BlackBerry users and no prepare-blackberry before it", order.place(step)
            )


def _removal_gate(order: Order) -> Iterator[Hit]:
    for step in _doors(order):
        gated = any(order.before(step, "gate-decommission")) or any(
            order.before(step, "gate-decommission-server")
        )
        if step.phase == "decommission" and not gated:
            yield Hit(f"{step.id} cannot be undone and has no gate-decommission before it", order.place(step))


def _any_gate(order: Order) -> Iterator[Hit]:
    gates = [s.id for s in order.steps.values() if s.effect == "gate"]
    for step in _doors(order):
        if not any(order.closure.holds(gate, step.id) for gate in gates):
            yield Hit(f"{step.id} cannot be undone and has no gate before it", order.place(step))


def _doors(order: Order) -> Iterator[Step]:
    """Points of no return."""
    return (s for s in order.steps.values() if s.reversibility == "point-of-no-return")


def _preflight(order: Order) -> Iterator[Hit]:
    for host in dict.fromkeys(s.host for s in order.steps.values() if s.host and s.mutating):
        if f"preflight-remoting@{host}" not in order.steps:
            yield Hit(
                f"{host} is driven and has no preflight-remoting", order.topology.server_by_name[host].path
            )


def _files_stay(order: Order) -> Iterator[Hit]:
    first = next(order.of("remove-2007-databases", "delete-legacy-stores"), None)
    if first is not None:
        yield Hit("Old databases are removed from the directory", order.place(first))


_OWN: Mapping[str, Predicate[Order]] = {
    "ORG-022": _legacy_permissions,
    "CA-018": _proxying,
    "CA-020": _outlook_anywhere,
    "CA-023": _scp,
    "TOP-013": _array_first,
    "UM-002": _calls,
    "MF-028": _expansion,
    "PF-002": _replicas,
    "MV-012": _blackberry,
    "DEC-009": _files_stay,
    "DEC-014": _removal_gate,
    "EXE-003": _any_gate,
    "EXE-007": _preflight,
}
