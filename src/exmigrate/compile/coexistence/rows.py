"""Rows: for each stage, site, mailbox version, entry name and protocol the matrix's answer in the plan's own names.

A stage has rows only for the sites in which something is other than at the stage before, and then all of the site's
rows: they replace the earlier ones. `expanded` gives every site at every stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from exmigrate.compile.graph import Graph
from exmigrate.model import Step, Topology
from exmigrate.model.topology import Site

from .matrix import Answer, Matrix, Note, applies, matrix
from .stages import Stage, stages
from .view import View

KEYS = ("stage", "after", "site", "mailbox", "entry", "protocol", "behaviour", "host", "users")
"""Keys of a row, all of them texts. `behaviour` is a key of `behaviours` in `matrix.yaml`; a site without a mailbox any
more has one row with an empty `mailbox`."""

Row = Mapping[str, str]


def coexistence(topology: Topology, steps: Sequence[Step], graph: Graph) -> tuple[Row, ...]:
    """What clients see at each stage of a compiled plan.

    Args:
        topology: the plan's sites, names and servers.
        steps: the change's steps, in the order of the schedule.
        graph: their order.

    Returns:
        Rows by stage and site; see `KEYS`.
    """
    view = View(topology, steps)
    table = matrix()
    shown: dict[str, tuple[Row, ...]] = {}
    known: dict[object, tuple[Row, ...]] = {}
    out: list[Row] = []
    for stage in stages(topology, steps, graph):
        title = table.stages[stage.kind].title.format(site=stage.site)
        told = len(out)
        for site in topology.sites:
            key = (site.name, _notes(table, stage, site), view.state(stage, site))
            if key not in known:
                known[key] = tuple(_site_rows(table, view, stage, site))
            if known[key] != shown.get(site.name, ()):
                rows = known[key] or (dict.fromkeys(KEYS[3:], "") | {"site": site.name},)
                out += [{"stage": title, "after": stage.after, **row} for row in rows]
                shown[site.name] = known[key]
        if len(out) == told:  # a stage at which all is as before is a stage still
            here = shown.get(stage.site or topology.first_site.name, ())
            out += [{"stage": title, "after": stage.after, **row} for row in here]
    return tuple(out)


def expanded(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Every site's rows at every stage, from rows in which a site is left out where it is as before."""
    whole: dict[str, list[Row]] = {}
    out: list[Row] = []
    for (stage, after), changed in _by_stage(rows).items():
        whole |= changed
        for site in whole.values():
            out += [{**row, "stage": stage, "after": after} for row in site if row["mailbox"]]
    return tuple(out)


def _by_stage(rows: Iterable[Row]) -> dict[tuple[str, str], dict[str, list[Row]]]:
    out: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in rows:
        out.setdefault((row["stage"], row["after"]), {}).setdefault(row["site"], []).append(row)
    return out


def _notes(table: Matrix, stage: Stage, site: Site) -> tuple[Note, ...]:
    """What a stage adds for a site: after moves only where they were, else everywhere."""
    return table.stages[stage.kind].notes if not stage.moved or site.name in stage.moved else ()


def _site_rows(table: Matrix, view: View, stage: Stage, site: Site) -> Iterator[Row]:
    for version in view.mailboxes(stage, site):
        age = "new" if version == view.target else "old"
        for entry in view.entries(stage, site):
            facts = view.facts(stage, site, entry, version)
            notes = [n for n in _notes(table, stage, site) if n.mailbox == age and applies(n, facts)]
            for protocol in table.protocols:
                answers = table.answers(entry.version, protocol.id, version, entry.place)
                answer = next((a for a in answers if applies(a, facts)), None)
                if answer is None:
                    continue
                names = view.names(stage, site, entry, protocol.directory, version)
                yield {
                    "site": site.name,
                    "mailbox": version,
                    "entry": entry.name,
                    "protocol": protocol.id,
                    "behaviour": answer.behaviour,
                    "host": names.get(answer.host, ""),
                    "users": _users(answer, [n for n in notes if n.protocol == protocol.id], names),
                }


def _users(answer: Answer, notes: Iterable[Note], names: Mapping[str, str]) -> str:
    served = answer.behaviour != "not-available"
    words = [answer.users, *(n.users for n in notes if served)]
    return " ".join(w.format_map({**names, "host": names.get(answer.host, "")}) for w in words if w)
