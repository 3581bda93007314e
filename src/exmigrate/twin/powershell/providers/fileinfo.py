"""System.IO.FileInfo, DirectoryInfo and FileVersionInfo over the machine's files."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import FileStat
from exmigrate.twin.powershell.scalars import LOCAL, TICKS_PER_SECOND, UTC, DateTime, Version
from exmigrate.twin.powershell.typeinfo import TYPES, NetType, declare_type
from exmigrate.twin.powershell.types.enums import enum_number, number_of

_DIRECTORY = 16


class FileItem(v.NetObject):
    """A FileInfo or DirectoryInfo: a path, and what the machine said of it when it was taken."""

    __slots__ = ("files", "net", "path", "stat")

    def __init__(self, net: NetType, path: str, stat: FileStat | None, files: Any):
        self.net = net
        self.path = path
        self.stat = stat
        self.files = files

    def refresh(self) -> None:
        """Asks the machine again."""
        self.stat = self.files.stat(self.path)


INFO = declare_type("System.IO.FileSystemInfo", is_abstract=True)
FILE_INFO = declare_type("System.IO.FileInfo", "System.IO.FileSystemInfo")
DIRECTORY_INFO = declare_type("System.IO.DirectoryInfo", "System.IO.FileSystemInfo")
FILE_INFO.display = ("Mode", "LastWriteTime", "Length", "Name")
DIRECTORY_INFO.display = ("Mode", "LastWriteTime", "Length", "Name")


def _separator(item: FileItem) -> str:
    return "/" if item.path.startswith("/") else "\\"


def leaf_of(path: str) -> str:
    """The name at the end of a path; a root is itself."""
    separator = "/" if path.startswith("/") else "\\"
    trimmed = path.rstrip(separator)
    return trimmed.rpartition(separator)[2] if not trimmed.endswith(":") else path


def parent_of(path: str) -> str | None:
    """The folder of a path, None for a root."""
    separator = "/" if path.startswith("/") else "\\"
    trimmed = path.rstrip(separator)
    head, found, _ = trimmed.rpartition(separator)
    if not found or not trimmed:
        return None
    return head + separator if not head or head.endswith(":") else head


def _extension(name: str) -> str:
    return "." + name.rpartition(".")[2] if "." in name else ""


def _base_name(item: FileItem, ctx: Any) -> str:
    name = leaf_of(item.path)
    if item.net is DIRECTORY_INFO:
        return name
    return name.rpartition(".")[0] if "." in name else name


def _mode(item: FileItem, ctx: Any) -> str:
    bits = _attributes(item)
    letters = [("d", 16), ("a", 32), ("r", 1), ("h", 2), ("s", 4)]
    text = "".join(letter if bits & bit else "-" for letter, bit in letters)
    return text if ctx is None or ctx.level == "2.0" else text + "-"


def _attributes(item: FileItem) -> int:
    stat = item.stat
    if stat is None:
        return -1
    bits = stat.attributes | (_DIRECTORY if stat.is_directory else 0)
    return bits or 128


def _time(name: str, utc: bool) -> Any:
    def read(item: FileItem, ctx: Any) -> DateTime:
        ticks = getattr(item.stat, name) if item.stat is not None else DateTime.of(1601, 1, 1).ticks
        if utc:
            return DateTime(ticks, UTC)
        return DateTime(ticks + ctx.machine.clock.offset_minutes(ticks) * 60 * TICKS_PER_SECOND, LOCAL)

    return read


def _set_time(name: str, utc: bool) -> Any:
    def write(item: FileItem, value: DateTime, ctx: Any) -> None:
        ticks = value.ticks
        if not utc and value.kind != UTC:
            ticks -= ctx.machine.clock.offset_minutes(ticks) * 60 * TICKS_PER_SECOND
        times = {"created": None, "modified": None, "accessed": None, name: ticks}
        item.files.set_times(item.path, times["created"], times["modified"], times["accessed"])
        item.refresh()

    return write


def _set_attributes(item: FileItem, value: Any, ctx: Any) -> None:
    item.files.set_attributes(item.path, number_of(value) & ~_DIRECTORY)
    item.refresh()


def _length(item: FileItem, ctx: Any) -> Any:
    if item.stat is None or item.stat.is_directory:
        raise NetFault("System.IO.FileNotFoundException", f"Could not find file '{item.path}'.")
    return v.Int64(item.stat.length)


def _set_read_only(item: FileItem, value: bool, ctx: Any) -> None:
    bits = _attributes(item) & ~1 | (1 if value else 0)
    _set_attributes(item, bits, ctx)


_T = "System.String"
FILE_INFO.prop("Mode", _mode, type_name=_T)
DIRECTORY_INFO.prop("Mode", _mode, type_name=_T)


def _link_target(item: Any, ctx: Any) -> Any:
    """The machine's file systems have no links: null, an empty list on Windows PowerShell."""
    return None if ctx.level == "7" else v.TypedArray(TYPES["system.string"], [])


for _kind in (FILE_INFO, DIRECTORY_INFO):
    _kind.prop("LinkType", lambda item, ctx: None, type_name=_T)
    _kind.prop("Target", _link_target)
    for _name in ("linktype", "target"):
        _kind.props[_name].since = 5.1
FILE_INFO.prop(
    "VersionInfo", lambda item, ctx: VersionInfo(item), type_name="System.Diagnostics.FileVersionInfo"
)
FILE_INFO.prop("BaseName", _base_name, type_name=_T)
DIRECTORY_INFO.prop("BaseName", _base_name, type_name=_T)
for _kind in (FILE_INFO, DIRECTORY_INFO):
    _kind.prop("Name", lambda item, ctx: leaf_of(item.path), type_name=_T)
    _kind.prop("Exists", lambda item, ctx: item.stat is not None, type_name="System.Boolean")
FILE_INFO.prop("Length", _length, type_name="System.Int64")
FILE_INFO.prop("DirectoryName", lambda item, ctx: parent_of(item.path), type_name=_T)
FILE_INFO.prop("Directory", lambda item, ctx: _folder(item), type_name="System.IO.DirectoryInfo")
FILE_INFO.prop("IsReadOnly", lambda item, ctx: bool(_attributes(item) & 1), _set_read_only, "System.Boolean")
DIRECTORY_INFO.prop("Parent", lambda item, ctx: _folder(item), type_name="System.IO.DirectoryInfo")
DIRECTORY_INFO.prop("Root", lambda item, ctx: _root(item), type_name="System.IO.DirectoryInfo")
INFO.prop("FullName", lambda item, ctx: item.path, type_name=_T)
INFO.prop("Extension", lambda item, ctx: _extension(leaf_of(item.path)), type_name=_T)
for _name, _field in (
    ("CreationTime", "created"),
    ("LastAccessTime", "accessed"),
    ("LastWriteTime", "modified"),
):
    INFO.prop(_name, _time(_field, False), _set_time(_field, False), "System.DateTime")
    INFO.prop(f"{_name}Utc", _time(_field, True), _set_time(_field, True), "System.DateTime")
INFO.prop(
    "Attributes",
    lambda item, ctx: enum_number("System.IO.FileAttributes", _attributes(item)),
    _set_attributes,
    "System.IO.FileAttributes",
)
INFO.constants({"LinkTarget": None}, since=7)
INFO.constants({"UnixFileMode": -1}, since=7)


def _on_unix(getter: Any) -> Any:
    """A property that PowerShell adds on Unix alone; on Windows it is nothing."""
    return lambda item, ctx: None if ctx.machine.platform == "windows" else getter(item, ctx)


def _unix_mode(item: FileItem, ctx: Any) -> str:
    folder = item.stat is not None and item.stat.is_directory
    return "drwxr-xr-x" if folder else "-r--r--r--" if _attributes(item) & 1 else "-rw-r--r--"


for _kind in (FILE_INFO, DIRECTORY_INFO):
    _kind.prop("ResolvedTarget", lambda item, ctx: item.path, None, _T, 7)
    _kind.prop("ModeWithoutHardLink", _mode, None, _T, 7)
    _kind.prop("UnixMode", _on_unix(_unix_mode), None, _T, 7)
    _kind.prop("User", _on_unix(lambda item, ctx: leaf_of(ctx.machine.user)), None, _T, 7)
    _kind.prop("Group", _on_unix(lambda item, ctx: leaf_of(ctx.machine.user)), None, _T, 7)
    _kind.prop("Size", _on_unix(lambda item, ctx: v.Int64(item.stat.length if item.stat else 0)), since=7)
    _kind.constants({"UnixStat": None}, since=7)
INFO.to_string = lambda item, ctx: item.path if ctx is not None and ctx.level == "7" else leaf_of(item.path)
INFO.method("void Refresh()")(lambda item: item.refresh())


@INFO.method("void Delete()", "void Delete(bool recursive)")
def _delete(item: FileItem, recursive: bool = False) -> None:
    item.files.delete(item.path, recursive)


def _folder(item: FileItem) -> FileItem | None:
    parent = parent_of(item.path)
    return None if parent is None else FileItem(DIRECTORY_INFO, parent, item.files.stat(parent), item.files)


def _root(item: FileItem) -> FileItem:
    root = "/" if item.path.startswith("/") else item.path[:3]
    return FileItem(DIRECTORY_INFO, root, item.files.stat(root), item.files)


@DIRECTORY_INFO.method(
    "System.IO.FileInfo[] GetFiles()", "System.IO.FileInfo[] GetFiles(string searchPattern)"
)
def _get_files(item: FileItem, pattern: str = "*") -> Any:
    return v.TypedArray(FILE_INFO, [one for one in _entries(item, pattern) if one.net is FILE_INFO])


@DIRECTORY_INFO.method(
    "System.IO.DirectoryInfo[] GetDirectories()",
    "System.IO.DirectoryInfo[] GetDirectories(string searchPattern)",
)
def _get_directories(item: FileItem, pattern: str = "*") -> Any:
    return v.TypedArray(DIRECTORY_INFO, [one for one in _entries(item, pattern) if one.net is DIRECTORY_INFO])


DIRECTORY_INFO.method("System.IO.FileSystemInfo[] GetFileSystemInfos()")(lambda item: _entries(item, "*"))


def _entries(item: FileItem, pattern: str) -> list[FileItem]:
    from exmigrate.twin.powershell.text.wildcard import like

    separator = _separator(item)
    out = []
    for name in item.files.children(item.path):
        if like(name, pattern) or pattern == "*.*":
            out.append(file_item(item.files, item.path.rstrip(separator) + separator + name))
    return [one for one in out if one is not None]


@FILE_INFO.method(
    "System.IO.FileInfo CopyTo(string destFileName)",
    "System.IO.FileInfo CopyTo(string destFileName, bool overwrite)",
    ctx=True,
)
def _copy_to(item: FileItem, target: str, overwrite: bool = False, ctx: Any = None) -> FileItem | None:
    path = ctx.full_path(target)
    data = item.files.read(item.path)
    if overwrite:
        item.files.write(path, data)
    else:
        item.files.create_new(path, data)
    return file_item(item.files, path)


@FILE_INFO.method("void MoveTo(string destFileName)", ctx=True)
def _move_to(item: FileItem, target: str, ctx: Any) -> None:
    path = ctx.full_path(target)
    item.files.move(item.path, path)
    item.path = path
    item.refresh()


DIRECTORY_INFO.method("void MoveTo(string destDirName)", ctx=True)(_move_to)
DIRECTORY_INFO.method("void Create()")(lambda item: item.files.make_directory(item.path))
FILE_INFO.constructor("new(string fileName)", ctx=True)(lambda path, ctx: _info(FILE_INFO, path, ctx))
DIRECTORY_INFO.constructor("new(string path)", ctx=True)(lambda path, ctx: _info(DIRECTORY_INFO, path, ctx))


def _info(net: NetType, path: str, ctx: Any) -> FileItem:
    full = ctx.full_path(path)
    return FileItem(net, full, ctx.machine.files.stat(full), ctx.machine.files)


class VersionInfo(v.NetObject):
    """System.Diagnostics.FileVersionInfo."""

    __slots__ = ("data", "item")

    def __init__(self, item: FileItem):
        self.item = item
        self.data = dict(item.stat.version) if item.stat is not None else {}


VERSION_INFO = declare_type("System.Diagnostics.FileVersionInfo", python=VersionInfo)
for _name in (
    "FileVersion",
    "ProductVersion",
    "ProductName",
    "FileDescription",
    "CompanyName",
    "OriginalFilename",
    "InternalName",
):
    VERSION_INFO.prop(_name, lambda info, ctx, key=_name: info.data.get(key), type_name=_T)
VERSION_INFO.constants(
    {
        "IsDebug": False, "IsPatched": False, "IsPrivateBuild": False, "IsPreRelease": False, "IsSpecialBuild": False,
        "LegalTrademarks": "", "PrivateBuild": "", "SpecialBuild": "",
    }
)  # fmt: skip
for _name in ("Comments", "Language", "LegalCopyright"):
    VERSION_INFO.prop(_name, lambda info, ctx, key=_name: info.data.get(key), type_name=_T)


def _raw_version(key: str) -> Any:
    def read(info: VersionInfo, ctx: Any) -> Version:
        return Version(*(_part(index, key)(info, ctx) for index in range(4)))

    return read


for _name in ("FileVersion", "ProductVersion"):
    VERSION_INFO.prop(f"{_name}Raw", _raw_version(_name), None, "System.Version", 5.1)
VERSION_INFO.prop("FileName", lambda info, ctx: info.item.path, type_name=_T)


def _part(index: int, key: str) -> Any:
    def read(info: VersionInfo, ctx: Any) -> int:
        parts = info.data.get(key, "").replace(",", ".").split(".")
        text = parts[index].strip().partition(" ")[0] if index < len(parts) else ""
        return int(text) if text.isdigit() else 0

    return read


for _prefix in ("File", "Product"):
    for _index, _name in enumerate(("Major", "Minor", "Build", "Private")):
        VERSION_INFO.prop(
            f"{_prefix}{_name}Part", _part(_index, f"{_prefix}Version"), type_name="System.Int32"
        )


@VERSION_INFO.static_method("System.Diagnostics.FileVersionInfo GetVersionInfo(string fileName)", ctx=True)
def _get_version_info(path: str, ctx: Any) -> VersionInfo:
    item = file_item(ctx.machine.files, ctx.full_path(path))
    if item is None:
        raise NetFault("System.IO.FileNotFoundException", path)
    return VersionInfo(item)


def file_item(files: Any, path: str) -> FileItem | None:
    """The item at a path, None when there is none."""
    stat = files.stat(path)
    if stat is None:
        return None
    return FileItem(DIRECTORY_INFO if stat.is_directory else FILE_INFO, stat.path, stat, files)
