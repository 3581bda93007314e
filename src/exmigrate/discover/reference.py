"""The page of the inventory, generated from the table of items and from the collectors.

`python -m exmigrate.discover.reference docs` writes it; a test holds the file to what this would write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exmigrate.catalog import StepKind

from .collectors import collectors
from .items import Item, items

BEGIN = "<!-- generated from the items: begin -->"
END = "<!-- generated from the items: end -->"
PAGE = "inventory.md"
_SHELLS = {
    "AD": "directory host",
    "E07": "Exchange 2007 shell",
    "target": "the server itself",
}


def items_markdown() -> str:
    """Two tables: what is read, and what a person brings."""
    out = ["| item | what | read | used for |", "|---|---|---|---|"]
    out += [f"| {i.id} | {_cell(i.what)} | {_read(i)} | {_cell(i.used)} |" for i in items().values()]
    out += ["", "| a person brings | what | where | for |", "|---|---|---|---|"]
    for item in items().values():
        for task in item.by_hand:
            when = "every plan" if task.when == "true" else f"`{task.when}`"
            out.append(f"| {task.id} | {_cell(task.what)} | {_cell(task.where)} | {when} |")
    return "\n".join(out) + "\n"


def _read(item: Item) -> str:
    found = [collectors()[name] for name in item.collectors if name in collectors()]
    return "; ".join(f"{_id(item, kind)}{_where(kind)}" for kind in found) or "by a person"


def _id(item: Item, kind: StepKind) -> str:
    return "" if kind.id == item.id else f"{kind.id}: "


def _where(kind: StepKind) -> str:
    often = {"organization": "once", "server": "each server", "domain": "each domain"}[kind.scope]
    return f"{often}, {_SHELLS[kind.vantage]}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page(text: str) -> str:
    """The page of the inventory with its generated part renewed."""
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n\n{items_markdown()}\n{END}{tail}"


def write(docs: Path) -> None:
    """Write the generated part."""
    file = docs / PAGE
    file.write_text(page(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
