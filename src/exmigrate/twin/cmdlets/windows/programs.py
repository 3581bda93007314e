"""Programs that are files on disk: Setup, installers, packages."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.powershell.packs import Native, NativeCall
from exmigrate.twin.world.disk import header
from exmigrate.twin.world.media import package_title
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.setup import run_installer, run_setup
from exmigrate.twin.world.setup.update import hotfix_number, run_hotfix, run_update


def package(call: NativeCall) -> int:
    """Any self-extracting installer of the media: it installs what it is named after."""
    server: Server = call.machine.server
    if not call.machine.is_administrator:
        return 1625
    if server.busy_with_setup:
        return 1618
    title = installed_title(call)
    if hotfix_number(title) and server.spec.before_2008:
        return run_hotfix(call, title)
    call.machine.clock.sleep(server.world.duration(facts.setup_minutes("package")))
    if call.machine.process.cancelled.is_set():
        return -1
    server.install_uninstall_entry(title)
    server.hotfixes.add(title)
    return 0


def installed_title(call: NativeCall) -> str:
    """The product name that a package's file carries, else what its file name means."""
    path = call.name.replace("/", "\\")
    found = call.machine.files.stat(path)
    data = call.machine.files.read(path, 0, 600) if found is not None and not found.is_directory else b""
    return header(data, "Title") or package_title(path)


PROGRAMS: dict[str, Native] = {
    "setup.com": run_setup,
    "setup.exe": run_setup,
    "exsetup.exe": run_setup,
    "update.exe": run_update,
    "msiexec.exe": run_installer,
}
