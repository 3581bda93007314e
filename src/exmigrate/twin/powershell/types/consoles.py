"""System.Console."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.text.composite import format_composite
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.textio import ENCODINGS, make_encoding
from exmigrate.twin.powershell.types.textreaders import Reader, Writer
from exmigrate.twin.powershell.types.texts import to_text

# Console -----------------------------------------------------------------------------------------------------------

CONSOLE = declare_type("System.Console", is_abstract=True)
_CONSOLE_WRITER = declare_type("System.IO.TextWriter+SyncTextWriter", "System.IO.TextWriter")
_CONSOLE_READER = declare_type("System.IO.SyncTextReader", "System.IO.TextReader")


def _console_writer(ctx: Any, error: bool) -> Writer:
    return Writer(_CONSOLE_WRITER, lambda text: ctx.write_console(text.replace("\r\n", "\n"), error))


def _console_reader(ctx: Any) -> Reader:
    kept = ctx.items.get("console-in")
    if kept is None:
        kept = ctx.items["console-in"] = Reader(_CONSOLE_READER, None)
    return kept  # type: ignore[no-any-return]


CONSOLE.static("Out", lambda ctx: _console_writer(ctx, False))
CONSOLE.static("Error", lambda ctx: _console_writer(ctx, True))
CONSOLE.static("In", _console_reader)


def _encoding_of(name: str) -> Any:
    def read(ctx: Any) -> Any:
        return ctx.items.get(name) or make_encoding(*ENCODINGS["UTF8" if ctx.level == "7" else "Default"])

    return read


for _name in ("OutputEncoding", "InputEncoding"):
    CONSOLE.static(_name, _encoding_of(_name))
    CONSOLE.static_props[_name.lower()].setter = lambda value, ctx, name=_name: ctx.items.__setitem__(
        name, value
    )
for _name, _value in (
    ("BufferWidth", 80),
    ("WindowWidth", 80),
    ("WindowHeight", 25),
    ("CursorLeft", 0),
    ("CursorTop", 0),
):
    CONSOLE.static(_name, lambda ctx, value=_value: value)
for _name in ("IsOutputRedirected", "IsInputRedirected", "IsErrorRedirected"):
    CONSOLE.static(_name, lambda ctx: True)
CONSOLE.static("Title", lambda ctx: "Windows PowerShell")


@CONSOLE.static_method(
    "void Write(object value)", "void Write(string format, params object[] args)", ctx=True
)
def _console_write(value: Any, values: Any = None, ctx: Any = None) -> None:
    text = format_composite(value, list(values), ctx) if values is not None else to_text(value, ctx)
    ctx.write_console(text)


@CONSOLE.static_method(
    "void WriteLine()",
    "void WriteLine(object value)",
    "void WriteLine(string format, params object[] args)",
    ctx=True,
)
def _console_write_line(value: Any = "", values: Any = None, ctx: Any = None) -> None:
    text = format_composite(value, list(values), ctx) if values is not None else to_text(value, ctx)
    ctx.write_console(text + "\n")


CONSOLE.static_method("string ReadLine()", ctx=True)(lambda ctx: ctx.read_console())
CONSOLE.static_method("void ResetColor()", "void Beep()", "void Clear()")(lambda: None)


@CONSOLE.static_method(
    "void SetOut(System.IO.TextWriter newOut)", "void SetError(System.IO.TextWriter newError)"
)
def _set_out(writer: Any) -> None:
    raise NetFault("System.NotSupportedException", "Not simulated: [Console]::SetOut.")
