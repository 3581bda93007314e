"""From topology and catalog to a change: bind, place, connect, prove, schedule."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from exmigrate.catalog import Catalog, Transition
from exmigrate.model import Change, Estimate, Finding, Gate, PhaseView, ScriptText, Step, Topology
from exmigrate.model.topology import Connection, Server

from .arguments import arguments, references
from .bind import Bound, bind
from .coexistence import coexistence
from .edges import add_later_sites, add_preflight, add_scp_first, add_vantage
from .errors import VantageError
from .graph import Graph, connect, refuse_cycles
from .hosts import Placement, place
from .invariants import refuse_violations
from .markers import markers
from .needs import NeedResolver
from .policy import policy_json
from .rules import graph_findings
from .schedule import schedule
from .wishes import add_role_order, unknown_kinds

_SHELL_LIBRARY = {
    "E07": "shell-e07",
    "E10": "shell-e10",
    "EDGE-E07": "shell-edge-e07",
    "EDGE-E10": "shell-edge-e10",
    "AD": "directory",
}


@dataclass(frozen=True)
class Compiled:
    """What compilation gives: the change and the graph it was read from."""

    change: Change
    graph: Graph


def compile_plan(
    topology: Topology,
    catalog: Catalog,
    *,
    inventory: Mapping[str, Any] | None = None,
    inventory_digest: str = "",
    findings: Iterable[Finding] = (),
    tool: Mapping[str, str] | None = None,
) -> Compiled:
    """Compile a topology to a change.

    Args:
        topology: plan and inventory, resolved and validated.
        catalog: step kinds and transitions.
        inventory: `{"item@scope": value}` as collected; empty when nothing was asked.
        inventory_digest: digest of the inventory file, for the change's header.
        findings: what rules found in plan and inventory; they are shown with the change.
        tool: name and version of the program, for the change's header.

    Raises:
        CompileError: no graph that may run can be made; subclasses tell why.
        CatalogError: the transition is not in the catalog.
    """
    inventory = inventory or {}
    transition = catalog.transition((v.version for v in topology.sources), topology.target.version)
    steps = bind(topology, catalog, transition, inventory)
    placements = {id: place(topology, bound) for id, bound in steps.items()}
    graph = _connect(topology, catalog, steps, placements)
    needs = _needs(graph)
    built = {id: _step(topology, catalog, bound, placements[id], needs[id]) for id, bound in steps.items()}
    refuse_violations(graph, built, topology)
    return Compiled(
        _change(
            topology, catalog, transition, built, graph, inventory, inventory_digest, findings, tool or {}
        ),
        graph,
    )


def _connect(
    topology: Topology, catalog: Catalog, steps: Mapping[str, Bound], placements: Mapping[str, Placement]
) -> Graph:
    graph = Graph(steps)
    resolver = NeedResolver(steps, placements, catalog.kinds)
    for id, bound in steps.items():
        for need in bound.kind.needs:
            for first in resolver.resolve(bound, need):
                connect(graph, first, id, f"{bound.kind.id} needs {need.kind}")
        for need in bound.kind.before:
            for then in resolver.resolve(bound, need, "before"):
                connect(graph, id, then, f"{bound.kind.id} comes before {need.kind}")
    add_preflight(graph, steps, placements)
    add_vantage(graph, topology, steps, placements)
    add_later_sites(graph, topology, steps)
    add_role_order(graph, topology, steps)
    refuse_cycles(graph)
    add_scp_first(graph, steps, placements)
    refuse_cycles(graph)
    return graph


def _needs(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """The needs of each step, in the order of display."""
    order = {id: n for n, id in enumerate(graph)}
    return {id: tuple(sorted(graph.predecessors(id), key=order.__getitem__)) for id in graph}


def _step(
    topology: Topology, catalog: Catalog, bound: Bound, placement: Placement, needs: tuple[str, ...]
) -> Step:
    kind = bound.kind
    _refuse_identity(topology, bound, placement)
    libraries = libraries_of(bound, placement) if kind.functions else ()
    members = str(bound.evaluate("members", kind.members)) if kind.members else ""
    return Step(
        id=bound.id,
        kind=kind.id,
        title=bound.render("title", kind.title),
        phase=bound.phase,
        scope=bound.scope,
        host=placement.host,
        needs=needs,
        effect=kind.effect,  # type: ignore[arg-type]
        reversibility=_reversibility(bound),  # type: ignore[arg-type]
        reason=bound.render("reason", kind.reason),
        vantage=placement.shell or kind.vantage,
        identity=_identity(topology, bound, placement),  # type: ignore[arg-type]
        run=_run(bound),
        acceptance=kind.acceptance if _accepted(topology, bound) else "",
        estimate=Estimate(*(int(bound.evaluate("estimate", text)) for text in kind.estimate)),
        script=digest(kind.text) if kind.functions else "",
        libraries=tuple(digest(catalog.libraries[name]) for name in libraries),
        functions=kind.functions,
        arguments=arguments(bound, placement.dc, placement.dcs),
        window=kind.window,
        limits=kind.limits,
        unit=kind.unit,  # type: ignore[arg-type]
        resumes=kind.resumes,
        reboot=kind.reboot,  # type: ignore[arg-type]
        rights=kind.rights,
        impact=bound.render("impact", kind.impact),
        failures=kind.failures,
        gate=_gate(topology, bound),
        check=kind.check,  # type: ignore[arg-type]
        priority=kind.priority,
        members=members,
        tags=kind.tags,
        ends_unseen=kind.ends_unseen,
        state="needed" if kind.effect == "gate" and not kind.functions else "unknown",
        because="a person's word" if kind.effect == "gate" and not kind.functions else "not asked",
    )


def _run(bound: Bound) -> Literal["inline", "job"]:
    """How its Apply runs: as the kind says, or a job where the kind's condition for one holds."""
    match bound.kind.run:
        case "inline" | "job" as fixed:
            return fixed
        case condition:
            return "job" if bound.evaluate("run", condition) else "inline"


def _reversibility(bound: Bound) -> str:
    """What cannot be taken back in this plan: the same step may close a door in one and leave it open in another."""
    final = bound.kind.point_of_no_return
    if final and bound.evaluate("point_of_no_return", final):
        return "point-of-no-return"
    return bound.kind.reversibility


def _gate(topology: Topology, bound: Bound) -> Gate | None:
    text = bound.kind.gate
    if text is None:
        return None
    instructions = [
        bound.render("gate", text.instructions),
        topology.policy.gate_notes.get(bound.kind.id, ""),
    ]
    return Gate(
        text.closes,  # type: ignore[arg-type]
        text.every,
        "\n\n".join(_paragraphs(part) for part in instructions if part.strip()),
        _paragraphs(bound.render("gate", text.undo)),
    )


def _paragraphs(text: str) -> str:
    """A text without the empty lines that a paragraph for other plans leaves behind."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip()


def _accepted(topology: Topology, bound: Bound) -> bool:
    """An acceptance on a batch is asked of pilots only: the others are measured by the same yardstick."""
    if bound.scope.level != "batch":
        return True
    return any(b.pilot for b in topology.batches if b.name == bound.scope.name)


def libraries_of(bound: Bound, placement: Placement) -> tuple[str, ...]:
    """Names of the libraries that are loaded before a kind's script: results, its shell's, its own."""
    shell = _SHELL_LIBRARY.get(placement.shell)
    names = ["result", *([shell] if shell else []), *bound.kind.libraries]
    return tuple(dict.fromkeys(names))


def _identity(topology: Topology, bound: Bound, placement: Placement) -> str:
    """A machine outside the domain has no second machine to reach, and an old one behind NTLM is asked for none."""
    server = topology.server_by_name.get(placement.host)
    if server is None:
        return bound.kind.identity
    stays = server.legacy and not server.delegates and _run(bound) != "job"
    return "local" if stays or not server.domain else bound.kind.identity


def _refuse_identity(topology: Topology, bound: Bound, placement: Placement) -> None:
    """EXE-005: an NTLM, Basic or certificate logon cannot reach a second machine; a job logs on by itself."""
    server = topology.server_by_name.get(placement.host)
    connection = server.connection if server else None
    if server is None or connection is None or _identity(topology, bound, placement) == "local":
        return
    if _run(bound) == "job" and not server.takes_jobs:
        raise _exposed(topology, bound, server, connection)
    if server.delegates or (server.legacy and connection.transport == "ntlm"):
        return
    raise VantageError(
        f"{bound.id} reaches a second machine, which a {connection.transport} logon cannot do.",
        server=placement.host,
        step=bound.id,
        where=topology.where(server.path) if server else None,
        why="EXE-005: NTLM, Basic and certificate logons do not delegate; Basic and certificate are for local accounts",
        next=f"set 'transport: credssp' (or kerberos) for {placement.host} in the plan",
    )


def _exposed(topology: Topology, bound: Bound, server: Server, connection: Connection) -> VantageError:
    """EXE-006: a task of Windows 2003 gets its account's password on a command line, which the plan must allow."""
    return VantageError(
        f"{bound.id} runs as a scheduled task under {connection.run_as}, whose password would stand on a command line.",
        server=server.name,
        step=bound.id,
        where=topology.where(f"connections.servers.{server.name}"),
        why="EXE-006: Windows 2003 takes tasks by schtasks.exe alone, and whoever lists the server's processes in that "
        "instant reads the password",
        next=f"write 'expose_run_as_password: true' for {server.name} in connections.servers, or 'driven: false', so that "
        "gates serve it",
    )


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def _change(
    topology: Topology,
    catalog: Catalog,
    transition: Transition,
    built: Mapping[str, Step],
    graph: Graph,
    inventory: Mapping[str, Any],
    inventory_digest: str,
    findings: Iterable[Finding],
    tool: Mapping[str, str],
) -> Change:
    plan = schedule(graph, built)
    marks = markers(graph, built, (p.id for p in transition.phases))
    steps = tuple(_mark(built[id]) for id in plan.order)
    return Change(
        name=topology.name,
        reference=topology.reference,
        organization=topology.organization,
        transition={"from": [v.version for v in topology.sources], "to": topology.target.version},
        policy=policy_json(topology),
        connections=_connections(topology, steps),
        inventory=inventory_digest,
        facts=_facts(steps, inventory),
        phases=tuple(
            PhaseView(p.id, p.title, tuple(s.id for s in steps if s.phase == p.id))
            for p in transition.phases
            if any(s.phase == p.id for s in steps)
        ),
        steps=steps,
        scripts=_scripts(catalog, steps),
        sets=_sets(topology, steps),
        markers=marks,
        findings=(
            *findings,
            *graph_findings(topology, built, graph),
            *unknown_kinds(topology, catalog, transition),
        ),
        critical_path=plan.critical_path,
        makespan_s=plan.makespan,
        coexistence=coexistence(topology, steps, graph),
        tool=dict(tool),
    )


def _mark(step: Step) -> Step:
    marker = f"{step.phase}@site:{step.scope.site}" if step.scope.site else step.phase
    return replace(step, marker=marker)


def _facts(steps: Iterable[Step], inventory: Mapping[str, Any]) -> dict[str, Any]:
    wanted = dict.fromkeys(r for s in steps for r in references(s.arguments, "$fact"))
    return {item: inventory.get(item) for item in sorted(wanted)}


def _scripts(catalog: Catalog, steps: Iterable[Step]) -> dict[str, ScriptText]:
    libraries = {
        digest(text): ScriptText(f"library:{name}", text) for name, text in catalog.libraries.items()
    }
    out: dict[str, ScriptText] = {}
    for step in steps:
        if step.script:
            out[step.script] = ScriptText(step.kind, catalog.kinds[step.kind].text)
            out.update({sha: libraries[sha] for sha in step.libraries})
    return dict(sorted(out.items()))


def _sets(topology: Topology, steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    batches = {b.name: b.members for b in topology.batches}
    wanted: dict[str, None] = {}
    for step in steps:
        wanted.update(dict.fromkeys(references(step.arguments, "$set")))
        wanted.update({step.members: None} if step.members else {})
    return {name: batches[name] for name in sorted(wanted)}


def _connections(topology: Topology, steps: Iterable[Step]) -> dict[str, Any]:
    hosts = dict.fromkeys(step.host for step in steps if step.host)
    credentials = {c.name: c for c in topology.credentials}
    out: dict[str, Any] = {}
    for host in sorted(hosts):
        server = topology.server_by_name[host]
        if server.connection is not None:
            out[host] = {"fqdn": server.fqdn, **_connection(server.connection, credentials), **_tasks(server)}
    return out


def _tasks(server: Server) -> dict[str, Any]:
    """How Windows 2003 takes tasks: by schtasks.exe, and whether a password may be on its command line."""
    if not server.os.startswith("2003"):
        return {}
    return {"tasks": "schtasks", "expose_run_as_password": server.takes_jobs}


def _connection(connection: Connection, credentials: Mapping[str, Any]) -> dict[str, Any]:
    def reference(name: str) -> dict[str, str] | None:
        credential = credentials.get(name)
        if credential is None:
            return None
        password = credential.password.ref if credential.password else ""
        return {
            "name": name,
            "username": credential.username,
            "password": password,
            "certificate": credential.certificate,
            "key": credential.key,
        }

    return {
        "address": connection.address,
        "transport": connection.transport,
        "scheme": connection.scheme,
        "port": connection.port,
        "verify": connection.verify,
        "credential": reference(connection.credential),
        "run_as": reference(connection.run_as),
        "run_root": connection.run_root,
    }
