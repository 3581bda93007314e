"""System.ServiceProcess.ServiceController over the machine's service manager."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, invalid_operation
from exmigrate.twin.powershell.machine.ports import MachineError, Service
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.safehandles import SERVICE_HANDLE, open_handle

STATUS = "System.ServiceProcess.ServiceControllerStatus"
START_MODE = "System.ServiceProcess.ServiceStartMode"
_POLL = 0.25
_ALREADY_RUNNING, _NOT_ACTIVE = 1056, 1062


class Controller(v.NetObject):
    """One service as it was when last looked at; ``Refresh()`` looks again."""

    __slots__ = ("machine", "name", "record")

    def __init__(self, machine: Any, name: str, record: Service | None = None):
        self.machine = machine
        self.name = record.name if record is not None else name
        self.record = record

    def known(self) -> Service:
        """The record; an exception when the machine has no such service."""
        if self.record is None:
            self.refresh()
        if self.record is None:
            raise invalid_operation(f"Service {self.name} was not found on computer '.'.")
        return self.record

    def refresh(self) -> None:
        """Look again."""
        self.record = self.machine.services.get(self.name)
        if self.record is not None:
            self.name = self.record.name


SERVICE = declare_type(
    "System.ServiceProcess.ServiceController",
    python=Controller,
    display=("Status", "Name", "DisplayName"),
    assembly="System.ServiceProcess",
)


def _required(one: Controller) -> list[Any]:
    return v.TypedArray(SERVICE, [Controller(one.machine, name) for name in one.known().requires])


def _dependents(one: Controller) -> list[Any]:
    own = one.known().name.lower()
    found = [
        Controller(one.machine, other.name, other)
        for other in one.machine.services.all()
        if own in [name.lower() for name in other.requires]
    ]
    return v.TypedArray(SERVICE, found)


def _running(one: Controller) -> bool:
    return one.known().status in ("Running", "Paused")


SERVICE.prop("Name", lambda one, ctx: one.known().name, type_name="System.String")
SERVICE.prop("RequiredServices", lambda one, ctx: _required(one))
SERVICE.prop("CanPauseAndContinue", lambda one, ctx: False, type_name="System.Boolean")
SERVICE.prop("CanShutdown", lambda one, ctx: _running(one), type_name="System.Boolean")
SERVICE.prop("CanStop", lambda one, ctx: _running(one) and one.known().can_stop, type_name="System.Boolean")
SERVICE.prop("DisplayName", lambda one, ctx: one.known().display_name, type_name="System.String")
SERVICE.prop("DependentServices", lambda one, ctx: _dependents(one))
SERVICE.prop("MachineName", lambda one, ctx: ".", type_name="System.String")
SERVICE.prop("ServiceName", lambda one, ctx: one.known().name, type_name="System.String")
SERVICE.prop("ServicesDependedOn", lambda one, ctx: _required(one))
SERVICE.prop("Status", lambda one, ctx: enum_value(STATUS, one.known().status), type_name=STATUS)
SERVICE.prop(
    "ServiceType",
    lambda one, ctx: enum_value("System.ServiceProcess.ServiceType", "Win32OwnProcess"),
    type_name="System.ServiceProcess.ServiceType",
)
SERVICE.prop("ServiceHandle", lambda one, ctx: open_handle(SERVICE_HANDLE), type_name=SERVICE_HANDLE.name)
SERVICE.constants({"Site": None, "Container": None})
SERVICE.prop(
    "StartType",
    lambda one, ctx: enum_value(START_MODE, one.known().start_type),
    type_name=START_MODE,
    since=5.1,
)
SERVICE.prop("UserName", lambda one, ctx: one.known().account, type_name="System.String", since=7)
SERVICE.prop("BinaryPathName", lambda one, ctx: one.known().path, type_name="System.String", since=7)
SERVICE.constants({"Description": "", "DelayedAutoStart": False}, since=7)
SERVICE.prop("StartupType", lambda one, ctx: one.known().start_type, since=7)
SERVICE.to_string = lambda one, ctx: (
    one.name if ctx is not None and ctx.level == "7" else "System.ServiceProcess.ServiceController"
)
SERVICE.method("void Refresh()")(lambda one: one.refresh())
SERVICE.method("void Close()", "void Dispose()")(lambda one: None)


def _failed(action: str, one: Controller, fault: MachineError) -> NetFault:
    from exmigrate.twin.powershell.errors import NetException

    return NetFault(
        "System.InvalidOperationException",
        f"Cannot {action} service {one.name} on computer '.'.",
        NetException("System.ComponentModel.Win32Exception", fault.message),
    )


@SERVICE.method("void Start()")
def start(one: Controller) -> None:
    """``Start()``; InvalidOperationException as .NET has it."""
    one.known()
    try:
        one.machine.services.start(one.name)
    except MachineError as fault:
        raise _failed("start", one, fault) from None


@SERVICE.method("void Stop()")
def stop(one: Controller) -> None:
    """``Stop()``: stops dependent services too, as .NET does."""
    one.known()
    try:
        one.machine.services.stop(one.name, True)
    except MachineError as fault:
        raise _failed("stop", one, fault) from None


@SERVICE.method("void Pause()")
def pause(one: Controller) -> None:
    """``Pause()``."""
    one.known()
    one.machine.services.pause(one.name)


@SERVICE.method("void Continue()")
def resume(one: Controller) -> None:
    """``Continue()``."""
    one.known()
    one.machine.services.resume(one.name)


@SERVICE.method(
    "void WaitForStatus(System.ServiceProcess.ServiceControllerStatus desiredStatus)",
    "void WaitForStatus(System.ServiceProcess.ServiceControllerStatus desiredStatus, timespan timeout)",
    ctx=True,
)
def _wait(one: Controller, wanted: Any, timeout: s.TimeSpan | None = None, ctx: Any = None) -> None:
    clock = one.machine.clock
    end = None if timeout is None else clock.now() + timeout.ticks
    one.refresh()
    while one.known().status != str(wanted):
        if end is not None and clock.now() >= end:
            raise NetFault(
                "System.ServiceProcess.TimeoutException",
                "Time out has expired and the operation has not been completed.",
            )
        session_step(ctx)
        clock.sleep(_POLL)
        one.refresh()


def session_step(ctx: Any) -> None:
    """Count a turn of a wait against the run's limits, so that a wait for nothing ends."""
    tick = getattr(ctx, "tick", None)
    if tick is not None:
        tick()


@SERVICE.static_method("System.ServiceProcess.ServiceController[] GetServices()", ctx=True)
def _all(ctx: Any) -> list[Any]:
    return v.TypedArray(
        SERVICE, [Controller(ctx.machine, one.name, one) for one in ctx.machine.services.all()]
    )


SERVICE.constructor("new(string name)", ctx=True)(lambda name, ctx: Controller(ctx.machine, name))


def already_so(fault: MachineError) -> bool:
    """Whether a refusal only says that the service is in the wanted state."""
    return fault.code in (_ALREADY_RUNNING, _NOT_ACTIVE)
