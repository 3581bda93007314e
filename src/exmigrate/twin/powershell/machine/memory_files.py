"""Files and registry held in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exmigrate.twin.powershell.machine.ports import FileStat, MachineError


class MemoryFiles:
    """Files and folders in a dictionary.

    Args:
        separator: ``\\`` on Windows, ``/`` elsewhere; Windows compares names without case.
        now: Gives the ticks to stamp files with.
        capacity: Bytes that fit, None without limit.
    """

    def __init__(
        self, separator: str = "\\", now: Callable[[], int] = lambda: 0, capacity: int | None = None
    ):
        self.separator = separator
        self.now = now
        self.capacity = capacity
        self.stats: dict[str, FileStat] = {}
        self.data: dict[str, bytearray] = {}
        self.names: dict[str, dict[str, str]] = {}
        if separator == "/":
            self._put_directory("/")
        else:
            self._put_directory("C:\\")

    def _key(self, path: str) -> str:
        return path if self.separator == "/" else path.lower()

    def _put_directory(self, path: str) -> None:
        now = self.now()
        self.stats[self._key(path)] = FileStat(path, True, 0, now, now, now, 16)
        self.names[self._key(path)] = {}

    def add_drive(self, root: str) -> None:
        """Makes a drive known: ``D:\\``."""
        if self._key(root) not in self.stats:
            self._put_directory(root)

    def parent(self, path: str) -> str:
        """The folder that holds a path; a root is its own."""
        trimmed = path.rstrip(self.separator)
        head, _, _ = trimmed.rpartition(self.separator)
        if not head or head.endswith(":"):
            return head + self.separator
        return head

    def _name(self, path: str) -> str:
        return path.rstrip(self.separator).rpartition(self.separator)[2]

    def stat(self, path: str) -> FileStat | None:
        found = self.stats.get(self._key(self._trim(path)))
        if found is None or found.is_directory:
            return found
        return replace(found, length=len(self.data[self._key(found.path)]))

    def _trim(self, path: str) -> str:
        if len(path) > 1 and path.endswith(self.separator) and not path.endswith(":" + self.separator):
            return path.rstrip(self.separator)
        return path

    def children(self, path: str) -> list[str]:
        found = self._directory(path)
        return sorted(self.names[self._key(found.path)].values(), key=str.lower)

    def _directory(self, path: str) -> FileStat:
        found = self.stats.get(self._key(self._trim(path)))
        if found is None or not found.is_directory:
            raise MachineError("not-found", f"Could not find a part of the path '{path}'.", 3)
        return found

    def _file(self, path: str) -> FileStat:
        found = self.stats.get(self._key(path))
        if found is None:
            if self.stats.get(self._key(self._trim(self.parent(path)))) is None:
                raise MachineError("not-found", f"Could not find a part of the path '{path}'.", 3)
            raise MachineError("not-found", f"Could not find file '{path}'.", 2)
        if found.is_directory:
            raise MachineError("denied", f"Access to the path '{path}' is denied.", 5)
        return found

    def read(self, path: str, offset: int = 0, length: int = -1) -> bytes:
        found = self._file(path)
        data = self.data[self._key(found.path)]
        return bytes(data[offset:] if length < 0 else data[offset : offset + length])

    def write(self, path: str, data: bytes) -> None:
        self._check_room(len(data))
        found = self.stats.get(self._key(path))
        if found is None:
            self._make_file(path)
        elif found.is_directory or found.attributes & 1:
            raise MachineError("denied", f"Access to the path '{path}' is denied.", 5)
        self.data[self._key(path)] = bytearray(data)
        self._touch(path)

    def append(self, path: str, data: bytes) -> None:
        self._check_room(len(data))
        if self._key(path) not in self.stats:
            self._make_file(path)
        found = self._file(path)
        self.data[self._key(found.path)].extend(data)
        self._touch(path)

    def create_new(self, path: str, data: bytes) -> None:
        if self._key(path) in self.stats:
            raise MachineError("exists", f"The file '{path}' already exists.", 80)
        self.write(path, data)

    def _check_room(self, size: int) -> None:
        if self.capacity is not None and sum(map(len, self.data.values())) + size > self.capacity:
            raise MachineError("disk-full", "There is not enough space on the disk.", 112)

    def _make_file(self, path: str) -> None:
        folder = self.stats.get(self._key(self._trim(self.parent(path))))
        if folder is None or not folder.is_directory:
            raise MachineError("not-found", f"Could not find a part of the path '{path}'.", 3)
        now = self.now()
        self.stats[self._key(path)] = FileStat(path, False, 0, now, now, now, 32)
        self.data[self._key(path)] = bytearray()
        name = self._name(path)
        self.names[self._key(folder.path)][self._key(name)] = name

    def _touch(self, path: str) -> None:
        key = self._key(path)
        now = self.now()
        self.stats[key] = replace(self.stats[key], modified=now, accessed=now)

    def make_directory(self, path: str) -> None:
        path = self._trim(path)
        found = self.stats.get(self._key(path))
        if found is not None:
            if found.is_directory:
                return
            raise MachineError(
                "exists", f"Cannot create '{path}' because a file with the same name exists.", 183
            )
        parent = self.parent(path)
        if self._key(parent) == self._key(path):
            raise MachineError("not-found", f"Could not find a part of the path '{path}'.", 3)
        self.make_directory(parent)
        self._put_directory(path)
        name = self._name(path)
        self.names[self._key(self._trim(parent))][self._key(name)] = name

    def delete(self, path: str, recurse: bool = False) -> None:
        path = self._trim(path)
        found = self.stats.get(self._key(path))
        if found is None:
            raise MachineError("not-found", f"Could not find file '{path}'.", 2)
        if found.is_directory:
            names = list(self.names[self._key(path)].values())
            if names and not recurse:
                raise MachineError("not-empty", "The directory is not empty.", 145)
            for name in names:
                self.delete(self._join(found.path, name), True)
            del self.names[self._key(path)]
        else:
            del self.data[self._key(path)]
        del self.stats[self._key(path)]
        self.names[self._key(self._trim(self.parent(path)))].pop(self._key(self._name(path)), None)

    def _join(self, folder: str, name: str) -> str:
        return folder + name if folder.endswith(self.separator) else folder + self.separator + name

    def move(self, source: str, target: str) -> None:
        found = self.stats.get(self._key(self._trim(source)))
        if found is None:
            raise MachineError("not-found", f"Could not find file '{source}'.", 2)
        if self._key(target) in self.stats and self._key(target) != self._key(source):
            raise MachineError("exists", "Cannot create a file when that file already exists.", 183)
        if found.is_directory:
            self.make_directory(target)
            for name in list(self.names[self._key(found.path)].values()):
                self.move(self._join(found.path, name), self._join(target, name))
            self.delete(found.path)
            return
        data = self.read(source)
        self.delete(source)
        self.write(target, data)
        key = self._key(target)
        self.stats[key] = replace(found, path=target)

    def set_times(self, path: str, created: int | None, modified: int | None, accessed: int | None) -> None:
        key = self._key(self._trim(path))
        found = self.stats[key]
        self.stats[key] = replace(
            found,
            created=found.created if created is None else created,
            modified=found.modified if modified is None else modified,
            accessed=found.accessed if accessed is None else accessed,
        )

    def set_attributes(self, path: str, attributes: int) -> None:
        key = self._key(self._trim(path))
        self.stats[key] = replace(self.stats[key], attributes=attributes)

    def set_version(self, path: str, version: dict[str, str]) -> None:
        """Gives a program file its version resource."""
        self.stats[self._key(path)] = replace(self.stats[self._key(path)], version=version)

    def drives(self) -> dict[str, tuple[int, int]]:
        roots = [s.path for s in self.stats.values() if s.is_directory and s.path.endswith(self.separator)]
        total = self.capacity or 100 * 2**30
        result = {}
        for root in roots:
            used = sum(len(d) for key, d in self.data.items() if key.startswith(self._key(root)))
            result[root[0].upper() if self.separator == "\\" else root] = (used, total - used)
        return result


class MemoryRegistry:
    """A registry in dictionaries; names keep their case and compare without it."""

    HIVES = (
        "HKEY_LOCAL_MACHINE",
        "HKEY_CURRENT_USER",
        "HKEY_CLASSES_ROOT",
        "HKEY_USERS",
        "HKEY_CURRENT_CONFIG",
    )

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.children: dict[str, dict[str, str]] = {}
        self.data: dict[str, dict[str, tuple[str, str, Any]]] = {}
        for hive in self.HIVES:
            self._put(hive)
        self.create("HKEY_LOCAL_MACHINE\\SOFTWARE")
        self.create("HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services")
        self.create("HKEY_CURRENT_USER\\Software")

    def _put(self, key: str) -> None:
        self.keys[key.lower()] = key
        self.children[key.lower()] = {}
        self.data[key.lower()] = {}

    def exists(self, key: str) -> bool:
        return key.lower() in self.keys

    def _need(self, key: str) -> str:
        if key.lower() not in self.keys:
            raise MachineError("not-found", f"Cannot find registry key '{key}'.", 2)
        return key.lower()

    def subkeys(self, key: str) -> list[str]:
        return sorted(self.children[self._need(key)].values(), key=str.lower)

    def values(self, key: str) -> dict[str, tuple[str, Any]]:
        return {name: (kind, data) for name, kind, data in self.data[self._need(key)].values()}

    def create(self, key: str) -> None:
        if self.exists(key):
            return
        parent, _, name = key.rpartition("\\")
        if not parent:
            raise MachineError("not-found", f"No registry hive named '{key}'.", 2)
        self.create(parent)
        self._put(key)
        self.children[parent.lower()][name.lower()] = name

    def delete(self, key: str) -> None:
        lowered = self._need(key)
        for name in list(self.children[lowered].values()):
            self.delete(f"{key}\\{name}")
        parent, _, name = lowered.rpartition("\\")
        del self.keys[lowered], self.children[lowered], self.data[lowered]
        self.children.get(parent, {}).pop(name, None)

    def set_value(self, key: str, name: str, kind: str, data: Any) -> None:
        self.data[self._need(key)][name.lower()] = (name, kind, data)

    def delete_value(self, key: str, name: str) -> None:
        if self.data[self._need(key)].pop(name.lower(), None) is None:
            raise MachineError("not-found", f"No value exists with name '{name}'.", 2)
