"""Get-Host, Get-Culture, Get-UICulture and Read-Host."""

from __future__ import annotations

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types.invoke import get_static
from exmigrate.twin.powershell.types.resolve import resolve_type
from exmigrate.twin.powershell.types.texts import to_text


def _host(call: Call) -> None:
    call.write(call.session.variable("Host"))


def _culture(call: Call) -> None:
    call.write(get_static(resolve_type("System.Globalization.CultureInfo"), "CurrentCulture", call.session))


def _read(call: Call) -> None:
    """A line of standard input; without any, the host has nobody to ask."""
    prompt = call.bound.get("Prompt")
    if prompt is not None:
        call.host(f"{to_text(prompt, call.session)}: ", newline=False)
    line = call.session.read_console()
    if line is None:
        raise call.throw(
            "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
            "InvalidOperation",
            "InvalidOperation",
            exception="System.Management.Automation.PSInvalidOperationException",
        )
    call.write(s.SecureString(line) if call.flag("AsSecureString") else line)


CMDLETS = [
    Cmdlet("Get-Host", process=_host),
    Cmdlet("Get-Culture", process=_culture),
    Cmdlet("Get-UICulture", process=_culture),
    Cmdlet(
        "Read-Host",
        parameters=[
            Parameter("Prompt", "object", position=0, remaining=True),
            Parameter("AsSecureString", "switch"),
        ],
        process=_read,
    ),
]
