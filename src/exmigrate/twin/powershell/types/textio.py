"""System.Text.Encoding and StringBuilder."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, argument_null, check_size, out_of_range
from exmigrate.twin.powershell.text.composite import format_composite
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.texts import to_text


class Encoding(v.NetObject):
    """System.Text.Encoding: a Python codec, the byte order mark, names."""

    __slots__ = ("codec", "mark", "name", "net", "web")

    def __init__(self, net: NetType, codec: str, mark: bytes, name: str, web: str):
        self.net = net
        self.codec = codec
        self.mark = mark
        self.name = name
        self.web = web


ENCODING = declare_type("System.Text.Encoding", is_abstract=True)
ENCODINGS = {
    "UTF8": ("UTF8Encoding", "utf-8", b"\xef\xbb\xbf", "Unicode (UTF-8)", "utf-8"),
    "Unicode": ("UnicodeEncoding", "utf-16-le", b"\xff\xfe", "Unicode", "utf-16"),
    "BigEndianUnicode": ("UnicodeEncoding", "utf-16-be", b"\xfe\xff", "Unicode (Big-Endian)", "utf-16BE"),
    "ASCII": ("ASCIIEncoding", "ascii", b"", "US-ASCII", "us-ascii"),
    "UTF7": ("UTF7Encoding", "utf-7", b"", "Unicode (UTF-7)", "utf-7"),
    "UTF32": ("UTF32Encoding", "utf-32-le", b"\xff\xfe\x00\x00", "Unicode (UTF-32)", "utf-32"),
    "Default": ("SBCSCodePageEncoding", "cp1252", b"", "Western European (Windows)", "Windows-1252"),
    "Latin1": ("Latin1Encoding", "latin-1", b"", "Western European (ISO)", "iso-8859-1"),
}
_TYPES: dict[str, NetType] = {}
for _property, (_class, *_rest) in ENCODINGS.items():
    if _class not in _TYPES:
        _TYPES[_class] = declare_type(f"System.Text.{_class}", "System.Text.Encoding")
    ENCODING.static(_property, lambda ctx, data=(_class, *_rest): make_encoding(*data))


def make_encoding(cls: str, codec: str, mark: bytes, name: str, web: str) -> Encoding:
    """An encoding of its data."""
    return Encoding(_TYPES[cls], codec, mark, name, web)


_TYPES["UTF8Encoding"].constructor(
    "new()",
    "new(bool encoderShouldEmitUTF8Identifier)",
    "new(bool encoderShouldEmitUTF8Identifier, bool throwOnInvalidBytes)",
)(
    lambda mark=False, strict=False: make_encoding(
        "UTF8Encoding", "utf-8", b"\xef\xbb\xbf" if mark else b"", "Unicode (UTF-8)", "utf-8"
    )
)
_TYPES["UnicodeEncoding"].constructor("new()", "new(bool bigEndian, bool byteOrderMark)")(
    lambda big=False, mark=True: make_encoding(
        "UnicodeEncoding",
        "utf-16-be" if big else "utf-16-le",
        (b"\xfe\xff" if big else b"\xff\xfe") if mark else b"",
        "Unicode",
        "utf-16",
    )
)
_TYPES["ASCIIEncoding"].constructor("new()")(lambda: make_encoding(*ENCODINGS["ASCII"]))
ENCODING.prop("EncodingName", lambda e, ctx: e.name, type_name="System.String")
ENCODING.prop("WebName", lambda e, ctx: e.web, type_name="System.String")
ENCODING.prop("BodyName", lambda e, ctx: e.web, type_name="System.String")
ENCODING.prop(
    "CodePage",
    lambda e, ctx: {"utf-8": 65001, "utf-16-le": 1200, "utf-16-be": 1201, "ascii": 20127, "cp1252": 1252}.get(
        e.codec, 0
    ),
    type_name="System.Int32",
)


@ENCODING.method("byte[] GetBytes(string s)", "byte[] GetBytes(char[] chars)")
def _get_bytes(encoding: Encoding, text: Any) -> Any:
    if text is None:
        raise argument_null("s")
    return bytes_value("".join(text).encode(encoding.codec, "replace"))


@ENCODING.method("string GetString(byte[] bytes)", "string GetString(byte[] bytes, int index, int count)")
def _get_string(encoding: Encoding, data: Any, index: int = 0, count: int | None = None) -> str:
    if data is None:
        raise argument_null("bytes")
    part = data[index:] if count is None else data[index : index + count]
    return bytes(part).decode(encoding.codec, "replace")


@ENCODING.method("char[] GetChars(byte[] bytes)")
def _get_chars(encoding: Encoding, data: Any) -> Any:
    return v.TypedArray(d.CHAR, map(v.Char, bytes(data).decode(encoding.codec, "replace")))


ENCODING.method("int GetByteCount(string s)")(lambda e, text: len(text.encode(e.codec, "replace")))
ENCODING.method("byte[] GetPreamble()")(lambda e: bytes_value(e.mark))


@ENCODING.static_method(
    "System.Text.Encoding GetEncoding(string name)", "System.Text.Encoding GetEncoding(int codepage)"
)
def _get_encoding(name: Any) -> Encoding:
    key = {
        65001: "UTF8",
        1200: "Unicode",
        1201: "BigEndianUnicode",
        20127: "ASCII",
        1252: "Default",
        28591: "Latin1",
    }.get(name)
    if key is None:
        lowered = str(name).lower()
        key = next(
            (one for one, data in ENCODINGS.items() if lowered in (data[4].lower(), data[1], one.lower())),
            None,
        )
    if key is None:
        raise NetFault("System.ArgumentException", f"'{name}' is not a supported encoding name.")
    return make_encoding(*ENCODINGS[key])


# StringBuilder -----------------------------------------------------------------------------------------------


class Builder(v.NetObject):
    """System.Text.StringBuilder: pieces, joined when needed."""

    __slots__ = ("pieces",)

    def __init__(self, text: str = ""):
        self.pieces = [text] if text else []

    @property
    def text(self) -> str:
        """All of the text."""
        if len(self.pieces) > 1:
            self.pieces = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""

    @text.setter
    def text(self, value: str) -> None:
        self.pieces = [value] if value else []


BUILDER = declare_type("System.Text.StringBuilder", python=Builder)
BUILDER.to_string = lambda b, ctx: b.text
BUILDER.prop(
    "Length",
    lambda b, ctx: len(b.text),
    lambda b, n, ctx: setattr(b, "text", b.text[:n].ljust(n, "\0")),
    "System.Int32",
)
BUILDER.prop("Capacity", lambda b, ctx: max(16, len(b.text)), lambda b, n, ctx: None, "System.Int32")
BUILDER.constructor("new()", "new(int capacity)", "new(int capacity, int maxCapacity)")(
    lambda capacity=0, most=0: Builder()
)
BUILDER.constructor("new(string value)", "new(string value, int capacity)")(
    lambda text, capacity=0: Builder(text or "")
)


@BUILDER.method(
    "System.Text.StringBuilder Append(object value)",
    "System.Text.StringBuilder Append(string value)",
    "System.Text.StringBuilder Append(char value)",
    ctx=True,
)
def _append(builder: Builder, value: Any, ctx: Any) -> Builder:
    builder.pieces.append(
        "".join(value) if isinstance(value, v.TypedArray) and value.element is d.CHAR else to_text(value, ctx)
    )
    return builder


@BUILDER.method("System.Text.StringBuilder Append(char value, int repeatCount)")
def _append_times(builder: Builder, letter: str, count: int) -> Builder:
    check_size(count)
    builder.pieces.append(str(letter) * count)
    return builder


@BUILDER.method(
    "System.Text.StringBuilder AppendLine()", "System.Text.StringBuilder AppendLine(string value)", ctx=True
)
def _append_line(builder: Builder, value: str = "", ctx: Any = None) -> Builder:
    builder.pieces.append((value or "") + newline(ctx))
    return builder


@BUILDER.method("System.Text.StringBuilder AppendFormat(string format, params object[] args)", ctx=True)
def _append_format(builder: Builder, template: str, values: Any, ctx: Any) -> Builder:
    builder.pieces.append(format_composite(template, list(values or []), ctx))
    return builder


@BUILDER.method(
    "System.Text.StringBuilder Insert(int index, object value)",
    "System.Text.StringBuilder Insert(int index, string value)",
    ctx=True,
)
def _insert(builder: Builder, index: int, value: Any, ctx: Any) -> Builder:
    text = builder.text
    if not 0 <= index <= len(text):
        raise out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "index"
        )
    builder.text = text[:index] + to_text(value, ctx) + text[index:]
    return builder


@BUILDER.method("System.Text.StringBuilder Remove(int startIndex, int length)")
def _remove(builder: Builder, start: int, length: int) -> Builder:
    text = builder.text
    if start < 0 or length < 0 or start + length > len(text):
        raise out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "length"
        )
    builder.text = text[:start] + text[start + length :]
    return builder


@BUILDER.method(
    "System.Text.StringBuilder Replace(string oldValue, string newValue)",
    "System.Text.StringBuilder Replace(char oldChar, char newChar)",
)
def _replace(builder: Builder, old: str, new: str) -> Builder:
    builder.text = builder.text.replace(old, new or "")
    return builder


@BUILDER.method("System.Text.StringBuilder Clear()")
def _clear(builder: Builder) -> Builder:
    builder.text = ""
    return builder


BUILDER.method("string ToString(int startIndex, int length)")(
    lambda b, start, length: b.text[start : start + length]
)
BUILDER.indexer = lambda b, indexes, ctx: v.Char(b.text[indexes[0]])


def newline(ctx: Any) -> str:
    """The machine's line end."""
    return "\n" if ctx is not None and ctx.machine.platform != "windows" else "\r\n"
