"""Streams, readers and writers over files, DriveInfo."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import TYPES, declare_type
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.filepaths import full
from exmigrate.twin.powershell.types.io import FILE, codec_of, decode
from exmigrate.twin.powershell.types.textreaders import Reader, Writer

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
        opened: Stream = open_file(
            path, enum_value("System.IO.FileMode", mode), enum_value("System.IO.FileAccess", access), ctx=ctx
        )
        return opened

    return run


FILE.static_method("System.IO.FileStream OpenRead(string path)", ctx=True)(_open_by("Open", "Read"))
FILE.static_method("System.IO.FileStream OpenWrite(string path)", ctx=True)(
    _open_by("OpenOrCreate", "ReadWrite")
)
FILE.static_method("System.IO.FileStream Create(string path)", ctx=True)(_open_by("Create", "ReadWrite"))

STREAM_READER = declare_type("System.IO.StreamReader", "System.IO.TextReader")
STREAM_WRITER = declare_type("System.IO.StreamWriter", "System.IO.TextWriter")
STREAM_WRITER.prop(
    "AutoFlush",
    lambda w, ctx: w.auto_flush,
    lambda w, value, ctx: setattr(w, "auto_flush", value),
    "System.Boolean",
)


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
    codec, mark = codec_of(encoding)
    if not append or files.stat(place) is None:
        files.write(place, mark)
    return Writer(STREAM_WRITER, lambda text: files.append(place, text.encode(codec, "replace")))


@STREAM_WRITER.constructor(
    "new(System.IO.Stream stream)", "new(System.IO.Stream stream, System.Text.Encoding encoding)"
)
def _writer_of_stream(stream: Any, encoding: Any = None) -> Writer:
    codec, mark = codec_of(encoding)
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
TYPES["system.io.driveinfo"] = DRIVE
