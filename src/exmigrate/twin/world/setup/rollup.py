"""Windows Installer: update rollups, filter packs, hotfixes and other packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exmigrate import facts
from exmigrate.twin.powershell.packs import NativeCall
from exmigrate.twin.world.disk import header
from exmigrate.twin.world.installation import write_program
from exmigrate.twin.world.media import package_title
from exmigrate.twin.world.server import Server

SUCCESS, REBOOT_NEEDED, FATAL, BUSY, BAD_PACKAGE, NOT_APPLICABLE = 0, 3010, 1603, 1618, 1619, 1642


@dataclass(frozen=True)
class _Command:
    verb: str
    package: str
    log: str
    restart: bool


def run_installer(call: NativeCall) -> int:
    """The native program ``msiexec.exe``: ``/i``, ``/update`` (``/p``), ``/x`` with ``/quiet /norestart /lxv*``."""
    command = _parse(call.args)
    machine = call.machine
    server: Server = machine.server
    if not command.verb or not command.package:
        call.out("Windows Installer: msiexec /Option <Required Parameter> [Optional Parameter]")
        return 1639
    if server.busy_with_setup:
        return BUSY
    if not machine.is_administrator:
        return 1625
    found = machine.files.stat(_full(call, command.package))
    if command.verb != "x" and (found is None or found.is_directory):
        return BAD_PACKAGE
    version = _version(found.version) if found is not None else ""
    server.busy_with_setup = f"msiexec {command.package}"
    try:
        code = _apply(call, server, command, version)
    finally:
        if server.up:
            server.busy_with_setup = ""
    if command.log:
        server.files.text(
            _full(call, command.log), f"=== Logging stopped ===\nMainEngineThread is returning {code}\n"
        )
    return code


def _parse(arguments: Sequence[str]) -> _Command:
    verb = package = log = ""
    restart = True
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        lowered = argument.lower().lstrip("/-")
        value = arguments[index + 1] if index + 1 < len(arguments) else ""
        if argument[:1] in "/-" and lowered in ("i", "package", "p", "update", "x", "uninstall"):
            verb = {"package": "i", "p": "update", "uninstall": "x"}.get(lowered, lowered)
            package = value
            index += 1
        elif argument[:1] in "/-" and lowered.startswith("l"):
            log = value
            index += 1
        elif lowered in ("norestart",) or argument.upper().startswith("REBOOT="):
            restart = False
        index += 1
    return _Command(verb, package.strip('"'), log.strip('"'), restart)


def _full(call: NativeCall, path: str) -> str:
    if path[1:2] == ":" or path.startswith("\\\\"):
        return path
    return f"{call.directory.rstrip(chr(92))}\\{path}"


def _version(resource: dict[str, str]) -> str:
    keys = ("FileMajorPart", "FileMinorPart", "FileBuildPart", "FilePrivatePart")
    return ".".join(resource.get(key, "0") for key in keys) if resource else ""


def _apply(call: NativeCall, server: Server, command: _Command, version: str) -> int:
    name = command.package.replace("/", "\\").rpartition("\\")[2]
    if name.lower().endswith(".msp") and command.verb == "x":
        return _remove_rollup(call, server, version)
    if command.verb == "update" or name.lower().endswith(".msp"):
        return _rollup(call, server, version)
    machine = call.machine
    if not machine.world.clock.sleep(
        machine.world.duration(facts.setup_minutes("package")), machine.process.cancelled
    ):
        return -1
    data = machine.files.read(_full(call, command.package), 0, 600) if command.verb != "x" else b""
    title = header(data, "Title") or package_title(name)
    if command.verb == "x":
        server.remove_uninstall_entry(title)
        server.hotfixes.discard(title)
        return SUCCESS
    server.install_uninstall_entry(title, version)
    server.hotfixes.add(title)
    return SUCCESS


def _rollup(call: NativeCall, server: Server, version: str) -> int:
    machine = call.machine
    installed = server.exchange
    if installed is None or not version:
        return NOT_APPLICABLE
    base = facts.exchange_levels()[installed.level].numbers
    wanted = facts.build_tuple(version)
    if wanted[:2] != base[:2]:
        return NOT_APPLICABLE
    if facts.build_tuple(installed.build) >= wanted:
        return NOT_APPLICABLE
    running = [service.name for service in server.services.all() if service.status == "Running"]
    exchange = [name for name in running if name.lower().startswith("msexchange")]
    for name in exchange:
        server.services.disable(name)
    ended = machine.world.clock.sleep(
        machine.world.duration(facts.setup_minutes("rollup")), machine.process.cancelled
    )
    if not ended or machine.world.faults.strikes("rollup-fails", server.name):
        return FATAL  # a failed rollup leaves the services disabled
    installed.build = version
    write_program(server, f"{installed.folder}Bin\\ExSetup.exe", version)
    for name in exchange:
        server.services.set_start_type(name, "Automatic")
    for name in exchange:
        server.services.start_if_automatic(name)
    server.install_uninstall_entry(f"Update Rollup {version}", version)
    server.log_event(
        "MsiInstaller",
        1022,
        f"Product: Microsoft Exchange Server - Update '{version}' installed successfully.",
    )
    return SUCCESS


def _remove_rollup(call: NativeCall, server: Server, version: str) -> int:
    """``msiexec /package {product} /uninstall rollup.msp``: the programs are those of the service pack again."""
    installed = server.exchange
    if installed is None or installed.build != version:
        return NOT_APPLICABLE
    machine = call.machine
    if not machine.world.clock.sleep(
        machine.world.duration(facts.setup_minutes("rollup")), machine.process.cancelled
    ):
        return FATAL
    installed.build = facts.exchange_levels()[installed.level].build
    write_program(server, f"{installed.folder}Bin\\ExSetup.exe", installed.build)
    server.remove_uninstall_entry(f"Update Rollup {version}")
    return SUCCESS
