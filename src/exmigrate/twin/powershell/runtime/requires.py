"""#requires (about_Requires)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from exmigrate.twin.powershell.errors import PSError, Severity, error
from exmigrate.twin.powershell.runtime.code import Code

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_OPTION = re.compile(r"-(\w+)(?:[ \t]+([^-\s][^\s]*(?:[ \t]*,[ \t]*[^\s,]+)*))?")


def check_requirements(session: Session, code: Code) -> None:
    """Check what a script asks for before it runs.

    Raises:
        PSError: ScriptRequiresUnmatchedPSVersion, ScriptRequiresMissingPSSnapIns, ScriptRequiresMissingModules ...
    """
    for line in code.requires:
        for match in _OPTION.finditer(line):
            _check(session, code, match.group(1).lower(), (match.group(2) or "").strip())


def _check(session: Session, code: Code, option: str, value: str) -> None:
    if option == "version":
        wanted = float(".".join(value.split(".")[:2]) if "." in value else value)
        if wanted > session.number:
            raise _refused(
                code, f"#requires statement for Windows PowerShell {value}. The version of Windows PowerShell that is required "
                "by the script does not match the currently running version", "ScriptRequiresUnmatchedPSVersion",
            )  # fmt: skip
    elif option in ("pssnapin", "pssnapins"):
        if value.lower() not in session.commands.loaded:
            raise _refused(
                code, f"#requires statement: the following snap-ins required by the script are missing: {value}",
                "ScriptRequiresMissingPSSnapIns",
            )  # fmt: skip
    elif option in ("modules", "module"):
        for name in value.split(","):
            if not session.modules.available(name.strip().strip("'\"")):
                raise _refused(
                    code, f"#requires statement: the following modules required by the script are missing: {name.strip()}",
                    "ScriptRequiresMissingModules",
                )  # fmt: skip
    elif option == "runasadministrator" and not session.machine.is_administrator:
        raise _refused(code, "#requires statement for running as Administrator", "ScriptRequiresElevation")


def _refused(code: Code, reason: str, error_id: str) -> PSError:
    name = code.source.file.replace("/", "\\").rpartition("\\")[2]
    return error(
        f"The script '{name}' cannot be run because it contained a {reason}.",
        error_id,
        "ResourceUnavailable",
        name,
        exception="System.Management.Automation.ScriptRequiresException",
        severity=Severity.SCRIPT,
    )
