"""Get-Host, Get-Culture, Get-UICulture, Read-Host, Get-History."""

from __future__ import annotations

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types.cultures import Culture
from exmigrate.twin.powershell.types.texts import session_culture, to_text


def _host(call: Call) -> None:
    call.write(call.session.variable("Host"))


def _culture(call: Call) -> None:
    name = to_text(call.bound["Name"]) if call.bound.get("Name") else session_culture(call.session)
    call.write(Culture(name))


def _ui_culture(call: Call) -> None:
    call.write(Culture(session_culture(call.session)))


def _read(call: Call) -> None:
    """A line of standard input; with -NonInteractive, or without one, there is nobody to ask."""
    asked = bool(call.session.items.get("interactive", True))
    prompt = call.bound.get("Prompt")
    if prompt is not None and asked:
        call.host(to_text(prompt, call.session) + ": ", newline=False)
    line = call.session.read_console() if asked else None
    if line is None:
        product = "PowerShell" if call.level == "7" else "Windows PowerShell"
        raise call.throw(
            f"{product} is in NonInteractive mode. Read and Prompt functionality is not available.",
            "InvalidOperation",
            "InvalidOperation",
            exception="System.Management.Automation.PSInvalidOperationException",
        )
    call.write(s.SecureString(line) if call.flag("AsSecureString") else line)


def _history(call: Call) -> None:
    """Nothing: a process that was not typed into has no history."""


CMDLETS = [
    Cmdlet("Get-Host", process=_host),
    Cmdlet("Get-Culture", [Parameter("Name", "string[]", position=0, since="7")], _culture),
    Cmdlet("Get-UICulture", process=_ui_culture),
    Cmdlet("Read-Host", [
        Parameter("Prompt", "object", position=0, remaining=True), Parameter("AsSecureString", "switch"),
    ], _read),
    Cmdlet("Get-History", [
        Parameter("Id", "long[]", position=0, pipeline=True), Parameter("Count", "int", position=1),
    ], _history, aliases=("ghy", "h", "history")),
]  # fmt: skip
