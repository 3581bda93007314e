"""The preview of a change in a terminal: verdict, what cannot be undone, then the steps as a tree."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from exmigrate.model import Change, Finding, Step

from .words import (
    STATE_MARK,
    against_phases,
    count,
    duration,
    flags,
    gates,
    points_of_no_return,
    verdict,
)

_STATE_STYLE = {"needed": "cyan", "satisfied": "green", "unknown": "yellow", "blocked": "bold red"}
_SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "info": "dim"}


def preview(change: Change, effect_digest: str, *, console: Console) -> None:
    """Print what a change would do.

    Args:
        change: the change, probed or not.
        effect_digest: what a board approves.
        console: where to; its width and colours are respected.
    """
    console.print(_header(change, effect_digest))
    console.print(steps_tree(change))
    for block in (
        _one_way_block(change),
        _gates_block(change),
        _order_block(change),
        findings(change.findings),
    ):
        if block is not None:
            console.print()
            console.print(block)


def _header(change: Change, effect_digest: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    source = " + ".join(change.transition["from"])
    table.add_row(
        "change", Text(f"{change.name} ({change.reference})" if change.reference else change.name, "bold")
    )
    table.add_row("organization", f"{change.organization}: Exchange {source} to {change.transition['to']}")
    table.add_row("verdict", Text(verdict(change), "bold"))
    table.add_row("duration", _working_time(change))
    table.add_row("to approve", effect_digest)
    return Group(table, Text())


def _working_time(change: Change) -> str:
    span = change.makespan_s
    if not span:
        return "unknown"
    return (
        f"about {duration(span['p50'])}, nine times out of ten under {duration(span['p90'])}, "
        "gates at their expected length; waiting for windows comes on top"
    )


def steps_tree(change: Change) -> Tree:
    """Steps by phase and site, in the order of the schedule."""
    tree = Tree(Text("steps", "bold"), guide_style="dim")
    for phase in change.phases:
        steps = [change.by_id[id] for id in phase.steps]
        branch = tree.add(Text.assemble((phase.title, "bold"), (f"  {count(len(steps), 'step')}", "dim")))
        sites = list(dict.fromkeys(step.scope.site for step in steps))
        for site in sites:
            own = [step for step in steps if step.scope.site == site]
            parent = branch.add(Text(f"site {site}", "bold blue")) if site else branch
            for step in own:
                parent.add(_line(step))
    return tree


def _line(step: Step) -> Text:
    style = _STATE_STYLE[step.state]
    line = Text.assemble((STATE_MARK[step.state], style), " ", step.id, "  ", (step.state, style))
    if step.because and step.because != "not asked":
        line.append(f": {step.because}", "dim")
    if step.state != "satisfied":
        line.append(f"  {duration(step.estimate.p50)}", "dim")
    for flag in flags(step):
        line.append(f"  [{flag}]", "bold magenta" if flag.isupper() else "magenta")
    return line


def _one_way_block(change: Change) -> RenderableType | None:
    steps = points_of_no_return(change)
    if not steps:
        return None
    table = _table("Cannot be undone", "step", "why")
    for step in steps:
        table.add_row(step.id, step.reason)
    return table


def _gates_block(change: Change) -> RenderableType | None:
    steps = gates(change)
    if not steps:
        return None
    table = _table("Waits for a person", "step", "what")
    for step in steps:
        table.add_row(
            step.id, step.title if step.effect == "gate" else f"{step.title}: word of {step.acceptance}"
        )
    return table


def _order_block(change: Change) -> RenderableType | None:
    pairs = against_phases(change)
    if not pairs:
        return None
    table = _table("Runs against the order of the phases", "step", "waits for")
    for first, then in pairs:
        table.add_row(then.id, f"{first.id} ({first.phase})")
    return table


def findings(found: tuple[Finding, ...]) -> RenderableType | None:
    """Findings of the rules as a table, errors first; None if there are none."""
    if not found:
        return None
    rank = {"error": 0, "warning": 1, "info": 2}
    table = _table("Findings", "rule", "what", "where")
    for f in sorted(found, key=lambda f: (rank.get(f.severity, 3), f.rule)):
        waived = (
            f" (waived by {f.waived['who']}, {f.waived['date']}: {f.waived['reason']})" if f.waived else ""
        )
        what = Text(f"{f.severity}: ", _SEVERITY_STYLE.get(f.severity, "")).append(f.message + waived, "")
        if f.remedy:
            what.append(f"\n{f.remedy}", "dim")
        table.add_row(f.rule, what, f"{f.file}:{f.line}:{f.column}" if f.line else f.file)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in columns:
        table.add_column(column, style=None, header_style="dim", overflow="fold")
    return table
