"""Files as one process reaches them: its server's own, and shares of others if its logon reaches that far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from exmigrate.twin.powershell.machine import FileStat, MachineError
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.disk import Disk

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

T = TypeVar("T")


class ProcessFiles:
    """The files port of one process: drive paths are local, ``\\\\host\\share\\…`` is another machine.

    A share needs credentials that travel: a network logon without delegation is refused there as Windows
    refuses it (`Access is denied`), because it arrives as nobody.
    """

    separator = "\\"

    def __init__(self, world: World, server: Server, token: Token) -> None:
        self._world = world
        self._server = server
        self._token = token

    def _place(self, path: str) -> tuple[Disk, str]:
        normal = path.replace("/", "\\")
        if not normal.startswith("\\\\"):
            return self._server.files, normal
        host, _, rest = normal[2:].partition("\\")
        share, _, inner = rest.partition("\\")
        disk, folder = self._share(host, share, path)
        return disk, f"{folder}\\{inner}".rstrip("\\") if inner else folder

    def _share(self, host: str, share: str, path: str) -> tuple[Disk, str]:
        target = self._world.share(host, share)
        if target is None:
            raise MachineError("not-found", f"The network path was not found: '{path}'.", 53)
        disk, folder, owner = target
        if owner is self._server:
            return disk, folder
        if owner is not None and not owner.up:
            raise MachineError("not-found", f"The network path was not found: '{path}'.", 53)
        if not self._token.can_delegate:
            raise MachineError("denied", f"Access to the path '{path}' is denied.", 5)
        if share.endswith("$") and owner is not None and not self._admin_there(owner):
            raise MachineError("denied", f"Access to the path '{path}' is denied.", 5)
        return disk, folder

    def _admin_there(self, owner: Server) -> bool:
        if self._token.is_system:
            return False
        record = self._world.accounts.find(owner, self._token.domain, self._token.account)
        return record is not None and self._world.accounts.is_administrator(
            owner, self._world.accounts.domain_groups(record), record
        )

    def _do(self, path: str, work: Callable[[Disk, str], T]) -> T:
        disk, inner = self._place(path)
        return work(disk, inner)

    def stat(self, path: str) -> FileStat | None:
        """What is at a path; None also where the share is not there or not reachable."""
        try:
            found = self._do(path, lambda disk, inner: disk.stat(inner))
        except MachineError as error:
            if error.kind == "denied":
                return None
            if error.kind == "not-found":
                return None
            raise
        return found if found is None or not path.startswith("\\\\") else _renamed(found, path)

    def children(self, path: str) -> list[str]:
        """Names in a folder."""
        return self._do(path, lambda disk, inner: disk.children(inner))

    def read(self, path: str, offset: int = 0, length: int = -1) -> bytes:
        """Bytes of a file."""
        return self._do(path, lambda disk, inner: disk.read(inner, offset, length))

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file."""
        self._do(path, lambda disk, inner: disk.write(inner, data))

    def append(self, path: str, data: bytes) -> None:
        """Add to a file."""
        self._do(path, lambda disk, inner: disk.append(inner, data))

    def create_new(self, path: str, data: bytes) -> None:
        """Make a file that must not exist."""
        self._do(path, lambda disk, inner: disk.create_new(inner, data))

    def make_directory(self, path: str) -> None:
        """Make a folder and its parents."""
        self._do(path, lambda disk, inner: disk.make_directory(inner))

    def delete(self, path: str, recurse: bool = False) -> None:
        """Remove a file or folder."""
        self._do(path, lambda disk, inner: disk.delete(inner, recurse))

    def move(self, source: str, target: str) -> None:
        """Rename, or move between disks."""
        one, source_path = self._place(source)
        other, target_path = self._place(target)
        if one is other:
            one.move(source_path, target_path)
            return
        found = one.stat(source_path)
        if found is not None and found.is_directory:
            raise MachineError("invalid", "Source and destination path must have identical roots.", 17)
        other.write(target_path, one.read(source_path))
        one.delete(source_path)

    def set_times(self, path: str, created: int | None, modified: int | None, accessed: int | None) -> None:
        """Change a file's times."""
        self._do(path, lambda disk, inner: disk.set_times(inner, created, modified, accessed))

    def set_attributes(self, path: str, attributes: int) -> None:
        """Change a file's attributes."""
        self._do(path, lambda disk, inner: disk.set_attributes(inner, attributes))

    def set_version(self, path: str, version: dict[str, str]) -> None:
        """Give a program file its version resource (copying keeps it)."""
        self._do(path, lambda disk, inner: disk.set_version(inner, version))

    def drives(self) -> dict[str, tuple[int, int]]:
        """Bytes used and free by local drive letter."""
        return self._server.files.drives()


def _renamed(found: FileStat, path: str) -> FileStat:
    from dataclasses import replace

    return replace(found, path=path.replace("/", "\\"))
