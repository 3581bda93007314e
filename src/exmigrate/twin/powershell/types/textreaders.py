"""String readers and writers."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.text.composite import format_composite
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types.textio import Builder, newline
from exmigrate.twin.powershell.types.texts import to_text

# Readers and writers -------------------------------------------------------------------------------------------


class Reader(v.NetObject):
    """A TextReader over text that is all there (StringReader, StreamReader) or comes by line (the console)."""

    __slots__ = ("net", "position", "source", "text")

    def __init__(self, net: NetType, text: str | None, source: Any = None):
        self.net = net
        self.text = text
        self.position = 0
        self.source = source


class Writer(v.NetObject):
    """A TextWriter: ``target`` gets each piece; ``close`` runs when it is closed."""

    __slots__ = ("auto_flush", "close", "net", "new_line", "pieces", "target")

    def __init__(self, net: NetType, target: Any = None, close: Any = None):
        self.net = net
        self.pieces: list[str] = []
        self.target = target
        self.close = close
        self.new_line: str | None = None
        self.auto_flush = False


TEXT_READER = declare_type("System.IO.TextReader", is_abstract=True, interfaces=("System.IDisposable",))
STRING_READER = declare_type("System.IO.StringReader", "System.IO.TextReader")
TEXT_WRITER = declare_type("System.IO.TextWriter", is_abstract=True, interfaces=("System.IDisposable",))
STRING_WRITER = declare_type("System.IO.StringWriter", "System.IO.TextWriter")


@STRING_READER.constructor("new(string s)")
def _new_reader(text: str) -> Reader:
    return Reader(STRING_READER, text)


def _line_at(text: str, start: int) -> tuple[str, int] | None:
    if start >= len(text):
        return None
    end = start
    while end < len(text) and text[end] not in "\r\n":
        end += 1
    after = end + (2 if text.startswith("\r\n", end) else 1)
    return text[start:end], min(after, len(text))


@TEXT_READER.method("string ReadLine()", ctx=True)
def _read_line(reader: Reader, ctx: Any) -> str | None:
    if reader.text is None:
        return ctx.read_console()  # type: ignore[no-any-return]
    found = _line_at(reader.text, reader.position)
    if found is None:
        return None
    reader.position = found[1]
    return found[0]


@TEXT_READER.method("string ReadToEnd()", ctx=True)
def _read_all(reader: Reader, ctx: Any) -> str:
    if reader.text is None:
        return ctx.read_console_all()  # type: ignore[no-any-return]
    rest = reader.text[reader.position :]
    reader.position = len(reader.text)
    return rest


def _fill(reader: Reader, ctx: Any) -> str:
    if reader.text is None:
        reader.text = ctx.read_console_all()
    return reader.text or ""


@TEXT_READER.method("int Read()", ctx=True)
def _read(reader: Reader, ctx: Any) -> int:
    text = _fill(reader, ctx)
    if reader.position >= len(text):
        return -1
    reader.position += 1
    return ord(text[reader.position - 1])


@TEXT_READER.method("int Peek()", ctx=True)
def _peek(reader: Reader, ctx: Any) -> int:
    text = _fill(reader, ctx)
    return ord(text[reader.position]) if reader.position < len(text) else -1


TEXT_READER.method("void Close()", "void Dispose()")(lambda reader: None)
STRING_WRITER.constructor("new()")(lambda: Writer(STRING_WRITER))
STRING_WRITER.to_string = lambda w, ctx: "".join(w.pieces)
STRING_WRITER.method("System.Text.StringBuilder GetStringBuilder()")(lambda w: Builder("".join(w.pieces)))


def _put(writer: Writer, text: str) -> None:
    if writer.target is not None:
        writer.target(text)
    else:
        writer.pieces.append(text)


@TEXT_WRITER.method(
    "void Write(object value)", "void Write(string value)", "void Write(char[] buffer)", ctx=True
)
def _write(writer: Writer, value: Any, ctx: Any) -> None:
    _put(writer, "".join(value) if isinstance(value, list) else to_text(value, ctx))


@TEXT_WRITER.method("void Write(string format, params object[] args)", ctx=True)
def _write_format(writer: Writer, template: str, values: Any, ctx: Any) -> None:
    _put(writer, format_composite(template, list(values), ctx))


@TEXT_WRITER.method(
    "void WriteLine()", "void WriteLine(object value)", "void WriteLine(string value)", ctx=True
)
def _write_line(writer: Writer, value: Any = "", ctx: Any = None) -> None:
    _put(
        writer,
        ("".join(value) if isinstance(value, v.TypedArray) else to_text(value, ctx))
        + (writer.new_line or newline(ctx)),
    )


@TEXT_WRITER.method("void WriteLine(string format, params object[] args)", ctx=True)
def _write_line_format(writer: Writer, template: str, values: Any, ctx: Any) -> None:
    _put(writer, format_composite(template, list(values), ctx) + (writer.new_line or newline(ctx)))


TEXT_WRITER.method("void Flush()")(lambda writer: None)


@TEXT_WRITER.method("void Close()", "void Dispose()")
def _close(writer: Writer) -> None:
    if writer.close is not None:
        writer.close()


TEXT_WRITER.prop(
    "NewLine",
    lambda w, ctx: w.new_line or newline(ctx),
    lambda w, value, ctx: setattr(w, "new_line", value),
    "System.String",
)
