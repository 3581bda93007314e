"""The Task Scheduler's COM interface, ``Schedule.Service`` (Windows Vista and 2008 on)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.scalars import DateTime
from exmigrate.twin.powershell.values import PSObject, ScriptMethod, ScriptProperty
from exmigrate.twin.world.clock import parse_epoch
from exmigrate.twin.world.server import Server, ticks
from exmigrate.twin.world.tasks import ScheduledTask, TaskStore, normal

CREATE, UPDATE = 2, 4
TIME_TRIGGER, BOOT_TRIGGER = 1, 8
EXECUTE = 0
COM_TYPE = "System.__ComObject"
TRIGGER_NAMES = {0: "Event", 1: "Time", 2: "Daily", 7: "Registration", 8: "Boot", 9: "Logon"}


def com_object(props: dict[str, Any], methods: dict[str, Callable[..., Any]] | None = None) -> PSObject:
    """An object with settable properties and methods that are Python functions of the arguments."""
    made = PSObject(dict(props), (COM_TYPE,))
    for name, function in (methods or {}).items():
        made.props[name] = ScriptMethod(_method(function))
    return made


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def body(this: Any, *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except MachineError as error:
            raise com_fault(error) from error

    return body


def com_fault(error: MachineError) -> NetFault:
    """A refusal as COM interop throws it."""
    code = error.code & 0xFFFFFFFF
    kind = "System.Runtime.InteropServices.COMException"
    if error.kind == "denied" and code == 0x80070005:
        kind = "System.UnauthorizedAccessException"
    return NetFault(kind, f"{error.message} (Exception from HRESULT: 0x{code:08X})")


def live(getter: Callable[[], Any], setter: Callable[[Any], None] | None = None) -> ScriptProperty:
    """A property whose value is asked for each time."""
    return ScriptProperty(lambda this: getter(), (lambda this, value: setter(value)) if setter else None)


def schedule_service(runspace: Any) -> PSObject:
    """``New-Object -ComObject Schedule.Service``."""
    machine = _machine_of(runspace)
    server: Server = machine.server
    if server.spec.before_2008:
        raise MachineError(
            "not-found",
            "Retrieving the COM class factory for component with CLSID {00000000-0000-0000-0000-000000000000} failed "
            "due to the following error: 80040154.",
            0x80040154,
        )
    state = {"connected": False}

    def connect(*arguments: Any) -> None:
        if (
            arguments
            and arguments[0]
            and str(arguments[0]).lower() not in (server.name.lower(), "localhost", ".")
        ):
            raise MachineError("unreachable", "The network path was not found.", 0x80070035)
        state["connected"] = True

    def need_connection() -> None:
        if not state["connected"]:
            raise MachineError(
                "invalid", "A Task Scheduler method was called before connecting to the service.", 0x80041300
            )

    def get_folder(path: Any) -> PSObject:
        need_connection()
        return folder_object(machine, str(path))

    def new_task(flags: Any = 0) -> PSObject:
        return definition_object()

    def running(flags: Any = 0) -> list[PSObject]:
        need_connection()
        return [task_object(machine, task) for task in server.tasks.all() if task.is_running]

    return com_object(
        {
            "Connected": live(lambda: state["connected"]),
            "TargetServer": server.name,
            "ConnectedUser": machine.token.account,
            "ConnectedDomain": machine.token.domain,
            "HighestVersion": 65539,
        },
        {"Connect": connect, "GetFolder": get_folder, "NewTask": new_task, "GetRunningTasks": running},
    )


def _machine_of(runspace: Any) -> Any:
    for place in (runspace, getattr(runspace, "session", None), getattr(runspace, "host", None)):
        found = getattr(place, "machine", None)
        if found is not None:
            return found
    return runspace


# folders


def folder_object(machine: Any, path: str) -> PSObject:
    """A task folder."""
    store: TaskStore = machine.server.tasks
    place = normal(path) if path.strip("\\") else "\\"
    if place.lower() not in (folder.lower() for folder in store.folders):
        raise MachineError("not-found", "The system cannot find the file specified.", 0x80070002)

    def full(name: Any) -> str:
        text = str(name)
        return (
            text
            if text.startswith("\\") and place == "\\"
            else f"{place.rstrip(chr(92))}\\{text.lstrip(chr(92))}"
        )

    def get_task(name: Any) -> PSObject:
        task = store.get(full(name))
        if task is None:
            raise MachineError("not-found", "The system cannot find the file specified.", 0x80070002)
        return task_object(machine, task)

    def get_tasks(flags: Any = 0) -> list[PSObject]:
        return [task_object(machine, task) for task in store.all() if task.folder.lower() == place.lower()]

    def create_folder(name: Any, sddl: Any = None) -> PSObject:
        _need_administrator(machine)
        store.folders.add(normal(full(name)))
        return folder_object(machine, full(name))

    def delete_folder(name: Any, flags: Any = 0) -> None:
        store.folders.discard(normal(full(name)))

    def delete_task(name: Any, flags: Any = 0) -> None:
        _need_administrator(machine)
        store.delete(full(name))

    def register(
        name: Any,
        definition: Any,
        flags: Any,
        user: Any = None,
        password: Any = None,
        kind: Any = 0,
        sddl: Any = None,
    ) -> PSObject:
        _need_administrator(machine)
        task = _task_of(machine, full(name), definition, user, password)
        wanted = int(flags or 6)
        if wanted == UPDATE and store.get(task.path) is None:
            raise MachineError("not-found", "The system cannot find the file specified.", 0x80070002)
        return task_object(machine, store.register(task, replace=wanted != CREATE))

    return com_object(
        {"Name": place.rpartition("\\")[2] or "\\", "Path": place},
        {
            "GetTask": get_task,
            "GetTasks": get_tasks,
            "GetFolder": lambda name: folder_object(machine, full(name)),
            "GetFolders": lambda flags=0: [
                folder_object(machine, other) for other in sorted(store.folders) if other not in ("\\", place)
            ],
            "CreateFolder": create_folder,
            "DeleteFolder": delete_folder,
            "DeleteTask": delete_task,
            "RegisterTaskDefinition": register,
        },
    )


def _need_administrator(machine: Any) -> None:
    if not machine.is_administrator:
        raise MachineError("denied", "Access is denied.", 0x80070005)


# definitions


def definition_object() -> PSObject:
    """An empty task definition."""
    actions: list[PSObject] = []
    triggers: list[PSObject] = []
    info = {
        "Description": "",
        "Author": "",
        "Date": "",
        "Documentation": "",
        "Source": "",
        "URI": "",
        "Version": "",
    }
    settings = {
        "AllowDemandStart": True,
        "AllowHardTerminate": True,
        "Compatibility": 2,
        "DeleteExpiredTaskAfter": "",
        "DisallowStartIfOnBatteries": True,
        "Enabled": True,
        "ExecutionTimeLimit": "PT72H",
        "Hidden": False,
        "MultipleInstances": 2,
        "Priority": 7,
        "RestartCount": 0,
        "RestartInterval": "",
        "RunOnlyIfIdle": False,
        "RunOnlyIfNetworkAvailable": False,
        "StartWhenAvailable": False,
        "StopIfGoingOnBatteries": True,
        "WakeToRun": False,
    }
    principal = {"DisplayName": "", "GroupId": "", "Id": "", "LogonType": 0, "RunLevel": 0, "UserId": ""}
    return com_object(
        {
            "RegistrationInfo": com_object(info),
            "Settings": com_object(settings),
            "Principal": com_object(principal),
            "Actions": _collection(actions, _new_action),
            "Triggers": _collection(triggers, _new_trigger),
            "Data": "",
            "XmlText": "",
        }
    )


def _collection(items: list[PSObject], make: Callable[[int], PSObject]) -> PSObject:
    def create(kind: Any) -> PSObject:
        made = make(int(kind))
        items.append(made)
        return made

    def item(index: Any) -> PSObject:
        return items[int(index) - 1]

    made = com_object(
        {"Count": live(lambda: len(items)), "Context": ""},
        {"Create": create, "Item": item, "Clear": items.clear},
    )
    made.props["_items"] = items
    return made


def _new_action(kind: int) -> PSObject:
    if kind != EXECUTE:
        raise MachineError(
            "invalid", "Not simulated: task actions other than executing a program.", 0x80070057
        )
    return com_object(
        {"Type": 0, "Id": "", "Path": "", "Arguments": "", "WorkingDirectory": "", "HideAppWindow": False}
    )


def _new_trigger(kind: int) -> PSObject:
    if kind not in (TIME_TRIGGER, BOOT_TRIGGER, 7):
        raise MachineError("invalid", f"Not simulated: trigger type {kind}.", 0x80070057)
    return com_object(
        {
            "Type": kind,
            "Id": "",
            "Enabled": True,
            "StartBoundary": "",
            "EndBoundary": "",
            "ExecutionTimeLimit": "",
            "Delay": "",
        }
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _task_of(machine: Any, path: str, definition: Any, user: Any, password: Any) -> ScheduledTask:
    props = definition.props
    actions = props["Actions"].props["_items"]
    if not actions:
        raise MachineError(
            "invalid", "(2,2):Task: The task XML is missing a required element or attribute.", 0x80041319
        )
    action = actions[0].props
    principal = props["Principal"].props
    account = _text(user) or _text(principal["UserId"]) or machine.token.name
    if not _text(action["Path"]):
        raise MachineError(
            "invalid", "The task XML contains a value which is incorrectly formatted.", 0x80041318
        )
    task = ScheduledTask(
        path,
        _text(action["Path"]),
        _text(action["Arguments"]),
        _text(action["WorkingDirectory"]),
        account,
        _text(password),
        highest=bool(principal["RunLevel"]),
        enabled=bool(props["Settings"].props["Enabled"]),
        description=_text(props["RegistrationInfo"].props["Description"]),
    )
    for trigger in props["Triggers"].props["_items"]:
        _apply_trigger(task, trigger.props)
    task.xml = _xml(task)
    return task


def _apply_trigger(task: ScheduledTask, trigger: dict[str, Any]) -> None:
    if trigger["Type"] == BOOT_TRIGGER:
        task.at_boot = True
    elif trigger["Type"] == TIME_TRIGGER and trigger["StartBoundary"]:
        try:
            task.start_at = parse_epoch(str(trigger["StartBoundary"]))
        except ValueError as error:
            raise MachineError(
                "invalid",
                "The task XML contains a value which is incorrectly formatted or out of range.",
                0x80041318,
            ) from error


def _xml(task: ScheduledTask) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\r\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\r\n'
        f"  <RegistrationInfo><Description>{escape(task.description)}</Description></RegistrationInfo>\r\n"
        f'  <Principals><Principal id="Author"><UserId>{escape(task.account)}</UserId></Principal></Principals>\r\n'
        f"  <Actions><Exec><Command>{escape(task.program)}</Command><Arguments>{escape(task.arguments)}</Arguments>"
        f"<WorkingDirectory>{escape(task.directory)}</WorkingDirectory></Exec></Actions>\r\n"
        "</Task>"
    )


# registered tasks


def task_object(machine: Any, task: ScheduledTask) -> PSObject:
    """A registered task."""
    store: TaskStore = machine.server.tasks

    def run(parameters: Any = None) -> PSObject:
        store.run(task.path)
        return com_object(
            {
                "Name": task.name,
                "Path": task.path,
                "State": live(lambda: task.state),
                "EnginePID": task.process.pid if task.process else 0,
                "CurrentAction": task.program,
            }
        )

    def enable(value: Any) -> None:
        task.enabled = bool(value)

    return com_object(
        {
            "Name": task.name,
            "Path": task.path,
            "State": live(lambda: task.state),
            "Enabled": live(lambda: task.enabled, enable),
            "LastRunTime": live(lambda: _time(task.last_run)),
            "LastTaskResult": live(lambda: _signed(task.result)),
            "NumberOfMissedRuns": 0,
            "NextRunTime": live(lambda: _time(task.start_at)),
            "Xml": task.xml,
            "Definition": com_object({"RegistrationInfo": com_object({"Description": task.description})}),
        },
        {
            "Run": run,
            "RunEx": lambda parameters=None, flags=0, session=0, user=None: run(parameters),
            "Stop": lambda flags=0: store.stop(task.path),
            "GetInstances": lambda flags=0: [task_object(machine, task)] if task.is_running else [],
        },
    )


def _time(moment: datetime | None) -> DateTime:
    # the scheduler shows 30 December 1899 for "never"
    return DateTime(ticks(moment), 2) if moment is not None else DateTime(599_264_352_000_000_000, 0)


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value
