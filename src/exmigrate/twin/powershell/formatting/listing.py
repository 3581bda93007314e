"""Lists: one property a line, the values aligned."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.formatting.cells import cell_text


def render_item(pairs: list[tuple[str, Any, str]], width: int, session: Any) -> list[str]:
    """Lines of one object: name, value and format string of each property; long values wrap under themselves."""
    if not pairs:
        return []
    longest = max(len(name) for name, _, _ in pairs)
    lines: list[str] = []
    indent = longest + 3
    room = max(1, width - indent)
    for name, value, form in pairs:
        text = cell_text(value, session, form)
        pieces: list[str] = []
        for part in text.replace("\r\n", "\n").split("\n"):
            while len(part) > room:
                pieces.append(part[:room])
                part = part[room:]
            pieces.append(part)
        lines.append(f"{name:<{longest}} : {pieces[0]}")
        lines.extend(" " * indent + piece for piece in pieces[1:])
    return lines
