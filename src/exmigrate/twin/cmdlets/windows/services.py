"""Get-Service and its kin over the machine's service control manager."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from typing import Any

from exmigrate.twin.cmdlets.windows.reach import machines_of, remote_machine
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import MachineError, Service
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.scalars import TimeSpan
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import EnumValue, NetObject

COMMANDS = "Microsoft.PowerShell.Commands"
EXCEPTION = f"{COMMANDS}.ServiceCommandException"
TYPE_NAME = "System.ServiceProcess.ServiceController"
STATUS = NetType("System.ServiceProcess.ServiceControllerStatus", d.ENUM, is_value_type=True, is_enum=True)
STATUS.enum_names = {
    "Stopped": 1, "StartPending": 2, "StopPending": 3, "Running": 4, "ContinuePending": 5, "PausePending": 6, "Paused": 7,
}  # fmt: skip
START_MODE = NetType("System.ServiceProcess.ServiceStartMode", d.ENUM, is_value_type=True, is_enum=True)
START_MODE.enum_names = {"Automatic": 2, "Manual": 3, "Disabled": 4}
SERVICE = NetType(
    TYPE_NAME, d.OBJECT, display=("Status", "Name", "DisplayName"), assembly="System.ServiceProcess"
)


class ServiceObject(NetObject):
    """A ServiceController: what it says is what was so when it was made or last refreshed."""

    __slots__ = ("machine", "net", "seen")

    def __init__(self, machine: Any, service: Service) -> None:
        self.machine = machine
        self.seen = service
        self.net = SERVICE

    def refresh(self) -> None:
        """Look again."""
        found = self.machine.services.get(self.seen.name)
        if found is None:
            raise NetFault(
                "System.InvalidOperationException", f"Service {self.seen.name} was not found on computer '.'."
            )
        self.seen = found

    def do(self, verb: str) -> None:
        """Start, stop, pause or resume it."""
        try:
            getattr(self.machine.services, verb)(self.seen.name)
        except MachineError as error:
            raise NetFault("System.InvalidOperationException", error.message) from error


def _status(service: ServiceObject, ctx: Any) -> EnumValue:
    return EnumValue(STATUS, STATUS.enum_names[service.seen.status])


def _dependents(service: ServiceObject, ctx: Any) -> list[ServiceObject]:
    wanted = service.seen.name.lower()
    return [
        ServiceObject(service.machine, other)
        for other in service.machine.services.all()
        if wanted in (name.lower() for name in other.requires)
    ]


def _required(service: ServiceObject, ctx: Any) -> list[ServiceObject]:
    found = [service.machine.services.get(name) for name in service.seen.requires]
    return [ServiceObject(service.machine, other) for other in found if other is not None]


SERVICE.prop("Name", lambda s, ctx: s.seen.name, None, "System.String")
SERVICE.prop("ServiceName", lambda s, ctx: s.seen.name, None, "System.String")
SERVICE.prop("DisplayName", lambda s, ctx: s.seen.display_name, None, "System.String")
SERVICE.prop("Status", _status, None, STATUS.name)
SERVICE.prop("StartType", lambda s, ctx: EnumValue(START_MODE, START_MODE.enum_names[s.seen.start_type]))
SERVICE.prop("MachineName", lambda s, ctx: ".", None, "System.String")
SERVICE.prop("CanStop", lambda s, ctx: s.seen.status == "Running" and s.seen.can_stop, None, "System.Boolean")
SERVICE.prop("CanPauseAndContinue", lambda s, ctx: False, None, "System.Boolean")
SERVICE.prop("DependentServices", _dependents)
SERVICE.prop("RequiredServices", _required)
SERVICE.prop("ServicesDependedOn", _required)
SERVICE.to_string = lambda s, ctx: s.seen.name
SERVICE.method("void Start()")(lambda s: s.do("start"))
SERVICE.method("void Stop()")(lambda s: s.do("stop"))
SERVICE.method("void Pause()")(lambda s: s.do("pause"))
SERVICE.method("void Continue()")(lambda s: s.do("resume"))
SERVICE.method("void Refresh()")(lambda s: s.refresh())
SERVICE.method("void Close()", "void Dispose()")(lambda s: None)


@SERVICE.method(
    "void WaitForStatus(object desiredStatus)",
    "void WaitForStatus(object desiredStatus, object timeout)",
    ctx=True,
)
def _wait_for(service: ServiceObject, wanted: Any, timeout: Any = None, ctx: Any = None) -> None:
    left = timeout.ticks / 10_000_000 if isinstance(timeout, TimeSpan) else 600.0
    service.refresh()
    while service.seen.status.lower() != str(wanted).lower():
        if left <= 0:
            raise NetFault(
                "System.ServiceProcess.TimeoutException",
                "Time out has expired and the operation has not been completed.",
            )
        ctx.machine.clock.sleep(1)
        left -= 1
        service.refresh()


@SERVICE.constructor("new(string name)", "new(string name, string machineName)", ctx=True)
def _new(name: str, machine_name: str = ".", ctx: Any = None) -> ServiceObject:
    machine = remote_machine(ctx.machine, machine_name)
    found = machine.services.get(name)
    if found is None:
        raise NetFault(
            "System.InvalidOperationException", f"Service {name} was not found on computer '{machine_name}'."
        )
    return ServiceObject(machine, found)


# cmdlets


def _matching(call: Call, machine: Any) -> list[ServiceObject]:
    given = call.get("InputObject")
    if given is not None:
        return list(given if isinstance(given, list) else [given])
    by_display = call.get("DisplayName")
    patterns = [str(item) for item in (call.get("Name") or by_display or ["*"])]
    found: list[ServiceObject] = []
    for pattern in patterns:
        hits = [
            service
            for service in machine.services.all()
            if _like(service.display_name if by_display else service.name, pattern)
            or (not by_display and _like(service.display_name, pattern) and not _wild(pattern))
        ]
        if not hits and not _wild(pattern):
            _not_found(call, pattern, bool(by_display))
        found += [ServiceObject(machine, service) for service in hits]
    return _filtered(call, found)


def _filtered(call: Call, found: list[ServiceObject]) -> list[ServiceObject]:
    include, exclude = call.get("Include"), call.get("Exclude")
    if include:
        found = [s for s in found if any(_like(s.seen.name, str(p)) for p in include)]
    if exclude:
        found = [s for s in found if not any(_like(s.seen.name, str(p)) for p in exclude)]
    return found


def _wild(pattern: str) -> bool:
    return any(c in pattern for c in "*?[")


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text.lower(), pattern.lower())


def _not_found(call: Call, name: str, display: bool) -> None:
    which = "display" if display else "service"
    call.write_error(
        f"Cannot find any service with {which} name '{name}'.",
        "NoServiceFoundForGivenDisplayName" if display else "NoServiceFoundForGivenName",
        "ObjectNotFound",
        name,
        exception=EXCEPTION,
    )


def _get(call: Call) -> None:
    for machine in machines_of(call):
        for service in _matching(call, machine):
            if call.flag("DependentServices"):
                call.write_all(_dependents(service, None))
            elif call.flag("RequiredServices"):
                call.write_all(_required(service, None))
            else:
                call.write(service)


def _act(verb: str, done: str) -> Callable[[Call], None]:
    def body(call: Call) -> None:
        for service in _matching(call, call.machine):
            if call.should_process(f"{service.seen.display_name} ({service.seen.name})", call.name):
                _run(call, service, verb, done)
            if call.flag("PassThru"):
                service.refresh()
                call.write(service)

    return body


def _run(call: Call, service: ServiceObject, verb: str, done: str) -> None:
    services = service.machine.services
    name, shown = service.seen.name, service.seen.display_name
    try:
        service.refresh()
        if verb in ("stop", "restart") and service.seen.status != "Stopped":
            dependents = [s for s in _dependents(service, None) if s.seen.status == "Running"]
            if dependents and not call.flag("Force"):
                call.write_error(
                    f"Cannot stop service '{shown} ({name})' because it has dependent services. It can only be stopped if the Force flag is set.",
                    "ServiceHasDependentServices", "InvalidOperation", service, exception=EXCEPTION,
                )  # fmt: skip
                return
            services.stop(name, force=True)
        service.refresh()
        if verb in ("start", "restart") and service.seen.status != "Running":
            services.start(name)
        elif verb in ("pause", "resume"):
            getattr(services, verb)(name)
    except (MachineError, NetFault) as error:
        word = {"start": "start", "stop": "stop", "restart": "start"}.get(verb, verb)
        call.write_error(
            f"Service '{shown} ({name})' cannot be {_participle(word)} due to the following error: {error}",
            f"CouldNot{word.capitalize()}Service", "OpenError", service, exception=EXCEPTION,
        )  # fmt: skip
    service_now = services.get(name)
    if service_now is not None:
        service.seen = service_now


def _participle(word: str) -> str:
    return {"start": "started", "stop": "stopped", "pause": "suspended", "resume": "resumed"}[word]


def _set(call: Call) -> None:
    machine = machines_of(call)[0]
    name = str(call.get("Name") or "")
    given = call.get("InputObject")
    if given is not None:
        name = given.seen.name
    found = machine.services.get(name)
    if found is None:
        call.write_error(
            f"Service {name} was not found on computer '{machine.name}'.",
            "InvalidOperationException", "ObjectNotFound", name, exception="System.InvalidOperationException",
        )  # fmt: skip
        return
    if not call.should_process(f"{found.display_name} ({found.name})", "Set-Service"):
        return
    start = call.get("StartupType")
    if start is not None:
        machine.services.set_start_type(name, str(start).capitalize())
    status = str(call.get("Status") or "").lower()
    try:
        if status == "running" and found.status != "Running":
            machine.services.start(name)
        elif status == "stopped" and found.status != "Stopped":
            machine.services.stop(name)
    except MachineError as error:
        call.write_error(error.message, "CouldNotSetService", "OpenError", name, exception=EXCEPTION)
    if call.flag("PassThru"):
        call.write(ServiceObject(machine, machine.services.get(name)))


def _new_service(call: Call) -> None:
    name = str(call.get("Name"))
    if not call.should_process(name, "New-Service"):
        return
    start = str(call.get("StartupType") or "Automatic").capitalize()
    service = Service(
        name, str(call.get("DisplayName") or name), "Stopped", start, path=str(call.get("BinaryPathName"))
    )
    try:
        call.machine.services.create(service)
    except MachineError as error:
        call.write_error(
            f"Service '{service.display_name} ({name})' cannot be created due to the following error: {error.message}",
            "CouldNotNewService", "PermissionDenied", name, exception=EXCEPTION,
        )  # fmt: skip
        return
    call.write(ServiceObject(call.machine, call.machine.services.get(name)))


SELECT = (
    Parameter(
        "Name",
        "string[]",
        position=0,
        pipeline=True,
        pipeline_by_name=True,
        aliases=("ServiceName",),
        sets=("Default",),
    ),
    Parameter("DisplayName", "string[]", mandatory=True, sets=("DisplayName",)),
    Parameter("InputObject", "object[]", mandatory=True, pipeline=True, sets=("InputObject",)),
    Parameter("Include", "string[]"),
    Parameter("Exclude", "string[]"),
)
PASS = (Parameter("PassThru", "switch"),)
FORCE = (Parameter("Force", "switch"),)
START_TYPES = Validation("Set", ("Automatic", "Manual", "Disabled"))


def _selecting(call_parameters: tuple[Parameter, ...], *more: Parameter) -> tuple[Parameter, ...]:
    return (*call_parameters, *more)


CMDLETS = (
    Cmdlet(
        "Get-Service",
        _selecting(
            SELECT,
            Parameter("ComputerName", "string[]", aliases=("Cn",)),
            Parameter("DependentServices", "switch", aliases=("DS",)),
            Parameter("RequiredServices", "switch", aliases=("SDO", "ServicesDependedOn")),
        ),
        process=_get, default_set="Default", aliases=("gsv",), output=(TYPE_NAME,),
    ),
    Cmdlet("Start-Service", _selecting(SELECT, *PASS), process=_act("start", "Running"), default_set="Default", should_process=True, aliases=("sasv",)),
    Cmdlet("Stop-Service", _selecting(SELECT, *PASS, *FORCE), process=_act("stop", "Stopped"), default_set="Default", should_process=True, aliases=("spsv",)),
    Cmdlet("Restart-Service", _selecting(SELECT, *PASS, *FORCE), process=_act("restart", "Running"), default_set="Default", should_process=True),
    Cmdlet("Suspend-Service", _selecting(SELECT, *PASS), process=_act("pause", "Paused"), default_set="Default", should_process=True),
    Cmdlet("Resume-Service", _selecting(SELECT, *PASS), process=_act("resume", "Running"), default_set="Default", should_process=True),
    Cmdlet(
        "Set-Service",
        (
            Parameter("Name", "string", position=0, mandatory=True, pipeline_by_name=True, sets=("Name",), aliases=("ServiceName", "SN")),
            Parameter("InputObject", "object", mandatory=True, pipeline=True, sets=("InputObject",)),
            Parameter("ComputerName", "string[]", aliases=("cn",)),
            Parameter("DisplayName", "string", aliases=("DN",)),
            Parameter("Description", "string"),
            Parameter("StartupType", "string", aliases=("StartMode", "SM", "ST"), validations=(START_TYPES,)),
            Parameter("Status", "string", validations=(Validation("Set", ("Running", "Stopped", "Paused")),)),
            *PASS,
        ),
        process=_set, default_set="Name", should_process=True,
    ),
    Cmdlet(
        "New-Service",
        (
            Parameter("Name", "string", position=0, mandatory=True, aliases=("ServiceName",)),
            Parameter("BinaryPathName", "string", position=1, mandatory=True),
            Parameter("DisplayName", "string"),
            Parameter("Description", "string"),
            Parameter("StartupType", "string", validations=(START_TYPES,)),
            Parameter("Credential", "object"),
            Parameter("DependsOn", "string[]"),
        ),
        process=_new_service, should_process=True,
    ),
)  # fmt: skip

TYPES = (SERVICE, STATUS, START_MODE)
