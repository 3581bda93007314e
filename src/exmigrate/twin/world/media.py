"""Setup media and update packages as folders of files.

A program of the twin is a short text that carries what the real file would say of itself: its version, its
title, and, where the specification names one, the digest of the real image. Copies therefore keep all three.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world.disk import Disk, program_text
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
LEGACY_PROGRAMS = (r"setup\i386\update.exe", r"setup\i386\setup.exe")
"""A service pack of 2000 or 2003, unpacked."""
LEGACY_DATA = (r"setup\i386\update.inf", r"setup\i386\update.ver")
MANIFEST = "media.sha256"
PACKAGES = (".exe", ".msi", ".msp")
FILTER_PACK = "Microsoft Filter Pack 2.0"
UCMA = "Microsoft Unified Communications Managed API 2.0, Core Runtime (64-bit)"


def package_title(file_name: str) -> str:
    """The name under which a package of this file name shows in the list of installed programs."""
    stem = file_name.replace("/", "\\").rpartition("\\")[2].rpartition(".")[0] or file_name
    lowered = stem.lower().replace(" ", "").replace("-", "")
    if "filterpack" in lowered:
        return FILTER_PACK
    return UCMA if "ucma" in lowered else stem


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


def place(world: World, spec: MediaSpec) -> tuple[Disk, str, str]:
    """The disk and local folder that a medium lies in, and the file name when the path names a package."""
    path = spec.path.replace("/", "\\").rstrip("\\")
    package = spec.package
    if path.lower().endswith(PACKAGES):
        path, _, package = path.rpartition("\\")
    if path.startswith("\\\\"):
        host, share, *inner = path[2:].split("\\")
        disk, folder = world.file_host(host, share)
        return disk, "\\".join((folder, *inner)), package
    server = world.server(spec.server)
    if server is None:
        raise LookupError(f"media {spec.path}: no server {spec.server!r}")
    return server.files, path, package


def lay_media(world: World, spec: MediaSpec) -> None:
    """Write the files of a medium."""
    disk, folder, package = place(world, spec)
    disk.make_directory(folder)
    level = facts.exchange_levels().get(spec.product)
    if package:
        title = package_title(package)
        _program(disk, f"{folder}\\{package}", spec.build or "1.0.0.0", title, spec.sha256)
    elif level is not None:
        _lay_exchange(disk, folder, level, spec.build or level.build, spec.sha256)
    for file in spec.files:
        full = file.path if file.path[1:2] == ":" else f"{folder}\\{file.path}"
        disk.put(FileSpec(full, file.text, file.size, file.sha256, file.version))


def _lay_exchange(disk: Disk, folder: str, level: facts.ExchangeLevel, build: str, digest: str) -> None:
    programs, data = (LEGACY_PROGRAMS, LEGACY_DATA) if level.product in ("2000", "2003") else (PROGRAMS, DATA)
    names = [*programs, *data]
    for name in programs:
        _program(disk, f"{folder}\\{name}", build, f"Exchange {level.name}")
    for name in data:
        disk.text(f"{folder}\\{name}", f"{name} of {level.name} {build}\n")
    if level.product == "2010":
        for name, features in facts.document("exchange-prerequisites.yaml")["answer_files"].items():
            items = "".join(f'  <Feature Id="{feature}"/>\n' for feature in features)
            text = f"<ServerManagerConfiguration>\n{items}</ServerManagerConfiguration>\n"
            disk.text(f"{folder}\\Scripts\\{name}", text)
            names.append(f"Scripts\\{name}")
    disk.text(f"{folder}\\{MANIFEST}", _manifest(disk, folder, names, digest))


def _manifest(disk: Disk, folder: str, names: list[str], digest: str) -> str:
    lines = [f"SHA256: {digest.lower()}"] if digest else []
    for name in names:
        lines.append(f"{hashlib.sha256(disk.read(f'{folder}{chr(92)}{name}')).hexdigest()} *{name}")
    return "\n".join(lines) + "\n"


def _program(disk: Disk, path: str, build: str, title: str, digest: str = "") -> None:
    disk.make_directory(disk.parent(path))
    disk.write(path, program_text(path, build, title, digest))
