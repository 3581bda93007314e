"""The FileSystem provider and its items: System.IO.FileInfo and DirectoryInfo over the machine's files."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.providers.base import Provider, path_not_found, refused
from exmigrate.twin.powershell.providers.fileinfo import file_item, leaf_of, parent_of


class FileSystemProvider(Provider):
    """Files and folders of the machine."""

    name = "FileSystem"
    has_content = True
    has_properties = True

    def drive_names(self, session: Any) -> list[str]:
        return [name for name in session.machine.files.drives() if name.isalpha()] or (
            ["/"] if session.machine.platform != "windows" else []
        )

    def root_of(self, drive: str, session: Any) -> str | None:
        if session.machine.platform != "windows":
            return "/" if drive == "/" else None
        return f"{drive.upper()}:\\" if drive.upper() in session.machine.files.drives() else None

    def normal(self, path: str, session: Any) -> str:
        full: str = session.full_path(path)
        return self._collapse(full)

    def _collapse(self, path: str) -> str:
        separator = "/" if path.startswith("/") else "\\"
        self.separator = separator
        prefix = "\\\\" if path.startswith("\\\\") else ("/" if separator == "/" else "")
        kept: list[str] = []
        for part in path.split(separator):
            if part == "..":
                if len(kept) > (0 if separator == "/" else 1):
                    kept.pop()
            elif part not in ("", "."):
                kept.append(part)
        joined = prefix + separator.join(kept)
        return (
            joined + separator if separator == "\\" and len(kept) == 1 and not prefix else joined or separator
        )

    def item(self, session: Any, path: str) -> Any:
        return file_item(session.machine.files, path)

    def exists(self, session: Any, path: str) -> bool:
        return session.machine.files.stat(path) is not None

    def is_container(self, session: Any, path: str) -> bool:
        stat = session.machine.files.stat(path)
        return stat is not None and bool(stat.is_directory)

    def children(self, session: Any, path: str) -> list[str]:
        names: list[str] = session.machine.files.children(path)
        return names

    def parent(self, path: str) -> str:
        return parent_of(path) or ""

    def leaf(self, path: str) -> str:
        return leaf_of(path)

    def new(self, session: Any, path: str, kind: str, value: Any, force: bool) -> Any:
        files = session.machine.files
        if kind.lower() in ("directory", "d", "container"):
            return self._new_directory(session, files, path, force)
        if kind.lower() not in ("file", "f", "leaf"):
            raise error(
                f'The type \'{kind}\' is not a known type for the file system. Only "file","directory" can be specified.',
                "Argument",
                "InvalidArgument",
                kind,
                exception="System.Management.Automation.PSArgumentException",
            )
        if files.stat(path) is not None and not force:
            raise _exists(f"The file '{path}' already exists.", "NewItemIOError", path)
        if force and parent_of(path) is not None:
            files.make_directory(parent_of(path))
        data = b"" if value is None else session.text(value).encode("utf-8")
        try:
            files.write(path, data)
        except MachineError as fault:
            raise refused(fault, "NewItemIOError", path) from None
        return file_item(files, path)

    def _new_directory(self, session: Any, files: Any, path: str, force: bool) -> Any:
        if files.stat(path) is not None and not force:
            raise _exists(
                f"An item with the specified name {path} already exists.",
                "DirectoryExist",
                path,
                "ResourceExists",
            )
        try:
            files.make_directory(path)
        except MachineError as fault:
            raise refused(fault, "CreateDirectoryIOError", path) from None
        return file_item(files, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        files = session.machine.files
        stat = files.stat(path)
        if stat is None:
            raise path_not_found(path)
        if stat.attributes & 7 and not force:
            raise error(
                f"Cannot remove item {path}: You do not have sufficient access rights to perform this operation.",
                "RemoveFileSystemItemUnAuthorizedAccess",
                "PermissionDenied",
                path,
                exception="System.IO.IOException",
            )
        try:
            files.delete(path, recurse)
        except MachineError as fault:
            raise error(
                f"Cannot remove item {path}: {fault.message}", "RemoveFileSystemItemIOError", "WriteError", path,
                exception="System.IO.IOException",
            ) from None  # fmt: skip

    def rename(self, session: Any, path: str, name: str, force: bool) -> Any:
        target = self.join(parent_of(path) or "", leaf_of(name))
        return self.move(session, path, target, force)

    def copy(self, session: Any, path: str, target: str, recurse: bool, force: bool) -> Any:
        files = session.machine.files
        stat = files.stat(path)
        place = files.stat(target)
        if stat is None:
            raise path_not_found(path)
        if place is not None and place.is_directory:
            target = self.join(target, leaf_of(path))
        if stat.is_directory:
            return self._copy_directory(session, files, path, target, recurse, force)
        if path == target:
            raise error(
                f"Cannot overwrite the item {path} with itself.",
                "CopyError",
                "WriteError",
                path,
                exception="System.IO.IOException",
            )
        try:
            files.write(target, files.read(path))
        except MachineError as fault:
            kind = (
                "CopyFileInfoItemUnauthorizedAccessError"
                if fault.kind == "denied"
                else "CopyFileInfoItemIOError"
            )
            raise refused(fault, kind, path) from None
        return file_item(files, target)

    def _copy_directory(
        self, session: Any, files: Any, path: str, target: str, recurse: bool, force: bool
    ) -> Any:
        files.make_directory(target)
        if recurse:
            for name in files.children(path):
                child = self.join(path, name)
                if files.stat(child).is_directory:
                    self._copy_directory(session, files, child, self.join(target, name), True, force)
                else:
                    files.write(self.join(target, name), files.read(child))
        return file_item(files, target)

    def move(self, session: Any, path: str, target: str, force: bool) -> Any:
        files = session.machine.files
        if files.stat(path) is None:
            raise path_not_found(path)
        place = files.stat(target)
        if (place is not None and place.is_directory and not files.stat(path).is_directory) or (
            place is not None and place.is_directory
        ):
            target = self.join(target, leaf_of(path))
            place = files.stat(target)
        if place is not None:
            if not force:
                raise _exists(
                    "Cannot create a file when that file already exists.", "MoveFileInfoItemIOError", path
                )
            files.delete(target)
        try:
            files.move(path, target)
        except MachineError as fault:
            raise refused(fault, "MoveFileInfoItemIOError", path) from None
        return file_item(files, target)

    def properties(self, session: Any, path: str, names: list[str] | None) -> dict[str, Any]:
        return {}

    def set_property(self, session: Any, path: str, name: str, value: Any, kind: str | None) -> None:
        from exmigrate.twin.powershell.types.access import set_member

        set_member(self.item(session, path), name, value, session)

    def read(self, session: Any, path: str) -> Any:
        try:
            return session.machine.files.read(path)
        except MachineError as fault:
            raise refused(fault, "GetContentReaderUnauthorizedAccessError", path) from None

    def write(self, session: Any, path: str, data: Any, append: bool) -> None:
        files = session.machine.files
        try:
            if append:
                files.append(path, data)
            else:
                files.write(path, data)
        except MachineError as fault:
            raise refused(
                fault, _WRITER_IDS.get((fault.kind, fault.code), "GetContentWriterIOError"), path
            ) from None

    def clear(self, session: Any, path: str) -> None:
        self.write(session, path, b"", False)


_WRITER_IDS = {
    ("not-found", 3): "GetContentWriterDirectoryNotFoundError",
    ("not-found", 2): "GetContentWriterFileNotFoundError",
    ("denied", 5): "GetContentWriterUnauthorizedAccessError",
}


def _exists(message: str, error_id: str, path: str, category: str = "WriteError") -> PSError:
    return error(message, error_id, category, path, exception="System.IO.IOException")
