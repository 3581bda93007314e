"""Console programs of Windows that look at and change the machine itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exmigrate import facts
from exmigrate.twin.powershell.machine import MachineError, Service
from exmigrate.twin.powershell.packs import Native, NativeCall
from exmigrate.twin.world.features import add_features, known_name, remove_features
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.sids import sid_of, token_groups

START_WORDS = {"auto": "Automatic", "demand": "Manual", "disabled": "Disabled", "delayed-auto": "Automatic"}
STATES = {
    "Stopped": "1  STOPPED",
    "Running": "4  RUNNING",
    "StartPending": "2  START_PENDING",
    "StopPending": "3  STOP_PENDING",
}
START_NUMBERS = {"Automatic": "2   AUTO_START", "Manual": "3   DEMAND_START", "Disabled": "4   DISABLED"}


def option(arguments: Sequence[str], *names: str) -> str | None:
    """The argument behind a switch, '' when it has none, None when the switch is not there."""
    for index, argument in enumerate(arguments):
        if argument[:1] in "/-" and argument.lstrip("/-").lower() in names:
            follows = arguments[index + 1] if index + 1 < len(arguments) else ""
            return "" if follows[:1] == "/" else follows
    return None


def whoami(call: NativeCall) -> int:
    """whoami.exe."""
    machine = call.machine
    switches = [argument.lower() for argument in call.args]
    if "/groups" in switches:
        call.out("")
        call.out("GROUP INFORMATION")
        call.out("-----------------")
        call.out("")
        call.out(f"{'Group Name':50} {'Type':16} {'SID':45} Attributes")
        call.out(f"{'=' * 50} {'=' * 16} {'=' * 45} {'=' * 50}")
        for name, kind, sid in token_groups(machine):
            call.out(f"{name:50} {kind:16} {sid:45} Mandatory group, Enabled by default, Enabled group")
        return 0
    if "/user" in switches:
        sid = sid_of(machine.world, machine.server, machine.token.name) or "S-1-5-18"
        call.out(f"{machine.token.name.lower()} {sid}")
        return 0
    if "/priv" in switches:
        call.out("SeChangeNotifyPrivilege       Bypass traverse checking       Enabled")
        return 0
    call.out(machine.token.name.lower())
    return 0


def hostname(call: NativeCall) -> int:
    """hostname.exe."""
    call.out(call.machine.name)
    return 0


def service_control(call: NativeCall) -> int:
    """sc.exe: query, qc, config, start, stop, create, delete."""
    arguments = [argument for argument in call.args if not argument.startswith("\\\\")]
    if len(arguments) < 2:
        call.out(
            "DESCRIPTION: SC is a command line program used for communicating with the Service Control Manager."
        )
        return 1639
    verb, name = arguments[0].lower(), arguments[1]
    services = call.machine.services
    found: Service | None = services.get(name)
    if found is None and verb != "create":
        call.out("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:")
        call.out("")
        call.out("The specified service does not exist as an installed service.")
        return 1060
    if not call.machine.is_administrator and verb not in ("query", "queryex", "qc"):
        call.out("[SC] OpenService FAILED 5:")
        return 5
    try:
        return _service_verb(call, services, found, verb, arguments)
    except MachineError as error:
        call.out(f"[SC] {verb} FAILED {error.code}:")
        call.out("")
        call.out(error.message)
        return error.code or 1


def _service_verb(
    call: NativeCall, services: Any, found: Service | None, verb: str, arguments: list[str]
) -> int:
    name = arguments[1]
    settings = _pairs(arguments[2:])
    if verb in ("query", "queryex") and found is not None:
        call.out(f"SERVICE_NAME: {found.name}")
        call.out("        TYPE               : 10  WIN32_OWN_PROCESS")
        call.out(f"        STATE              : {STATES.get(found.status, found.status)}")
        return 0
    if verb == "qc" and found is not None:
        call.out(f"SERVICE_NAME: {found.name}")
        call.out(f"        START_TYPE         : {START_NUMBERS.get(found.start_type, found.start_type)}")
        call.out(f"        BINARY_PATH_NAME   : {found.path}")
        call.out(f"        SERVICE_START_NAME : {found.account}")
        return 0
    if verb == "config":
        wanted = settings.get("start", "").lower()
        if wanted not in START_WORDS:
            call.out("[SC] ChangeServiceConfig FAILED 87:")
            return 87
        services.set_start_type(name, START_WORDS[wanted])
        call.out("[SC] ChangeServiceConfig SUCCESS")
        return 0
    if verb == "start":
        services.start(name)
    elif verb == "stop":
        services.stop(name)
    elif verb == "delete":
        services.delete(name)
    elif verb == "create":
        start = START_WORDS.get(settings.get("start", "demand").lower(), "Manual")
        services.create(
            Service(
                name, settings.get("displayname", name), "Stopped", start, path=settings.get("binpath", "")
            )
        )
    else:
        call.err(f"Not simulated: sc {verb}.")
        return 1639
    call.out(f"[SC] {verb} SUCCESS")
    return 0


def _pairs(arguments: Sequence[str]) -> dict[str, str]:
    # sc takes "start= auto": the blank behind = makes two arguments of it
    pairs: dict[str, str] = {}
    index = 0
    while index < len(arguments):
        name, equals, value = arguments[index].partition("=")
        if equals and not value and index + 1 < len(arguments):
            index += 1
            value = arguments[index]
        pairs[name.lower()] = value
        index += 1
    return pairs


def net(call: NativeCall) -> int:
    """net.exe: start, stop, localgroup (read)."""
    arguments = call.args
    verb = arguments[0].lower() if arguments else ""
    if verb in ("start", "stop") and len(arguments) > 1:
        service = call.machine.services.get(arguments[1])
        if service is None:
            call.err("The service name is invalid.")
            return 2
        try:
            getattr(call.machine.services, verb)(service.name)
        except MachineError as error:
            call.err(error.message)
            return 2
        call.out(
            f"The {service.display_name} service was {'started' if verb == 'start' else 'stopped'} successfully."
        )
        return 0
    if verb == "localgroup" and len(arguments) == 2:
        for name in sorted(call.machine.server.administrators):
            call.out(name)
        call.out("The command completed successfully.")
        return 0
    call.err(f"Not simulated: net {' '.join(arguments)}.")
    return 1


def shutdown(call: NativeCall) -> int:
    """shutdown.exe /r /t N /d … /c …; /a takes it back."""
    server: Server = call.machine.server
    if not call.machine.is_administrator:
        call.err("Access is denied.(5)")
        return 5
    switches = [argument.lower() for argument in call.args]
    pending = server.world.pending_restarts
    if "/a" in switches or "-a" in switches:
        waiting = pending.pop(server.name, None)
        if waiting is None:
            call.err("Unable to abort the system shutdown because no shutdown was in progress.(1116)")
            return 1116
        waiting.cancel()
        return 0
    if not {"/r", "-r", "/s", "-s"} & set(switches):
        call.out("Usage: shutdown [/i | /l | /s | /r | /g | /a | /p | /h | /e]")
        return 1
    if server.name in pending:
        call.err("A system shutdown is in progress.(1190)")
        return 1190
    delay = float(option(call.args, "t") or "30")

    def restart() -> None:
        pending.pop(server.name, None)
        server.restart()

    pending[server.name] = server.world.clock.schedule(delay, restart)
    return 0


def icacls(call: NativeCall) -> int:
    """icacls.exe: rights of files are not simulated beyond that the file must be there."""
    path = call.args[0] if call.args else ""
    server: Server = call.machine.server
    late = next((a for a in call.args if a.lower().startswith("/inheritance")), "")
    if late and server.spec.os in ("2003", "2003R2"):
        call.err(f'Invalid parameter "{late}"')
        return 87
    if call.machine.files.stat(path) is None:
        call.err(f"{path}: The system cannot find the file specified.")
        call.out("Successfully processed 0 files; Failed processing 1 files")
        return 2
    call.out(f"processed file: {path}")
    call.out("Successfully processed 1 files; Failed processing 0 files")
    return 0


def secedit(call: NativeCall) -> int:
    """secedit.exe /export /areas USER_RIGHTS /cfg FILE."""
    path = option(call.args, "cfg")
    if not path or "/export" not in [argument.lower() for argument in call.args]:
        call.out("Not simulated: secedit without /export /cfg.")
        return 1
    if not call.machine.is_administrator:
        call.err("The task has completed with an error. Access is denied.")
        return 5
    server: Server = call.machine.server
    holders = []
    for name in sorted(server.batch_logon):
        sid = sid_of(server.world, server, name)
        holders.append(f"*{sid}" if sid else name)
    text = (
        '[Unicode]\nUnicode=yes\n[Version]\nsignature="$CHICAGO$"\nRevision=1\n[Privilege Rights]\n'
        f"SeBatchLogonRight = {','.join(holders)}\nSeServiceLogonRight = *S-1-5-80-0\n"
    )
    full = path if path[1:2] == ":" else f"{call.directory}\\{path}"
    folder = full.rpartition("\\")[0]
    call.machine.files.make_directory(folder)
    call.machine.files.write(full, b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"))
    call.out("The task has completed successfully.")
    return 0


def server_manager(call: NativeCall) -> int:
    """ServerManagerCmd.exe of Windows 2008: -query, -install, -remove, -inputPath, -restart."""
    server: Server = call.machine.server
    if server.spec.os not in ("2008", "2008R2"):
        call.err("'ServerManagerCmd' is not recognized as an internal or external command.")
        return 9009
    switches = {argument.lower().lstrip("-/"): index for index, argument in enumerate(call.args)}
    if "query" in switches or "q" in switches:
        for name, item in facts.windows_features().items():
            mark = "X" if name in server.features else " "
            call.out(f"{'    ' if item.parent else ''}[{mark}] {item.title}  [{name}]")
        return 0
    adding = not {"remove", "r"} & set(switches)
    names = _feature_arguments(call, switches)
    if names is None:
        return 1002
    call.machine.clock.sleep(server.world.duration(0.4 * max(len(names), 1)))
    with server.world.access():
        change = (
            add_features(server, names, "allsubfeatures" in switches)
            if adding
            else remove_features(server, names)
        )
    if not change.success:
        call.out("Error: Installation of one or more features failed. 0x800f0906")
        return 1000
    if not change.changed:
        call.out("NoChange: No changes were made because the features are already there.")
        return 1003
    for name in change.changed:
        call.out(f"[Installation] Succeeded: [{name}] {facts.windows_features()[name].title}.")
    if change.restart_needed:
        call.out("Warning: You must restart this server to finish the installation process.")
        if "restart" in switches:
            server.restart()
        return 3010
    call.out("Success: Installation succeeded.")
    return 0


def _feature_arguments(call: NativeCall, switches: dict[str, int]) -> list[str] | None:
    for key in ("inputpath", "ip"):
        if key in switches:
            return _answer_file(call, call.args[switches[key] + 1])
    wanted: list[str] = []
    for argument in call.args:
        if argument[:1] in "-/":
            continue
        for part in argument.split(","):
            exact = known_name(part)
            if exact is None:
                call.out(
                    f"ArgumentNotValid: Error: The role, role service, or feature name is not valid: '{part}'."
                )
                return None
            wanted.append(exact)
    return wanted


def _answer_file(call: NativeCall, path: str) -> list[str] | None:
    if call.machine.files.stat(path) is None:
        call.out(f"Error: The file {path} was not found.")
        return None
    text = call.machine.files.read(path).decode(errors="replace")
    found = [known_name(piece.partition('"')[0]) for piece in text.split('Id="')[1:]]
    return [name for name in found if name]


def registry_tool(call: NativeCall) -> int:
    """reg.exe query and add."""
    from exmigrate.twin.world.server import long_key

    arguments = call.args
    if len(arguments) < 2:
        return 1
    key = long_key(arguments[1])
    name = option(arguments, "v")
    registry = call.machine.registry
    if arguments[0].lower() == "query":
        if not registry.exists(key):
            call.err("ERROR: The system was unable to find the specified registry key or value.")
            return 1
        call.out("")
        call.out(key)
        for value, (kind, data) in registry.values(key).items():
            if name is None or value.lower() == name.lower():
                shown = hex(data) if kind == "DWord" else data
                call.out(f"    {value}    REG_{'DWORD' if kind == 'DWord' else 'SZ'}    {shown}")
        return 0
    if arguments[0].lower() == "add":
        registry.create(key)
        if name:
            kind = (option(arguments, "t") or "REG_SZ").upper()
            data = option(arguments, "d") or ""
            registry.set_value(
                key,
                name,
                "DWord" if kind == "REG_DWORD" else "String",
                int(data, 0) if kind == "REG_DWORD" else data,
            )
        call.out("The operation completed successfully.")
        return 0
    call.err(f"Not simulated: reg {arguments[0]}.")
    return 1


def iis_reset(call: NativeCall) -> int:
    """iisreset.exe."""
    services = call.machine.server.services
    if services.get("W3SVC") is None:
        call.out("Restart attempt failed.")
        call.out("IIS Admin Service or the World Wide Web Publishing Service is not installed.")
        return 1
    call.out("Attempting stop...")
    services.stop_if_running("W3SVC")
    call.machine.clock.sleep(12)
    services.start_if_automatic("W3SVC")
    call.out("Internet services successfully restarted")
    return 0


def group_policy(call: NativeCall) -> int:
    """gpupdate.exe."""
    call.out("Updating Policy...")
    call.out("User Policy update has completed successfully.")
    call.out("Computer Policy update has completed successfully.")
    return 0


PROGRAMS: dict[str, Native] = {
    "whoami.exe": whoami,
    "hostname.exe": hostname,
    "sc.exe": service_control,
    "net.exe": net,
    "shutdown.exe": shutdown,
    "icacls.exe": icacls,
    "secedit.exe": secedit,
    "servermanagercmd.exe": server_manager,
    "reg.exe": registry_tool,
    "iisreset.exe": iis_reset,
    "gpupdate.exe": group_policy,
}

Program = Callable[[NativeCall], int]
