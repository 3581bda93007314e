"""System.IO over the machine's files: File, Directory, Path, FileStream, readers and writers, DriveInfo."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, argument_null, bad_argument
from exmigrate.twin.powershell.scalars import LOCAL, TICKS_PER_SECOND, UTC, DateTime
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.enums import enum_number, number_of
from exmigrate.twin.powershell.types.numbers import bytes_value
from exmigrate.twin.powershell.types.textio import Reader, Writer, newline
from exmigrate.twin.powershell.types.texts import to_text

PATH = declare_type("System.IO.Path", is_abstract=True)
FILE = declare_type("System.IO.File", is_abstract=True)
DIRECTORY = declare_type("System.IO.Directory", is_abstract=True)
_BAD = '<>|"\0'


def _windows(ctx: Any) -> bool:
    return bool(ctx.machine.platform == "windows")


def _separators(ctx: Any) -> str:
    return "\\/" if _windows(ctx) else "/"


def _cut(path: str, ctx: Any) -> int:
    """Position behind the last separator."""
    return max(path.rfind(letter) for letter in _separators(ctx) + (":" if _windows(ctx) else "")) + 1


def _file_name(path: str, ctx: Any) -> str:
    return path[_cut(path, ctx) :]


@PATH.static_method(
    "string Combine(string path1, string path2)",
    "string Combine(string path1, string path2, string path3)",
    "string Combine(params string[] paths)",
    ctx=True,
)
def _combine(first: Any, second: Any = None, third: Any = None, ctx: Any = None) -> str:
    parts = (
        list(first)
        if isinstance(first, list)
        else [part for part in (first, second, third) if part is not None]
    )
    if any(part is None for part in parts) or (not isinstance(first, list) and second is None):
        raise argument_null("path2")
    separator = "\\" if _windows(ctx) else "/"
    out = ""
    for part in parts:
        if not part:
            continue
        rooted = part[0] in _separators(ctx) or part[1:2] == ":"
        out = (
            part
            if rooted or not out
            else out + ("" if out[-1] in _separators(ctx) + ":" else separator) + part
        )
    return out


PATH.static_method("string GetFileName(string path)", ctx=True)(lambda path, ctx: _file_name(path or "", ctx))


@PATH.static_method("string GetFileNameWithoutExtension(string path)", ctx=True)
def _stem(path: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    return name.rpartition(".")[0] if "." in name else name


@PATH.static_method("string GetExtension(string path)", ctx=True)
def _extension(path: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    return "." + name.rpartition(".")[2] if "." in name and not name.endswith(".") else ""


@PATH.static_method("string ChangeExtension(string path, string extension)", ctx=True)
def _change_extension(path: str, extension: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    base = path[: len(path) - len(name)] + (name.rpartition(".")[0] if "." in name else name)
    if extension is None:
        return base
    return base + ("" if extension.startswith(".") else ".") + extension


@PATH.static_method("string GetDirectoryName(string path)", ctx=True)
def _directory_name(path: str, ctx: Any) -> str | None:
    at = _cut(path, ctx)
    head = path[:at]
    stripped = head.rstrip(_separators(ctx))
    if not stripped or stripped.endswith(":"):
        return head if path != head and head else (None if path else None)
    return stripped.replace("/", "\\") if _windows(ctx) else stripped


PATH.static_method("string GetFullPath(string path)", ctx=True)(lambda path, ctx: full(path, ctx))
PATH.static_method("string GetPathRoot(string path)", ctx=True)(
    lambda path, ctx: (
        (path[:3] if path[1:2] == ":" else "\\" if path[:1] in "\\/" and path else "")
        if _windows(ctx)
        else ("/" if path.startswith("/") else "")
    )
)
PATH.static_method("bool IsPathRooted(string path)", ctx=True)(
    lambda path, ctx: bool(path) and (path[0] in _separators(ctx) or path[1:2] == ":")
)
PATH.static_method("bool HasExtension(string path)", ctx=True)(lambda path, ctx: bool(_extension(path, ctx)))
PATH.static_method("string GetTempPath()", ctx=True)(
    lambda ctx: (
        (ctx.environment().get("TEMP") or "C:\\Windows\\Temp").rstrip("\\") + "\\"
        if _windows(ctx)
        else "/tmp/"
    )
)
PATH.static_method("string GetRandomFileName()", ctx=True)(
    lambda ctx: ctx.machine.random.guid().replace("-", "")[:8] + "." + ctx.machine.random.guid()[:3]
)


@PATH.static_method("string GetTempFileName()", ctx=True)
def _temp_file(ctx: Any) -> str:
    folder = (
        (ctx.environment().get("TEMP") or "C:\\Windows\\Temp").rstrip("\\") + "\\"
        if _windows(ctx)
        else "/tmp/"
    )
    path: str = folder + "tmp" + ctx.machine.random.guid()[:4].upper() + ".tmp"
    ctx.machine.files.write(path, b"")
    return path


PATH.static_method("char[] GetInvalidFileNameChars()")(
    lambda: v.TypedArray(d.CHAR, map(v.Char, _BAD + ":*?\\/"))
)
PATH.static_method("char[] GetInvalidPathChars()")(lambda: v.TypedArray(d.CHAR, map(v.Char, _BAD)))
PATH.static("DirectorySeparatorChar", lambda ctx: v.Char("\\" if _windows(ctx) else "/"))
PATH.static("AltDirectorySeparatorChar", lambda ctx: v.Char("/"))
PATH.static("PathSeparator", lambda ctx: v.Char(";" if _windows(ctx) else ":"))


def full(path: str, ctx: Any) -> str:
    """A path made absolute; raises ArgumentException for one that cannot be."""
    if path is None:
        raise argument_null("path")
    if not path.strip():
        raise bad_argument("The path is empty.", "path")
    if _windows(ctx) and any(letter in path for letter in _BAD):
        raise bad_argument("Illegal characters in path.")
    return ctx.full_path(path)  # type: ignore[no-any-return]


# File ----------------------------------------------------------------------------------------------------------


def _codec(encoding: Any) -> tuple[str, bytes]:
    return ("utf-8", b"") if encoding is None else (encoding.codec, encoding.mark)


def decode(data: bytes, encoding: Any = None) -> str:
    """Text of a file as StreamReader reads it: by byte order mark, else by the encoding, UTF-8 by default."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    return data.decode(_codec(encoding)[0], "replace")


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
    codec, mark = _codec(encoding)
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
    codec, mark = _codec(encoding)
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
    from exmigrate.twin.powershell.providers.filesystem import file_item

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
    separator = "\\" if _windows(ctx) else "/"
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

# Streams ---------------------------------------------------------------------------------------------------------


class Stream(v.NetObject):
    """A stream of bytes: in memory, or over a file (written through as it is written to)."""

    __slots__ = ("can_write", "closed", "data", "files", "net", "path", "position")

    def __init__(
        self, net: Any, data: bytes = b"", files: Any = None, path: str = "", can_write: bool = True
    ):
        self.net = net
        self.data = bytearray(data)
        self.position = 0
        self.files = files
        self.path = path
        self.can_write = can_write
        self.closed = False

    def write(self, data: bytes) -> None:
        """Writes at the position."""
        if self.closed:
            raise NetFault("System.ObjectDisposedException", "Cannot access a closed file.")
        if not self.can_write:
            raise NetFault("System.NotSupportedException", "Stream does not support writing.")
        at_end = self.position >= len(self.data)
        self.data[self.position : self.position + len(data)] = data
        self.position += len(data)
        if self.files is None:
            return
        if at_end:
            self.files.append(self.path, data)
        else:
            self.files.write(self.path, bytes(self.data))

    def read(self, count: int) -> bytes:
        """At most so many bytes from the position."""
        if self.files is not None and not self.can_write:
            self.data = bytearray(self.files.read(self.path))
        part = bytes(self.data[self.position : self.position + count])
        self.position += len(part)
        return part


STREAM = declare_type("System.IO.Stream", is_abstract=True, interfaces=("System.IDisposable",))
MEMORY = declare_type("System.IO.MemoryStream", "System.IO.Stream")
FILE_STREAM = declare_type("System.IO.FileStream", "System.IO.Stream")
STREAM.prop("Length", lambda st, ctx: v.Int64(len(st.data)), type_name="System.Int64")
STREAM.prop(
    "Position",
    lambda st, ctx: v.Int64(st.position),
    lambda st, n, ctx: setattr(st, "position", int(n)),
    "System.Int64",
)
STREAM.prop("CanRead", lambda st, ctx: True, type_name="System.Boolean")
STREAM.prop("CanWrite", lambda st, ctx: st.can_write, type_name="System.Boolean")
STREAM.prop("CanSeek", lambda st, ctx: True, type_name="System.Boolean")
FILE_STREAM.prop("Name", lambda st, ctx: st.path, type_name="System.String")


@STREAM.method("void Write(byte[] buffer, int offset, int count)")
def _stream_write(stream: Stream, buffer: Any, offset: int, count: int) -> None:
    stream.write(bytes(buffer[offset : offset + count]))


STREAM.method("void WriteByte(byte value)")(lambda stream, value: stream.write(bytes([int(value)])))


@STREAM.method("int Read(byte[] buffer, int offset, int count)")
def _stream_read(stream: Stream, buffer: Any, offset: int, count: int) -> int:
    data = stream.read(count)
    buffer[offset : offset + len(data)] = [v.Byte(one) for one in data]
    return len(data)


@STREAM.method("int ReadByte()")
def _read_byte(stream: Stream) -> int:
    data = stream.read(1)
    return data[0] if data else -1


@STREAM.method("long Seek(long offset, System.IO.SeekOrigin origin)")
def _seek(stream: Stream, offset: int, origin: Any) -> int:
    base = (0, stream.position, len(stream.data))[origin.value]
    stream.position = base + int(offset)
    return v.Int64(stream.position)


@STREAM.method("void SetLength(long value)")
def _set_length(stream: Stream, length: int) -> None:
    stream.data = bytearray(bytes(stream.data[: int(length)]).ljust(int(length), b"\0"))
    if stream.files is not None:
        stream.files.write(stream.path, bytes(stream.data))


@STREAM.method("void Close()", "void Dispose()")
def _close(stream: Stream) -> None:
    stream.closed = True


STREAM.method("void Flush()", "void Flush(bool flushToDisk)")(lambda stream, disk=False: None)
MEMORY.constructor("new()", "new(int capacity)")(lambda capacity=0: Stream(MEMORY))
MEMORY.constructor("new(byte[] buffer)")(lambda data: Stream(MEMORY, bytes(data)))
MEMORY.method("byte[] ToArray()", "byte[] GetBuffer()")(lambda stream: bytes_value(bytes(stream.data)))


@FILE_STREAM.constructor(
    "new(string path, System.IO.FileMode mode)",
    "new(string path, System.IO.FileMode mode, System.IO.FileAccess access)",
    "new(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share)",
    "new(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share, int bufferSize)",
    "new(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share, int bufferSize, object options)",
    ctx=True,
)
@FILE.static_method(
    "System.IO.FileStream Open(string path, System.IO.FileMode mode)",
    "System.IO.FileStream Open(string path, System.IO.FileMode mode, System.IO.FileAccess access)",
    "System.IO.FileStream Open(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share)",
    ctx=True,
)
def open_file(
    path: str,
    mode: Any,
    access: Any = None,
    share: Any = None,
    size: int = 0,
    options: Any = None,
    ctx: Any = None,
) -> Stream:
    """A FileStream; the mode decides what must and must not exist (``CreateNew`` makes one winner of racers)."""
    files, place, kind = ctx.machine.files, full(path, ctx), str(mode)
    stat = files.stat(place)
    if kind == "CreateNew":
        files.create_new(place, b"")
    elif kind == "Create" or (kind in ("OpenOrCreate", "Append") and stat is None):
        files.write(place, b"")
    data = files.read(place)
    if kind == "Truncate":
        files.write(place, b"")
        data = b""
    stream = Stream(FILE_STREAM, data, files, place, access is None or bool(access.value & 2))
    if kind == "Append":
        stream.position = len(data)
    return stream


def _open_by(mode: str, access: str) -> Any:
    from exmigrate.twin.powershell.types.enums import enum_value

    def run(path: str, ctx: Any) -> Stream:
        return open_file(
            path, enum_value("System.IO.FileMode", mode), enum_value("System.IO.FileAccess", access), ctx=ctx
        )

    return run


FILE.static_method("System.IO.FileStream OpenRead(string path)", ctx=True)(_open_by("Open", "Read"))
FILE.static_method("System.IO.FileStream OpenWrite(string path)", ctx=True)(
    _open_by("OpenOrCreate", "ReadWrite")
)
FILE.static_method("System.IO.FileStream Create(string path)", ctx=True)(_open_by("Create", "ReadWrite"))

STREAM_READER = declare_type("System.IO.StreamReader", "System.IO.TextReader")
STREAM_WRITER = declare_type("System.IO.StreamWriter", "System.IO.TextWriter")


@STREAM_READER.constructor("new(string path)", "new(string path, System.Text.Encoding encoding)", ctx=True)
def _reader_of_path(path: str, encoding: Any = None, ctx: Any = None) -> Reader:
    return Reader(STREAM_READER, decode(ctx.machine.files.read(full(path, ctx)), encoding))


@STREAM_READER.constructor(
    "new(System.IO.Stream stream)", "new(System.IO.Stream stream, System.Text.Encoding encoding)"
)
def _reader_of_stream(stream: Any, encoding: Any = None) -> Reader:
    return Reader(STREAM_READER, decode(stream.read(2**31), encoding), stream)


FILE.static_method("System.IO.StreamReader OpenText(string path)", ctx=True)(
    lambda path, ctx: _reader_of_path(path, None, ctx)
)
STREAM_READER.prop("EndOfStream", lambda r, ctx: r.position >= len(r.text or ""), type_name="System.Boolean")
STREAM_READER.prop("BaseStream", lambda r, ctx: r.source)


@STREAM_WRITER.constructor(
    "new(string path)",
    "new(string path, bool append)",
    "new(string path, bool append, System.Text.Encoding encoding)",
    ctx=True,
)
def _writer_of_path(path: str, append: bool = False, encoding: Any = None, ctx: Any = None) -> Writer:
    files, place = ctx.machine.files, full(path, ctx)
    codec, mark = _codec(encoding)
    if not append or files.stat(place) is None:
        files.write(place, mark)
    return Writer(STREAM_WRITER, lambda text: files.append(place, text.encode(codec, "replace")))


@STREAM_WRITER.constructor(
    "new(System.IO.Stream stream)", "new(System.IO.Stream stream, System.Text.Encoding encoding)"
)
def _writer_of_stream(stream: Any, encoding: Any = None) -> Writer:
    codec, mark = _codec(encoding)
    if mark and stream.position == 0:
        stream.write(mark)
    return Writer(
        STREAM_WRITER, lambda text: stream.write(text.encode(codec, "replace")), lambda: _close(stream)
    )


FILE.static_method(
    "System.IO.StreamWriter CreateText(string path)",
    "System.IO.StreamWriter AppendText(string path)",
    ctx=True,
)(lambda path, ctx: _writer_of_path(path, True, None, ctx))

DRIVE = v.record_type(
    "System.IO.DriveInfo",
    {"Name": "System.String", "DriveType": "System.String", "IsReady": "System.Boolean", "AvailableFreeSpace": "System.Int64",
     "TotalFreeSpace": "System.Int64", "TotalSize": "System.Int64", "DriveFormat": "System.String", "VolumeLabel": "System.String"},
    to_string="Name",
)  # fmt: skip


def _drive(name: str, ctx: Any) -> v.Record:
    used, free = ctx.machine.files.drives()[name[0].upper()]
    space = v.Int64(free)
    return v.Record(
        DRIVE,
        {"Name": f"{name[0].upper()}:\\", "DriveType": "Fixed", "IsReady": True, "AvailableFreeSpace": space,
         "TotalFreeSpace": space, "TotalSize": v.Int64(used + free), "DriveFormat": "NTFS", "VolumeLabel": ""},
    )  # fmt: skip


DRIVE.constructor("new(string driveName)", ctx=True)(_drive)
DRIVE.static_method("System.IO.DriveInfo[] GetDrives()", ctx=True)(
    lambda ctx: [_drive(name, ctx) for name in ctx.machine.files.drives()]
)
d.TYPES["system.io.driveinfo"] = DRIVE
