"""Setup media and update packages as folders of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world.disk import Disk, version_resource
from exmigrate.twin.world.spec import FileSpec, MediaSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.world import World

PROGRAMS = (
    "setup.com",
    "setup.exe",
    r"Setup\ServerRoles\Common\ExSetup.exe",
    r"Setup\ServerRoles\Common\ExSetupUI.exe",
)
DATA = (r"autorun.inf", r"exchangeserver.msi", r"Setup\Data\schema0.ldf", r"Setup\Data\schema1.ldf")


def media_level(disk: Disk, folder: str) -> str:
    """The Exchange level of the media in a folder, from the version of its ExSetup.exe; empty for none."""
    found = disk.stat(f"{folder}\\Setup\\ServerRoles\\Common\\ExSetup.exe") or disk.stat(
        f"{folder}\\ExSetup.exe"
    )
    if found is None or not found.version:
        return ""
    version = found.version
    build = ".".join(
        version[key] for key in ("FileMajorPart", "FileMinorPart", "FileBuildPart", "FilePrivatePart")
    )
    try:
        return facts.level_of_build(build).name
    except KeyError:
        return ""


def place(world: World, spec: MediaSpec) -> tuple[Disk, str]:
    """The disk and local folder that a medium lies in."""
    path = spec.path.replace("/", "\\").rstrip("\\")
    if path.startswith("\\\\"):
        host, share, *inner = path[2:].split("\\")
        disk, folder = world.file_host(host, share)
        return disk, "\\".join((folder, *inner))
    server = world.server(spec.server)
    if server is None:
        raise LookupError(f"media {spec.path}: no server {spec.server!r}")
    return server.files, path


def lay_media(world: World, spec: MediaSpec) -> None:
    """Write the files of a medium."""
    disk, folder = place(world, spec)
    disk.make_directory(folder)
    level = facts.exchange_levels().get(spec.product)
    if level is not None:
        _lay_exchange(disk, folder, level, spec.build or level.build)
    elif spec.package:
        _program(disk, f"{folder}\\{spec.package}", spec.build or "1.0.0.0", spec.product)
    for file in spec.files:
        full = file.path if file.path[1:2] == ":" else f"{folder}\\{file.path}"
        disk.put(FileSpec(full, file.text, file.size, file.sha256, file.version))


def _lay_exchange(disk: Disk, folder: str, level: facts.ExchangeLevel, build: str) -> None:
    for name in PROGRAMS:
        _program(disk, f"{folder}\\{name}", build, f"Exchange {level.name}")
    for name in DATA:
        disk.text(f"{folder}\\{name}", f"{name} of {level.name} {build}\n")
    if level.product == "2010":
        for name, features in facts.document("exchange-prerequisites.yaml")["answer_files"].items():
            items = "".join(f'  <Feature Id="{feature}"/>\n' for feature in features)
            disk.text(
                f"{folder}\\Scripts\\{name}",
                f"<ServerManagerConfiguration>\n{items}</ServerManagerConfiguration>\n",
            )


def _program(disk: Disk, path: str, build: str, title: str) -> None:
    disk.put(FileSpec(path, f"MZ {path.rpartition(chr(92))[2]} {title} {build}\n"))
    disk.set_version(path, version_resource(build))
