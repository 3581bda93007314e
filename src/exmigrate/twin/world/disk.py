"""The disks of one server: files that survive a restart, with sizes, and the writes a crash may lose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from exmigrate.twin.powershell.machine import FileStat, MachineError, MemoryFiles
from exmigrate.twin.world.spec import DiskSpec, FileSpec

GIB = 2**30
PROGRAMS = (".exe", ".com", ".dll", ".msp", ".msi")


class Disk(MemoryFiles):
    """Files of one server.

    Args:
        lock: held during each operation, so that of two racers one wins.
        now: ticks of the server's clock.
        disks: drives with size and what is free at the start.
    """

    def __init__(self, lock: threading.RLock, now: Callable[[], int], disks: tuple[DiskSpec, ...]) -> None:
        self._lock = lock
        self._disks = {disk.drive[0].upper(): disk for disk in disks}
        self._unsynced: dict[str, bytes | None] = {}
        self.full: set[str] = set()
        self.refuses: Callable[[str], bool] = lambda drive: False
        super().__init__("\\", now)
        for letter in self._disks:
            self.add_drive(f"{letter}:\\")

    # the port, under the lock

    def stat(self, path: str) -> FileStat | None:
        with self._lock:
            found = super().stat(path)
            if found is None or found.is_directory or not found.path.lower().endswith(PROGRAMS):
                return found
            version = header(bytes(self.data[self._key(found.path)][:400]), "FileVersion")
            return replace(found, version=version_resource(version)) if version else found

    def children(self, path: str) -> list[str]:
        with self._lock:
            return super().children(path)

    def read(self, path: str, offset: int = 0, length: int = -1) -> bytes:
        with self._lock:
            return super().read(path, offset, length)

    def write(self, path: str, data: bytes) -> None:
        with self._lock:
            self._room(path)
            self._remember(path)
            super().write(path, data)

    def append(self, path: str, data: bytes) -> None:
        with self._lock:
            self._room(path)
            self._remember(path)
            super().append(path, data)

    def create_new(self, path: str, data: bytes) -> None:
        with self._lock:
            super().create_new(path, data)

    def make_directory(self, path: str) -> None:
        with self._lock:
            if path[:1].upper() not in self._disks:
                raise MachineError("not-found", f"Could not find a part of the path '{path}'.", 3)
            super().make_directory(path)

    def delete(self, path: str, recurse: bool = False) -> None:
        with self._lock:
            super().delete(path, recurse)

    def move(self, source: str, target: str) -> None:
        with self._lock:
            super().move(source, target)

    def drives(self) -> dict[str, tuple[int, int]]:
        with self._lock:
            found: dict[str, tuple[int, int]] = {}
            for letter, disk in self._disks.items():
                prefix = f"{letter.lower()}:"
                written = sum(len(data) for key, data in self.data.items() if key.startswith(prefix))
                free = 0 if letter in self.full else max(disk.free_gb * GIB - written, 0)
                found[letter] = (disk.size_gb * GIB - free, free)
            return found

    def size_of(self, drive: str) -> int:
        """Size of a drive in bytes."""
        return self._disks[drive].size_gb * GIB

    # what only the world does

    def put(self, spec: FileSpec) -> None:
        """Place a file of the specification, folders included."""
        self.make_directory(self.parent(spec.path))
        data = spec.text.encode()
        if spec.version or spec.sha256:
            data = program_text(spec.path, spec.version, spec.text, spec.sha256)
        self.write(spec.path, data)

    def text(self, path: str, content: str, append: bool = False) -> None:
        """Write a text file with Windows line ends, folders included."""
        self.make_directory(self.parent(path))
        data = content.replace("\n", "\r\n").encode()
        if append:
            self.append(path, data)
        else:
            self.write(path, data)

    def copy_tree(self, source: str, target: str) -> None:
        """Copy a folder with all below it."""
        self.make_directory(target)
        for name in self.children(source):
            one, other = f"{source}\\{name}", f"{target}\\{name}"
            found = self.stat(one)
            if found is not None and found.is_directory:
                self.copy_tree(one, other)
            elif found is not None:
                self.write(other, self.read(one))

    def _room(self, path: str) -> None:
        drive = path[:1].upper()
        if drive in self.full or self.refuses(drive):
            raise MachineError("disk-full", "There is not enough space on the disk.", 112)

    def _remember(self, path: str) -> None:
        key = self._key(path)
        old = self.data.get(key)
        self._unsynced = {path: bytes(old) if old is not None else None}

    def synchronize(self) -> None:
        """What was written so far is safe from a crash."""
        self._unsynced = {}

    def lose_last_write(self) -> str:
        """Undo the last write, as a power cut may; gives its path."""
        with self._lock:
            for path, old in self._unsynced.items():
                if old is not None:
                    super().write(path, old)
                elif super().stat(path) is not None:
                    super().delete(path)
                self._unsynced = {}
                return path
            return ""


def program_text(path: str, version: str, title: str = "", digest: str = "") -> bytes:
    """The content of a program file: a text that carries version, title and the digest of the real file."""
    lines = [f"MZ {path.replace('/', chr(92)).rpartition(chr(92))[2]}"]
    lines += [f"FileVersion: {version}"] if version else []
    lines += [f"Title: {title}"] if title else []
    lines += [f"SHA256: {digest.lower()}"] if digest else []
    return ("\r\n".join(lines) + "\r\n").encode()


def header(data: bytes, name: str) -> str:
    """A value that a file's first lines carry; empty for none."""
    for line in data[:600].decode("latin-1").splitlines():
        if line.startswith(f"{name}: "):
            return line.partition(": ")[2].strip()
    return ""


def version_resource(version: str) -> dict[str, str]:
    """The version resource of a program file with this number."""
    parts = (version.split(".") + ["0"] * 4)[:4]
    padded = f"{parts[0].zfill(2)}.{parts[1].zfill(2)}.{parts[2].zfill(4)}.{parts[3].zfill(3)}"
    return {
        "FileVersion": padded,
        "ProductVersion": padded,
        "FileMajorPart": parts[0],
        "FileMinorPart": parts[1],
        "FileBuildPart": parts[2],
        "FilePrivatePart": parts[3],
        "ProductName": "Microsoft\u00ae Exchange",
        "CompanyName": "Microsoft Corporation",
    }
