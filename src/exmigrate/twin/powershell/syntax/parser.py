"""The parser: scanner, expressions, commands, statements and definitions in one, and its one entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.definitions import Definitions, requirements
from exmigrate.twin.powershell.syntax.source import ParseFailure, Source

if TYPE_CHECKING:
    from exmigrate.twin.powershell.levels import Level


class Parser(Definitions):
    """Reads one script."""

    def script(self) -> ast.ScriptBody:
        """The whole text as a script body."""
        body = self.body("\0", 0)
        body.start, body.end = 0, len(self.source.text)
        body.inner = (0, body.end)
        body.requires = requirements(self.source.text)
        return body


def parse(source: Source, level: Level) -> ast.ScriptBody:
    """Read a script.

    Args:
        source: The text.
        level: What the language has.

    Raises:
        ParseFailure: The text is not PowerShell at this level; the first error, with the others that were found.
    """
    parser = Parser(source, level)
    failures = parser.failures
    try:
        body = parser.script()
    except ParseFailure as last:
        failures.append(last)
    if failures:
        failures[0].others = failures[1:]
        raise failures[0]
    return body
