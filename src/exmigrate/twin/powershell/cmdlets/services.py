"""Services: Get-, Start-, Stop-, Restart-, Suspend-, Resume-, Set-, New- and Remove-Service.

Over the machine's service manager; messages and ids as Microsoft.PowerShell.Management has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.remoting import on_this_machine
from exmigrate.twin.powershell.cmdlets.servicecontroller import Controller, already_so, session_step
from exmigrate.twin.powershell.machine.ports import MachineError, Service
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.access import get_member
from exmigrate.twin.powershell.types.texts import to_text

FAULT = "Microsoft.PowerShell.Commands.ServiceCommandException"
_WAIT_SECONDS = 2.0


def _texts(value: Any) -> list[str]:
    return [to_text(one) for one in value or []]


def _chosen(call: Call) -> list[Controller]:
    """The services that the parameters name; a name without wildcards that is not there is an error."""
    bound = call.bound
    if bound.get("InputObject") is not None:
        return [_as_controller(call, one) for one in bound["InputObject"]]
    by_display = bound.get("DisplayName") is not None and call.name not in ("Set-Service", "New-Service")
    wanted = _texts(bound["DisplayName"]) if by_display else _texts(bound.get("Name"))
    everything = call.machine.services.all()
    if not wanted and call.name == "Get-Service":
        wanted = ["*"]
    found: dict[str, Service] = {}
    for pattern in wanted:
        hits = [one for one in everything if like(one.display_name if by_display else one.name, pattern)]
        if not hits and not has_wildcard(pattern):
            _not_found(call, pattern, by_display)
        found.update({one.name: one for one in hits})
    kept = [one for one in found.values() if _included(call, one, by_display)]
    return [Controller(call.machine, one.name, one) for one in sorted(kept, key=lambda one: one.name.lower())]


def _included(call: Call, one: Service, by_display: bool) -> bool:
    text = one.display_name if by_display else one.name
    include, exclude = _texts(call.bound.get("Include")), _texts(call.bound.get("Exclude"))
    if include and not any(like(text, pattern) for pattern in include):
        return False
    return not any(like(text, pattern) for pattern in exclude)


def _as_controller(call: Call, value: Any) -> Controller:
    if isinstance(value, Controller):
        return value
    name = get_member(value, "Name", call.session) if isinstance(value, v.PSObject) else value
    return Controller(call.machine, to_text(name))


def _not_found(call: Call, name: str, by_display: bool = False) -> None:
    kind = "display name" if by_display else "service name"
    call.write_error(
        f"Cannot find any service with {kind} '{name}'.",
        f"NoServiceFoundForGiven{'DisplayName' if by_display else 'Name'}",
        "ObjectNotFound",
        name,
        exception=FAULT,
    )


def _get(call: Call) -> None:
    on_this_machine(call)
    for one in _chosen(call):
        if call.flag("DependentServices"):
            call.write_all(get_member(one, "DependentServices", call.session))
        elif call.flag("RequiredServices"):
            call.write_all(get_member(one, "RequiredServices", call.session))
        else:
            call.write(one)


# Changing the state ------------------------------------------------------------------------------------


def _label(one: Controller) -> str:
    return f"{one.known().display_name} ({one.name})"


def _could_not(call: Call, one: Controller, verb: str, error_id: str, category: str, inner: str) -> None:
    call.write_error(
        f"Service '{_label(one)}' cannot be {verb} due to the following error: {inner}",
        error_id,
        category,
        one,
        exception=FAULT,
    )


def _settled(call: Call, one: Controller, pending: str, doing: str) -> str:
    """Wait while a service is pending, with the warnings that the cmdlet gives; its state then."""
    one.refresh()
    while one.known().status == pending:
        session_step(call.session)
        call.machine.clock.sleep(_WAIT_SECONDS)
        one.refresh()
        if one.known().status == pending:
            call.warning(f"Waiting for service '{_label(one)}' to {doing}...")
    return one.known().status


def _start_one(call: Call, one: Controller) -> bool:
    if one.known().status != "Running":
        try:
            call.machine.services.start(one.name)
        except MachineError as fault:
            if not already_so(fault):
                inner = f"Cannot start service {one.name} on computer '.'."
                _could_not(call, one, "started", "CouldNotStartService", "OpenError", inner)
                return False
    if call.flag("NoWait") or _settled(call, one, "StartPending", "start") == "Running":
        return True
    call.write_error(
        f"Failed to start service '{_label(one)}'.", "StartServiceFailed", "OpenError", one, exception=FAULT
    )
    return False


def _stop_one(call: Call, one: Controller) -> bool:
    if one.known().status == "Stopped":
        return True
    own = one.name.lower()
    dependents = [
        other
        for other in call.machine.services.all()
        if other.status != "Stopped" and own in [name.lower() for name in other.requires]
    ]
    if dependents and not call.flag("Force"):
        call.write_error(
            f"Cannot stop service '{_label(one)}' because it has dependent services. It can only be stopped if the "
            "Force flag is set.",
            "ServiceHasDependentServices",
            "InvalidOperation",
            one,
            exception=FAULT,
        )
        return False
    try:
        call.machine.services.stop(one.name, call.flag("Force"))
    except MachineError as fault:
        if not already_so(fault):
            inner = f"Cannot stop {one.name} service on computer '.'."
            _could_not(call, one, "stopped", "CouldNotStopService", "CloseError", inner)
            return False
    if call.flag("NoWait") or _settled(call, one, "StopPending", "stop") == "Stopped":
        return True
    call.write_error(
        f"Failed to stop service '{_label(one)}'.", "StopServiceFailed", "CloseError", one, exception=FAULT
    )
    return False


def _restart_one(call: Call, one: Controller) -> bool:
    own = one.name.lower()
    dependents = [
        other.name
        for other in call.machine.services.all()
        if other.status == "Running" and own in [name.lower() for name in other.requires]
    ]
    if not _stop_one(call, one) or not _start_one(call, one):
        return False
    for name in dependents:
        _start_one(call, Controller(call.machine, name))
    return True


def _suspend_one(call: Call, one: Controller) -> bool:
    return _switch(call, one, call.machine.services.pause, "suspended", "CouldNotSuspendService")


def _resume_one(call: Call, one: Controller) -> bool:
    return _switch(call, one, call.machine.services.resume, "resumed", "CouldNotResumeService")


def _switch(call: Call, one: Controller, action: Callable[[str], None], verb: str, error_id: str) -> bool:
    try:
        action(one.name)
    except MachineError as fault:
        _could_not(call, one, verb, error_id, "CloseError", fault.message)
        return False
    one.refresh()
    return True


def _changing(change: Callable[[Call, Controller], bool]) -> Callable[[Call], None]:
    def process(call: Call) -> None:
        for one in _chosen(call):
            one.refresh()
            if one.record is None:
                _not_found(call, one.name)
            elif call.should_process(_label(one)):
                done = change(call, one)
                one.refresh()
                if done and call.flag("PassThru"):
                    call.write(one)

    return process


def _set(call: Call) -> None:
    on_this_machine(call)
    for name in ("DisplayName", "Description", "Credential"):
        if name in call.bound:
            raise call.throw(
                f"Not simulated: Set-Service -{name}.",
                "NotSimulated",
                "NotImplemented",
                exception="System.NotSupportedException",
            )
    given = call.bound.get("InputObject")
    name = to_text(given.name if isinstance(given, Controller) else call.bound.get("Name"))
    one = Controller(call.machine, name)
    one.refresh()
    if one.record is None:
        call.write_error(
            f"Service {name} was not found on computer '.'.",
            "InvalidOperationException",
            "ObjectNotFound",
            None,
            exception="System.InvalidOperationException",
        )
        return
    if not call.should_process(_label(one)):
        return
    start_type = call.bound.get("StartupType")
    if start_type is not None:
        call.machine.services.set_start_type(one.name, _start_type(start_type))
    status = to_text(call.bound.get("Status") or "").lower()
    if status:
        {"running": _start_one, "stopped": _stop_one, "paused": _suspend_one}[status](call, one)
    one.refresh()
    if call.flag("PassThru"):
        call.write(one)


def _start_type(value: Any) -> str:
    text = to_text(value)
    return "Automatic" if text.lower().startswith("automatic") else text.capitalize()


def _new(call: Call) -> None:
    bound = call.bound
    name = to_text(bound["Name"])
    if not call.should_process(f"{to_text(bound.get('DisplayName') or name)} ({name})"):
        return
    credential = bound.get("Credential")
    made = Service(
        name,
        to_text(bound.get("DisplayName") or name),
        "Stopped",
        _start_type(bound.get("StartupType") or "Automatic"),
        account="LocalSystem" if credential is None else credential.user_name,
        path=to_text(bound["BinaryPathName"]),
        requires=tuple(_texts(bound.get("DependsOn"))),
    )
    try:
        call.machine.services.create(made)
    except MachineError as fault:
        call.write_error(
            f"Service '{made.display_name} ({name})' cannot be created due to the following error: {fault.message}",
            "CouldNotNewService",
            "PermissionDenied",
            name,
            exception=FAULT,
        )
        return
    call.write(Controller(call.machine, name, call.machine.services.get(name)))


def _remove(call: Call) -> None:
    given = call.bound.get("InputObject")
    one = (
        given if isinstance(given, Controller) else Controller(call.machine, to_text(call.bound.get("Name")))
    )
    one.refresh()
    if one.record is None:
        _not_found(call, one.name)
    elif call.should_process(_label(one)):
        call.machine.services.delete(one.name)


_DEFAULT, _DISPLAY, _INPUT = ("Default",), ("DisplayName",), ("InputObject",)
_NAMES = [
    Parameter("Name", "string[]", sets=_DEFAULT, mandatory=True, position=0, pipeline=_DEFAULT,
              pipeline_by_name=_DEFAULT, aliases=("ServiceName",)),
    Parameter("DisplayName", "string[]", sets=_DISPLAY, mandatory=True),
    Parameter("InputObject", "object[]", sets=_INPUT, mandatory=True, position=0, pipeline=_INPUT),
    Parameter("Include", "string[]"), Parameter("Exclude", "string[]"),
]  # fmt: skip
_PASS = Parameter("PassThru", "switch")
_FORCE = Parameter("Force", "switch")
_NO_WAIT = Parameter("NoWait", "switch", since="5.1")
CMDLETS = [
    Cmdlet("Get-Service", [
        Parameter("Name", "string[]", sets=_DEFAULT, position=0, pipeline=_DEFAULT, pipeline_by_name=_DEFAULT,
                  aliases=("ServiceName",)),
        Parameter("DisplayName", "string[]", sets=_DISPLAY, mandatory=True),
        Parameter("InputObject", "object[]", sets=_INPUT, pipeline=_INPUT),
        Parameter("ComputerName", "string[]", aliases=("Cn",), until="5.1", pipeline_by_name=True),
        Parameter("DependentServices", "switch", aliases=("DS",)),
        Parameter("RequiredServices", "switch", aliases=("SDO", "ServicesDependedOn")),
        Parameter("Include", "string[]"), Parameter("Exclude", "string[]"),
    ], _get, default_set="Default", aliases=("gsv",)),
    Cmdlet("Start-Service", [*_NAMES, _PASS], _changing(_start_one), default_set="InputObject", should_process=True,
           aliases=("sasv",)),
    Cmdlet("Stop-Service", [*_NAMES, _PASS, _FORCE, _NO_WAIT], _changing(_stop_one), default_set="InputObject",
           should_process=True, aliases=("spsv",)),
    Cmdlet("Restart-Service", [*_NAMES, _PASS, _FORCE], _changing(_restart_one), default_set="InputObject",
           should_process=True),
    Cmdlet("Suspend-Service", [*_NAMES, _PASS], _changing(_suspend_one), default_set="InputObject", should_process=True),
    Cmdlet("Resume-Service", [*_NAMES, _PASS], _changing(_resume_one), default_set="InputObject", should_process=True),
    Cmdlet("Set-Service", [
        Parameter("Name", "string", sets=("Name",), mandatory=True, position=0, pipeline=("Name",),
                  pipeline_by_name=("Name",), aliases=("ServiceName", "SN")),
        Parameter("InputObject", "object", sets=_INPUT, pipeline=_INPUT),
        Parameter("DisplayName", "string", aliases=("DN",)), Parameter("Description", "string"),
        Parameter("Credential", "object", since="7"), Parameter("StartupType", "string", aliases=("StartMode", "SM")),
        Parameter("Status", "string"), Parameter("ComputerName", "string[]", aliases=("cn",), until="5.1"), _PASS,
        Parameter("Force", "switch", since="7"),
    ], _set, default_set="Name", should_process=True),
    Cmdlet("New-Service", [
        Parameter("Name", "string", mandatory=True, position=0, aliases=("ServiceName",)),
        Parameter("BinaryPathName", "string", mandatory=True, position=1, aliases=("Path",)),
        Parameter("DisplayName", "string"), Parameter("Description", "string"),
        Parameter("StartupType", "string"), Parameter("Credential", "object"), Parameter("DependsOn", "string[]"),
    ], _new, should_process=True),
    Cmdlet("Remove-Service", [
        Parameter("Name", "string", sets=("Name",), mandatory=True, position=0, pipeline=("Name",),
                  aliases=("ServiceName", "SN")),
        Parameter("InputObject", "object", sets=_INPUT, pipeline=_INPUT),
    ], _remove, default_set="Name", should_process=True, since="7"),
]  # fmt: skip
