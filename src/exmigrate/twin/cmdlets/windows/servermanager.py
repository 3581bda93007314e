"""The ServerManager module of Windows 2008 R2 and later."""

from __future__ import annotations

import fnmatch
from typing import Any

from exmigrate import facts
from exmigrate.twin.powershell.packs import Call, Cmdlet, ModuleInfo, Parameter
from exmigrate.twin.powershell.values import PSObject
from exmigrate.twin.world.features import FeatureChange, add_features, closure, known_name, remove_features

MODULE = "ServerManager"
FEATURE_TYPE = "Microsoft.Windows.ServerManager.Commands.Feature"
RESULT_TYPE = "Microsoft.Windows.ServerManager.Commands.FeatureOperationResult"
INVALID_NAME = (
    "ArgumentNotValid: The role, role service, or feature name is not valid: '{0}'. The name was not found."
)


def _feature(server: Any, name: str) -> PSObject:
    item = facts.windows_features()[name]
    installed = name in server.features
    depth, parent = 1, item.parent
    while parent:
        depth += 1
        parent = facts.windows_features()[parent].parent
    mark = "[X]" if installed else "[ ]"
    return PSObject(
        {
            "Name": name,
            "DisplayName": item.title,
            "Installed": installed,
            "InstallState": "Installed" if installed else "Available",
            "FeatureType": "Role" if not item.parent and name in ("Web-Server", "ADLDS") else "Feature",
            "Path": item.title,
            "Depth": depth,
            "DependsOn": list(item.needs),
            "Parent": item.parent or None,
            "ServerComponentDescriptor": None,
            "SubFeatures": [f.name for f in facts.windows_features().values() if f.parent == name],
            "SystemService": [service.name for service in item.services],
            "Notification": [],
            "BestPracticesModelId": None,
            "EventQuery": None,
            "AdditionalInfo": f"{'    ' * (depth - 1)}{mark} {item.title}",
        },
        (FEATURE_TYPE,),
    )


def get_feature(call: Call) -> None:
    """Get-WindowsFeature."""
    _need_administrator(call)
    wanted = [str(name) for name in call.get("Name") or []]
    known = list(facts.windows_features())
    if not wanted:
        for name in known:
            call.write(_feature(call.machine.server, name))
        return
    for pattern in wanted:
        for name in known:
            if fnmatch.fnmatchcase(name.lower(), pattern.lower()):
                call.write(_feature(call.machine.server, name))


def _need_administrator(call: Call) -> None:
    if not call.machine.is_administrator:
        raise call.throw(
            "Because of security restrictions imposed by User Account Control on Windows Server 2008 R2, you must be "
            "a member of the Administrators group on a server to run this cmdlet.",
            "ElevatedPrivilegesRequired",
            "PermissionDenied",
        )


def _names(call: Call) -> list[str]:
    given = call.get("Name")
    items = given if isinstance(given, list) else [given]
    found: list[str] = []
    for item in items:
        text = item.props.get("Name") if isinstance(item, PSObject) else str(item)
        for part in str(text).split(","):
            exact = known_name(part)
            if exact is None:
                raise call.throw(
                    INVALID_NAME.format(part.strip()), "NameDoesNotExist", "InvalidArgument", part
                )
            found.append(exact)
    return found


def _result(change: FeatureChange, server: Any) -> PSObject:
    changed = [_feature(server, name) for name in change.changed]
    nothing = change.success and not changed
    code = "NoChangeNeeded" if nothing else "SuccessRestartRequired" if change.restart_needed else "Success"
    return PSObject(
        {
            "Success": change.success,
            "RestartNeeded": "Yes" if change.restart_needed else "No",
            "ExitCode": code if change.success else "Failed",
            "FeatureResult": changed,
        },
        (RESULT_TYPE,),
    )


def _collect(call: Call) -> None:
    _need_administrator(call)
    call.state.setdefault("names", []).extend(_names(call))


def _apply(call: Call, adding: bool) -> None:
    server, world = call.machine.server, call.machine.world
    names = list(dict.fromkeys(call.state.get("names", [])))
    if not names:
        return
    if call.flag("WhatIf"):
        for name in names:
            call.host(f"What if: Performing operation on {name}.")
        return
    everything = call.flag("IncludeAllSubFeature")
    fresh = [name for name in closure(names, everything) if name not in server.features] if adding else names
    call.machine.clock.sleep(world.duration(0.4 * len(fresh)))
    with world.access():
        change = add_features(server, names, everything) if adding else remove_features(server, names)
    if not change.success:
        call.write_error(
            "Installation of one or more roles, role services, or features failed. The source files could not be "
            "downloaded. Error: 0x800f0906",
            "DISMAPI_Error__Failed_To_Enable_Updates",
            "InvalidResult",
        )
    call.write(_result(change, server))
    if change.restart_needed:
        call.warning("You must restart this server to finish the installation process.")
        if call.flag("Restart"):
            server.restart()


PARAMETERS = (
    Parameter("Name", "object[]", mandatory=True, position=0, pipeline=True),
    Parameter("IncludeAllSubFeature", "switch"),
    Parameter("LogPath", "string"),
    Parameter("Restart", "switch"),
    Parameter("Concurrent", "switch"),
    Parameter("WhatIf", "switch"),
)

CMDLETS = (
    Cmdlet(
        "Get-WindowsFeature",
        (Parameter("Name", "string[]", position=0, pipeline=True), Parameter("LogPath", "string")),
        process=get_feature,
        source=MODULE,
    ),
    Cmdlet(
        "Add-WindowsFeature",
        PARAMETERS,
        process=_collect,
        end=lambda call: _apply(call, True),
        source=MODULE,
    ),
    Cmdlet(
        "Remove-WindowsFeature",
        PARAMETERS,
        process=_collect,
        end=lambda call: _apply(call, False),
        source=MODULE,
    ),
)

MODULES = {MODULE: ModuleInfo(MODULE, "1.0.0.0", "Server Manager", autoload=True)}
