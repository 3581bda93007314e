"""``cmd.exe``: command lines as it reads them, and what it does itself."""

from .shell import NOT_RECOGNIZED, CommandShell
from .syntax import NotSimulated, is_plain

__all__ = ["NOT_RECOGNIZED", "CommandShell", "NotSimulated", "is_plain"]
