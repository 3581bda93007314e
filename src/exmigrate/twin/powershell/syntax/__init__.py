"""Reading PowerShell: text to syntax tree, with the positions and errors of the real parser."""

from exmigrate.twin.powershell.syntax.parser import parse
from exmigrate.twin.powershell.syntax.source import ParseFailure, Source, position_message

__all__ = ["ParseFailure", "Source", "parse", "position_message"]
