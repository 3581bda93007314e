"""What clients see at each stage of a change: a table in a terminal, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from exmigrate.compile.coexistence import expanded, matrix
from exmigrate.model import Change

from .markdown import cell

_STYLE = {"served": "green", "not-available": "bold red", "notified": "yellow"}
_COLUMNS = ("site", "mailbox", "user comes by", "client", "what happens", "where", "what users notice")

Row = Mapping[str, str]


def coexistence_json(change: Change) -> dict[str, Any]:
    """All rows of all stages: each site at each stage, whether or not something changed there."""
    return {
        "format": "exmigrate.coexistence/1",
        "change": change.name,
        "stages": [{"stage": stage, "after": after} for stage, after, _ in _stages(change.coexistence)],
        "protocols": {p.id: p.title for p in matrix().protocols},
        "behaviours": dict(matrix().behaviours),
        "rows": [dict(row) for row in expanded(change.coexistence)],
    }


def coexistence_table(change: Change, *, console: Console) -> None:
    """Print one table a stage, with the sites in which something changes then."""
    every = list(dict.fromkeys(row["site"] for row in change.coexistence))
    for stage, after, rows in _stages(change.coexistence):
        console.print(_stage(stage, after, rows, every))
        console.print()


def coexistence_markdown(change: Change) -> str:
    """The same as one Markdown document; ends with a line feed."""
    return "\n".join(_document(change)) + "\n"


def _document(change: Change) -> Iterator[str]:
    every = list(dict.fromkeys(row["site"] for row in change.coexistence))
    yield f"# {change.name}: what clients see"
    for stage, after, rows in _stages(change.coexistence):
        yield ""
        yield f"## {cell(stage)}"
        yield ""
        if after:
            yield f"From `{after}` on."
            yield ""
        yield f"| {' | '.join(_COLUMNS)} |"
        yield "|" + "---|" * len(_COLUMNS)
        for row in rows:
            yield f"| {' | '.join(cell(text) for text in _cells(row))} |"
        if rest := _as_before(rows, every):
            yield ""
            yield rest


def _stages(rows: Iterable[Row]) -> Sequence[tuple[str, str, list[Row]]]:
    out: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        out.setdefault((row["stage"], row["after"]), []).append(row)
    return [(stage, after, found) for (stage, after), found in out.items()]


def _stage(stage: str, after: str, rows: Sequence[Row], every: Sequence[str]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in _COLUMNS:
        table.add_column(column, header_style="dim", overflow="fold")
    for row in rows:
        site, mailbox, entry, client, behaviour, host, users = _cells(row)
        style = _STYLE.get(row["behaviour"], "cyan")
        table.add_row(site, mailbox, entry, client, Text(behaviour, style), host, users)
    head = Text.assemble((stage, "bold"), (f"  {after}" if after else "", "dim"))
    rest = _as_before(rows, every)
    return Group(head, table, *([Text(rest, "dim")] if rest else []))


def _cells(row: Row) -> tuple[str, ...]:
    if not row["mailbox"]:
        return (row["site"], "none", "", "", "", "", "No mailbox is left here.")
    titles = {p.id: p.title for p in matrix().protocols}
    return (
        row["site"],
        row["mailbox"],
        row["entry"],
        titles.get(row["protocol"], row["protocol"]),
        matrix().behaviours.get(row["behaviour"], row["behaviour"]),
        row["host"],
        row["users"],
    )


def _as_before(rows: Iterable[Row], every: Sequence[str]) -> str:
    named = {row["site"] for row in rows}
    rest = [site for site in every if site not in named]
    return f"As before: {', '.join(rest)}." if rest else ""
