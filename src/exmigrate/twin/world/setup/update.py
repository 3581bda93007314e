"""update.exe: service packs of Exchange 2000 and 2003, and their hotfixes."""

from __future__ import annotations

import re

from exmigrate import facts
from exmigrate.twin.powershell.packs import NativeCall
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.installation import configuration_controller
from exmigrate.twin.world.legacy import installed, places
from exmigrate.twin.world.server import Server

SUCCESS, REBOOT_NEEDED, BUSY, DENIED, FAILED, NOT_APPLICABLE = 0, 3010, 1618, 5, 1603, 61681
_NUMBER = re.compile(r"KB(\d{6})", re.IGNORECASE)
_STOPPED = ("MSExchangeIS", "MSExchangeMTA", "RESvc", "SMTPSVC", "MSExchangeSA", "MSExchangeMGMT")


def run_update(call: NativeCall) -> int:
    """``update.exe /quiet`` of an unpacked service pack.

    It stops Exchange, replaces its files, raises the build in registry and directory, and wants a restart.
    """
    machine = call.machine
    server: Server = machine.server
    level = _level(call)
    if level is None:
        call.err("Setup cannot find its files.")
        return FAILED
    if not machine.is_administrator:
        return DENIED
    if server.busy_with_setup:
        return BUSY
    if server.pending_reboot:
        call.err(
            "A restart from a previous installation is pending. Restart the system before Setup can continue."
        )
        return FAILED
    found = server.exchange
    if found is None or found.product != level.product:
        call.err(f"Exchange Server {level.product} is not installed on this computer.")
        return NOT_APPLICABLE
    if facts.exchange_levels()[found.level].numbers >= level.numbers:
        call.err("A version of the service pack that is the same or later is installed already.")
        return NOT_APPLICABLE
    if not _reaches_directory(server, machine.token):
        call.err("Setup could not contact the directory. (0x80072020)")
        return FAILED
    server.busy_with_setup = f"update {level.name}"
    try:
        return _raise(call, server, level)
    finally:
        if server.up:
            server.busy_with_setup = ""


def _level(call: NativeCall) -> facts.ExchangeLevel | None:
    path = call.name.replace("/", "\\").strip('"')
    if path[1:2] != ":" and not path.startswith("\\\\"):
        path = f"{call.directory.rstrip(chr(92))}\\{path}"
    found = call.machine.files.stat(path) or call.machine.files.stat(f"{path}.exe")
    if found is None or not found.version:
        return None
    keys = ("FileMajorPart", "FileMinorPart", "FileBuildPart", "FilePrivatePart")
    try:
        level = facts.level_of_build(".".join(found.version[key] for key in keys))
    except KeyError:
        return None
    return level if level.product in ("2000", "2003") else None


def _reaches_directory(server: Server, token: Token) -> bool:
    return server.domain is not None and not token.is_local and token.can_delegate


def _raise(call: NativeCall, server: Server, level: facts.ExchangeLevel) -> int:
    machine, world = call.machine, call.machine.world
    for name in _STOPPED:
        server.services.stop_if_running(name)
    ended = world.clock.sleep(world.duration(facts.setup_minutes("upgrade")), machine.process.cancelled)
    if not ended:
        return -1
    failed = world.faults.strikes("rollup-fails", server.name)
    with world.access():
        if failed is None:
            apply_level(server, level.name)
    for name in reversed(_STOPPED):
        server.services.start_if_automatic(name)
    if failed is not None:
        return FAILED
    server.require_reboot("update")
    return REBOOT_NEEDED


def apply_level(server: Server, level: str) -> None:
    """What a service pack of 2000 or 2003 leaves: build in registry, list of programs and directory.

    Raises:
        LookupError: the server has no Exchange of that product.
    """
    known = facts.exchange_levels()[level]
    found = server.exchange
    if found is None or found.product != known.product:
        raise LookupError(f"{server.name} runs no Exchange {known.product}.")
    found.level, found.build = known.name, known.build
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\Exchange\Setup",
        NewestBuild=known.numbers[2],
        ServicePackBuild=known.numbers[2],
    )
    server.install_uninstall_entry("Microsoft Exchange", known.build)
    controller = configuration_controller(server.world, server)
    entry = places.server(controller, server.name) if controller is not None else None
    if controller is not None and entry is not None:
        controller.modify(entry.dn, {"serialNumber": known.title, "versionNumber": known.numbers[2]})


def hotfix_number(title: str) -> str:
    """``KB937031`` in the name of a package; empty when it is no hotfix."""
    found = _NUMBER.search(title)
    return f"KB{found[1]}" if found else ""


def run_hotfix(call: NativeCall, title: str) -> int:
    """A hotfix of Exchange 2003: it wants SP2 and restarts the web services."""
    machine, number = call.machine, hotfix_number(title)
    server: Server = machine.server
    found = server.exchange
    if found is None or found.level != "2003SP2":
        call.err("This update requires Exchange Server 2003 Service Pack 2.")
        return NOT_APPLICABLE
    if server.pending_reboot:
        return FAILED
    server.services.stop_if_running("W3SVC")
    ended = machine.clock.sleep(machine.world.duration(facts.setup_minutes("package")))
    server.services.start_if_automatic("W3SVC")
    if machine.process.cancelled.is_set() or ended is False:
        return -1
    with machine.world.access():
        installed.install_hotfix(server, number)
    return SUCCESS
