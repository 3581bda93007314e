"""System.IO over the machine's files: File, Directory, Path, FileStream, readers and writers, DriveInfo."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.scalars import LOCAL, TICKS_PER_SECOND, UTC, DateTime
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.enums import enum_number, number_of
from exmigrate.twin.powershell.types.filepaths import full, is_windows
from exmigrate.twin.powershell.types.textio import newline
from exmigrate.twin.powershell.types.texts import to_text

FILE = declare_type("System.IO.File", is_abstract=True)
DIRECTORY = declare_type("System.IO.Directory", is_abstract=True)
# File ----------------------------------------------------------------------------------------------------------


def codec_of(encoding: Any) -> tuple[str, bytes]:
    """Codec and byte order mark of an encoding, UTF-8 without a mark where none is given."""
    return ("utf-8", b"") if encoding is None else (encoding.codec, encoding.mark)


def decode(data: bytes, encoding: Any = None) -> str:
    """Text of a file as StreamReader reads it: by byte order mark, else by the encoding, UTF-8 by default."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    return data.decode(codec_of(encoding)[0], "replace")


def lines_of(text: str) -> list[str]:
    """Lines of a text, without an empty one behind the last line end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


@FILE.static_method("bool Exists(string path)", ctx=True)
def _exists(path: str, ctx: Any) -> bool:
    stat = ctx.machine.files.stat(ctx.full_path(path)) if path else None
    return stat is not None and not stat.is_directory


@FILE.static_method(
    "string ReadAllText(string path)",
    "string ReadAllText(string path, System.Text.Encoding encoding)",
    ctx=True,
)
def _read_text(path: str, encoding: Any = None, ctx: Any = None) -> str:
    return decode(ctx.machine.files.read(full(path, ctx)), encoding)


@FILE.static_method(
    "string[] ReadAllLines(string path)",
    "string[] ReadAllLines(string path, System.Text.Encoding encoding)",
    "object ReadLines(string path)",
    ctx=True,
)
def _read_lines(path: str, encoding: Any = None, ctx: Any = None) -> Any:
    return v.TypedArray(d.STRING, lines_of(_read_text(path, encoding, ctx)))


@FILE.static_method("byte[] ReadAllBytes(string path)", ctx=True)
def _read_bytes(path: str, ctx: Any) -> Any:
    return bytes_value(ctx.machine.files.read(full(path, ctx)))


@FILE.static_method(
    "void WriteAllText(string path, string contents)",
    "void WriteAllText(string path, string contents, System.Text.Encoding encoding)",
    ctx=True,
)
def _write_text(path: str, text: str, encoding: Any = None, ctx: Any = None) -> None:
    codec, mark = codec_of(encoding)
    ctx.machine.files.write(full(path, ctx), mark + (text or "").encode(codec, "replace"))


@FILE.static_method(
    "void WriteAllLines(string path, string[] contents)",
    "void WriteAllLines(string path, string[] contents, System.Text.Encoding encoding)",
    ctx=True,
)
def _write_lines(path: str, lines: Any, encoding: Any = None, ctx: Any = None) -> None:
    _write_text(path, "".join(to_text(line) + newline(ctx) for line in lines), encoding, ctx)


@FILE.static_method("void WriteAllBytes(string path, byte[] bytes)", ctx=True)
def _write_bytes(path: str, data: Any, ctx: Any) -> None:
    ctx.machine.files.write(full(path, ctx), bytes(data))


@FILE.static_method(
    "void AppendAllText(string path, string contents)",
    "void AppendAllText(string path, string contents, System.Text.Encoding encoding)",
    ctx=True,
)
def _append_text(path: str, text: str, encoding: Any = None, ctx: Any = None) -> None:
    codec, mark = codec_of(encoding)
    place = full(path, ctx)
    stat = ctx.machine.files.stat(place)
    ctx.machine.files.append(place, (mark if stat is None else b"") + text.encode(codec, "replace"))


@FILE.static_method("void AppendAllLines(string path, string[] contents)", ctx=True)
def _append_lines(path: str, lines: Any, ctx: Any) -> None:
    _append_text(path, "".join(to_text(line) + newline(ctx) for line in lines), None, ctx)


@FILE.static_method("void Delete(string path)", ctx=True)
def _delete(path: str, ctx: Any) -> None:
    place = full(path, ctx)
    if ctx.machine.files.stat(place) is not None:
        ctx.machine.files.delete(place)


@FILE.static_method(
    "void Copy(string sourceFileName, string destFileName)",
    "void Copy(string sourceFileName, string destFileName, bool overwrite)",
    ctx=True,
)
def _copy(source: str, target: str, overwrite: bool = False, ctx: Any = None) -> None:
    data = ctx.machine.files.read(full(source, ctx))
    place = full(target, ctx)
    if overwrite:
        ctx.machine.files.write(place, data)
    else:
        ctx.machine.files.create_new(place, data)


@FILE.static_method(
    "void Move(string sourceFileName, string destFileName)",
    "void Move(string sourceFileName, string destFileName, bool overwrite)",
    ctx=True,
)
def _move(source: str, target: str, overwrite: bool = False, ctx: Any = None) -> None:
    place = full(target, ctx)
    if overwrite and ctx.machine.files.stat(place) is not None:
        ctx.machine.files.delete(place)
    ctx.machine.files.move(full(source, ctx), place)


@FILE.static_method(
    "void Replace(string sourceFileName, string destinationFileName, string destinationBackupFileName)",
    ctx=True,
)
def _replace(source: str, target: str, backup: str, ctx: Any) -> None:
    files = ctx.machine.files
    if backup:
        files.write(full(backup, ctx), files.read(full(target, ctx)))
    files.write(full(target, ctx), files.read(full(source, ctx)))
    files.delete(full(source, ctx))


def _stat(path: str, ctx: Any) -> Any:
    place = full(path, ctx)
    stat = ctx.machine.files.stat(place)
    if stat is None:
        raise NetFault("System.IO.FileNotFoundException", f"Could not find file '{place}'.")
    return stat


for _owner in (FILE, DIRECTORY):
    for _name, _field in (
        ("CreationTime", "created"),
        ("LastWriteTime", "modified"),
        ("LastAccessTime", "accessed"),
    ):
        _owner.static_method(f"datetime Get{_name}(string path)", ctx=True)(
            lambda path, field=_field, ctx=None: DateTime(
                getattr(_stat(path, ctx), field)
                + ctx.machine.clock.offset_minutes(0) * 60 * TICKS_PER_SECOND,
                LOCAL,
            )
        )
        _owner.static_method(f"datetime Get{_name}Utc(string path)", ctx=True)(
            lambda path, field=_field, ctx=None: DateTime(getattr(_stat(path, ctx), field), UTC)
        )
FILE.static_method("System.IO.FileAttributes GetAttributes(string path)", ctx=True)(
    lambda path, ctx: enum_number(
        "System.IO.FileAttributes", _stat(path, ctx).attributes | (16 if _stat(path, ctx).is_directory else 0)
    )
)
FILE.static_method("void SetAttributes(string path, System.IO.FileAttributes fileAttributes)", ctx=True)(
    lambda path, bits, ctx: ctx.machine.files.set_attributes(full(path, ctx), bits.value)
)

# Directory -----------------------------------------------------------------------------------------------------


@DIRECTORY.static_method("bool Exists(string path)", ctx=True)
def _directory_exists(path: str, ctx: Any) -> bool:
    stat = ctx.machine.files.stat(ctx.full_path(path)) if path else None
    return stat is not None and bool(stat.is_directory)


@DIRECTORY.static_method("System.IO.DirectoryInfo CreateDirectory(string path)", ctx=True)
def _create_directory(path: str, ctx: Any) -> Any:
    from exmigrate.twin.powershell.providers.fileinfo import file_item

    place = full(path, ctx)
    ctx.machine.files.make_directory(place)
    return file_item(ctx.machine.files, place)


@DIRECTORY.static_method("void Delete(string path)", "void Delete(string path, bool recursive)", ctx=True)
def _delete_directory(path: str, recursive: bool = False, ctx: Any = None) -> None:
    place = full(path, ctx)
    if ctx.machine.files.stat(place) is None:
        raise NetFault(
            "System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{place}'."
        )
    ctx.machine.files.delete(place, recursive)


DIRECTORY.static_method("void Move(string sourceDirName, string destDirName)", ctx=True)(
    lambda source, target, ctx: ctx.machine.files.move(full(source, ctx), full(target, ctx))
)


def _list(path: str, pattern: str, option: Any, folders: bool | None, ctx: Any) -> Any:
    files = ctx.machine.files
    separator = "\\" if is_windows(ctx) else "/"
    out: list[str] = []

    def walk(folder: str) -> None:
        for name in files.children(folder):
            child = folder.rstrip(separator) + separator + name
            is_folder = files.stat(child).is_directory
            if (folders is None or folders == is_folder) and (like(name, pattern) or pattern == "*.*"):
                out.append(child)
            if is_folder and number_of(option) == 1:
                walk(child)

    walk(full(path, ctx))
    return v.TypedArray(d.STRING, out)


for _name, _folders in (("GetFiles", False), ("GetDirectories", True), ("GetFileSystemEntries", None)):
    DIRECTORY.static_method(
        f"string[] {_name}(string path)",
        f"string[] {_name}(string path, string searchPattern)",
        f"string[] {_name}(string path, string searchPattern, System.IO.SearchOption searchOption)",
        ctx=True,
    )(
        lambda path, pattern="*", option=0, folders=_folders, ctx=None: _list(
            path, pattern, option, folders, ctx
        )
    )
DIRECTORY.static_method("string GetCurrentDirectory()", ctx=True)(lambda ctx: ctx.current_directory())
DIRECTORY.static_method("string[] GetLogicalDrives()", ctx=True)(
    lambda ctx: v.TypedArray(d.STRING, [f"{name}:\\" for name in ctx.machine.files.drives()])
)
