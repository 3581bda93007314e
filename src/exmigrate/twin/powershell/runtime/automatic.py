"""Automatic and preference variables of a fresh session (about_Automatic_Variables, about_Preference_Variables)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import Hashtable
from exmigrate.twin.powershell.runtime.scope import Computed, Special, Variable
from exmigrate.twin.powershell.scalars import Version

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_PREFERENCES = {
    "ErrorActionPreference": "Continue",
    "WarningPreference": "Continue",
    "VerbosePreference": "SilentlyContinue",
    "DebugPreference": "SilentlyContinue",
    "ProgressPreference": "Continue",
}
# What each level says of itself; about_Automatic_Variables, and the versions' release notes for the build numbers.
_VERSIONS: dict[str, dict[str, Any]] = {
    "2.0": {"PSVersion": (2, 0), "BuildVersion": (6, 1, 7600, 16385), "CLRVersion": (2, 0, 50727, 5485),
            "PSRemotingProtocolVersion": (2, 1), "WSManStackVersion": (2, 0), "SerializationVersion": (1, 1, 0, 1),
            "compatible": [(1, 0), (2, 0)]},
    "3.0": {"PSVersion": (3, 0), "BuildVersion": (6, 2, 9200, 16481), "CLRVersion": (4, 0, 30319, 17929),
            "PSRemotingProtocolVersion": (2, 2), "WSManStackVersion": (3, 0), "SerializationVersion": (1, 1, 0, 1),
            "compatible": [(1, 0), (2, 0), (3, 0)]},
    "5.1": {"PSVersion": (5, 1, 14393, 693), "PSEdition": "Desktop", "BuildVersion": (10, 0, 14393, 693),
            "CLRVersion": (4, 0, 30319, 42000), "PSRemotingProtocolVersion": (2, 3), "WSManStackVersion": (3, 0),
            "SerializationVersion": (1, 1, 0, 1), "compatible": [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1)]},
    "7": {"PSVersion": (7, 4, 0), "PSEdition": "Core", "GitCommitId": "7.4.0", "OS": "", "Platform": "",
          "PSRemotingProtocolVersion": (2, 3), "WSManStackVersion": (3, 0), "SerializationVersion": (1, 1, 0, 1),
          "compatible": [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1), (6, 0), (7, 0)]},
}  # fmt: skip


def version_table(session: Session) -> Hashtable:
    """``$PSVersionTable``."""
    table = Hashtable()
    for key, value in _VERSIONS[session.level].items():
        if key == "compatible":
            table["PSCompatibleVersions"] = [Version(*parts) for parts in value]
        else:
            table[key] = Version(*value) if isinstance(value, tuple) else value
    if session.level == "7":
        windows = session.machine.platform == "windows"
        table["OS"] = session.machine.os_caption.strip()
        table["Platform"] = "Win32NT" if windows else "Unix"
    return table


def _fixed(name: str, value: Any, *options: str) -> Variable:
    special = Special()
    special.options.update(options or ("constant", "allscope"))
    return Variable(name, value, special)


def automatic_variables(session: Session) -> None:
    """Set the automatic variables in the global scope."""
    variables = session.scope.vars
    environment = session.machine.environment
    windows = session.machine.platform == "windows"
    home = environment.get("USERPROFILE" if windows else "HOME") or ""
    plain: dict[str, Any] = {
        "OFS": None,
        "MaximumErrorCount": 256,
        "MaximumHistoryCount": 64 if session.number < 3 else 4096,
        "MaximumFunctionCount": 4096,
        "MaximumVariableCount": 4096,
        "FormatEnumerationLimit": 4,
        "NestedPromptLevel": 0,
        "OutputEncoding": None,
        "ErrorView": "NormalView" if session.number < 6 else "ConciseView",
        "WhatIfPreference": False,
        "PROFILE": "",
        "PSEmailServer": "",
        "ConsoleFileName": "",
        "StackTrace": "",
        "LASTEXITCODE": None,
    }
    del plain["OFS"]
    for name, value in plain.items():
        variables[name.lower()] = Variable(name, value)
    for name, action in _PREFERENCES.items():
        variables[name.lower()] = Variable(name, session.action_value(action))
    if session.number >= 5:
        variables["informationpreference"] = Variable(
            "InformationPreference", session.action_value("SilentlyContinue")
        )
    variables["confirmpreference"] = Variable("ConfirmPreference", session.confirm_value("High"))
    constants = {
        "HOME": home,
        "PID": session.machine.processes.own_pid,
        "ShellId": "Microsoft.PowerShell",
        "PSCulture": "en-US",
        "PSUICulture": "en-US",
    }
    constants["PSHOME"] = (
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0" if windows else "/opt/microsoft/powershell/7"
    )
    for name, value in constants.items():
        variables[name.lower()] = _fixed(name, value)
    variables["psversiontable"] = _fixed("PSVersionTable", version_table(session))
    variables["true"] = _fixed("true", True)
    variables["false"] = _fixed("false", False)
    variables["null"] = Variable("null", None)
    variables["?"] = Computed("?", lambda: session.ok)
    variables["error"] = _fixed("Error", session.error_list, "constant")
    variables["pwd"] = Computed("PWD", session.location_info)
    variables["host"] = _fixed("Host", session.host_object())
    variables["executioncontext"] = _fixed("ExecutionContext", session.execution_context())
    if session.number >= 6:
        for name, value in (
            ("IsWindows", windows),
            ("IsLinux", not windows),
            ("IsMacOS", False),
            ("IsCoreCLR", True),
        ):
            variables[name.lower()] = _fixed(name, value)
    if session.number >= 3:
        from exmigrate.twin.powershell.runtime.defaults import DefaultParameters

        variables["psdefaultparametervalues"] = Variable(
            "PSDefaultParameterValues", DefaultParameters(session)
        )
