"""schtasks.exe: the only way to a task on Windows 2003, and one way on later versions."""

from __future__ import annotations

from datetime import datetime, timedelta

from exmigrate.twin.cmdlets.windows.natives_system import option
from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Native, NativeCall
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.tasks import ScheduledTask, TaskStore

SCHEDULES = ("once", "onstart", "onlogon", "onidle", "minute", "hourly", "daily", "weekly", "monthly")
STATES = {1: "Disabled", 2: "Queued", 3: "Ready", 4: "Running"}
PLAIN = ("TaskName", "Next Run Time", "Status")
VERBOSE = (
    "HostName", "TaskName", "Next Run Time", "Status", "Logon Mode", "Last Run Time", "Last Result", "Creator",
    "Schedule", "Task To Run", "Start In", "Comment", "Scheduled Task State", "Scheduled Type", "Start Time",
    "Start Date", "End Date", "Days", "Months", "Run As User", "Delete Task If Not Rescheduled",
    "Stop Task If Runs X Hours and X Mins", "Repeat: Every", "Repeat: Until: Time", "Repeat: Until: Duration",
    "Repeat: Stop If Still Running", "Idle Time", "Power Management",
)  # fmt: skip
"""Columns of `/query /v`, in their order."""


class _Wrong(Exception):
    """The command line is not understood; the text is what the program prints."""


def schtasks(call: NativeCall) -> int:
    """schtasks.exe /create /run /query /delete /end /change."""
    server: Server = call.machine.server
    if server.spec.os == "2000":
        call.err("'schtasks' is not recognized as an internal or external command,")
        return 9009
    verbs = [argument.lower().lstrip("/-") for argument in call.args if argument[:1] in "/-"]
    name = option(call.args, "tn") or ""
    try:
        if "s" in verbs:
            raise _Wrong("Not simulated: schtasks /s.")
        if "create" in verbs:
            return _create(call, server, name)
        if "run" in verbs:
            server.tasks.run(_need(name, "run"))
            call.out(f'SUCCESS: Attempted to run the scheduled task "{name}".')
            return 0
        if "delete" in verbs:
            return _delete(call, server, _need(name, "delete"), "f" in verbs)
        if "end" in verbs:
            server.tasks.stop(_need(name, "end"))
            call.out(f'SUCCESS: The scheduled task "{name}" has been terminated successfully.')
            return 0
        return _query(call, server, name, "v" in verbs, "nh" in verbs)
    except (MachineError, _Wrong) as error:
        call.err(f"ERROR: {error.message if isinstance(error, MachineError) else error}")
        return 1


def _need(name: str, verb: str) -> str:
    if not name:
        raise _Wrong(
            f"Invalid syntax. Mandatory option 'tn' is missing.\nType \"SCHTASKS /{verb.upper()} /?\" for usage."
        )
    return name


def _create(call: NativeCall, server: Server, name: str) -> int:
    if not call.machine.is_administrator:
        raise _Wrong("Access is denied.")
    given = [argument.lower().lstrip("/-") for argument in call.args if argument[:1] in "/-"]
    for late in ("rl", "f", "np", "z", "v1"):
        # these came with Windows 2008; the old program knows none of them
        if late in given and server.spec.before_2008:
            raise _Wrong(f"Invalid argument/option - '/{late}'.\nType \"SCHTASKS /CREATE /?\" for usage.")
    if "np" in given:
        raise _Wrong("Not simulated: schtasks /create /np.")
    _need(name, "create")
    command = option(call.args, "tr")
    schedule = (option(call.args, "sc") or "").lower()
    if not command or schedule not in SCHEDULES:
        missing = "tr" if not command else "sc"
        raise _Wrong(
            f"Invalid syntax. Mandatory option '{missing}' is missing.\nType \"SCHTASKS /CREATE /?\" for usage."
        )
    if schedule not in ("once", "onstart"):
        raise _Wrong(f"Not simulated: schtasks /sc {schedule}.")
    replace = "f" in given
    if server.tasks.get(name) is not None and not replace and not _agrees(call):
        raise _Wrong("The task was not created: it exists already.")
    line = split_command(command)
    task = ScheduledTask(
        name,
        line[0] if line else "",
        " ".join(f'"{word}"' if " " in word else word for word in line[1:]),
        account=option(call.args, "ru") or call.machine.token.name,
        password=option(call.args, "rp") or "",
        highest="highest" in (option(call.args, "rl") or "").lower() or server.spec.before_2008,
        at_boot=schedule == "onstart",
    )
    if schedule == "once":
        task.start_at = _moment(call, server)
    if _old(server) and not server.tasks.proves(task):
        # the old scheduler keeps a task whose account it could not set; it will not start
        task.unknown_account = True
        server.tasks.register(task, replace=True)
        call.out(
            f'WARNING: The scheduled task "{name}" has been created, but may not run because the account information '
            "could not be set."
        )
        return 0
    server.tasks.register(task, replace=True)
    call.out(f'SUCCESS: The scheduled task "{name}" has successfully been created.')
    return 0


def _agrees(call: NativeCall) -> bool:
    call.out("WARNING: The task name already exists. Do you want to replace it (Y/N)? ")
    return next((str(line).strip().lower() for line in call.stdin), "n").startswith("y")


def _moment(call: NativeCall, server: Server) -> datetime:
    """The start that `/st HH:mm[:ss]` and `/sd mm/dd/yyyy` say, in the machine's own time."""
    time, day = option(call.args, "st"), option(call.args, "sd")
    if not time:
        raise _Wrong(
            "Invalid syntax. Mandatory option 'st' is missing.\nType \"SCHTASKS /CREATE /?\" for usage."
        )
    now = server.now()
    try:
        clock = datetime.strptime(time, "%H:%M:%S" if time.count(":") == 2 else "%H:%M")
        date = datetime.strptime(day, "%m/%d/%Y") if day else now
    except ValueError:
        raise _Wrong("Invalid Starttime or Startdate value.") from None
    found = now.replace(
        year=date.year, month=date.month, day=date.day, hour=clock.hour, minute=clock.minute, second=clock.second,
        microsecond=0,
    )  # fmt: skip
    if found < now:
        call.out("WARNING: The task may not run because /ST is earlier than current time.")
    return found - timedelta(seconds=server.spec.clock_skew_s)


def _delete(call: NativeCall, server: Server, name: str, force: bool) -> int:
    if server.tasks.get(name) is None:
        raise _Wrong("The specified task name does not exist in the system." if _old(server) else _NOT_FOUND)
    if not force:
        call.out(f'WARNING: Are you sure you want to remove the task "{name}" (Y/N)? ')
        if not next((str(line).strip().lower() for line in call.stdin), "n").startswith("y"):
            return 1
    server.tasks.delete(name)
    call.out(f'SUCCESS: The scheduled task "{name}" was successfully deleted.')
    return 0


_NOT_FOUND = "The system cannot find the file specified."


_NO_ACCOUNT = "Could not be retrieved from the task scheduler database"


def _old(server: Server) -> bool:
    return server.spec.before_2008


def _query(call: NativeCall, server: Server, name: str, verbose: bool, headless: bool) -> int:
    store: TaskStore = server.tasks
    if name and _old(server):
        # the old program lists all of them: a script looks for its own
        raise _Wrong("Invalid argument/option - '/tn'.\nType \"SCHTASKS /QUERY /?\" for usage.")
    found = [store.get(name)] if name else list(store.all())
    tasks = [task for task in found if task is not None]
    if name and not tasks:
        raise _Wrong(_NOT_FOUND)
    form = (option(call.args, "fo") or "list").lower()
    if form not in ("csv", "list", "table"):
        raise _Wrong("Invalid syntax. Value expected for '/fo'.")
    if not tasks and _old(server):
        call.out("INFO: There are no scheduled tasks present in the system.")
        return 0
    columns = VERBOSE if verbose else PLAIN
    rows = [_row(server, task) for task in tasks]
    if form == "csv":
        if not headless:
            call.out(",".join(f'"{column}"' for column in columns))
        for row in rows:
            call.out(",".join(_quoted(row[column]) for column in columns))
        return 0
    if form == "table":
        raise _Wrong("Not simulated: schtasks /query /fo table.")
    shown = (
        columns
        if verbose
        else ("HostName", "TaskName", "Next Run Time", "Status", "Last Result", "Run As User")
    )
    for row in rows:
        for column in shown:
            call.out(
                f"{column + ':':<15}{row[column]}" if not verbose else f"{column + ':':<37}{row[column]}"
            )
        call.out("")
    return 0


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _row(server: Server, task: ScheduledTask) -> dict[str, str]:
    now = server.now()
    state = STATES[task.state]
    if _old(server) and state == "Ready":
        state = "Could not start" if task.last_result and not task.runs else ""
    upcoming = task.start_at if task.start_at is not None and task.start_at > now else None
    row = dict.fromkeys(VERBOSE, "N/A")
    row |= {
        "HostName": server.name.upper(),
        "TaskName": task.path.lstrip("\\") if _old(server) else task.path,
        "Next Run Time": _time(upcoming) if upcoming else ("Never" if _old(server) else "N/A"),
        "Status": state,
        "Logon Mode": "Interactive/Background",
        "Last Run Time": _time(task.last_run) if task.last_run else ("Never" if _old(server) else "N/A"),
        "Last Result": str(task.result - (1 << 32) if task.result >= 1 << 31 else task.result),
        "Creator": task.account.rpartition("\\")[2],
        "Task To Run": f"{task.program} {task.arguments}".strip(),
        "Start In": task.directory or "N/A",
        "Scheduled Task State": "Enabled" if task.enabled else "Disabled",
        "Scheduled Type": "At system start up" if task.at_boot else "One Time Only",
        "Run As User": _NO_ACCOUNT if task.unknown_account else task.account,
    }
    return row


def _time(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{hour}:{moment:%M:%S} {half}, {moment.month}/{moment.day}/{moment.year}"


PROGRAMS: dict[str, Native] = {"schtasks.exe": schtasks}
