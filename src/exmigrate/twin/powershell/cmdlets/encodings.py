"""Encodings by the names that cmdlets take, and what each level uses when none is named (about_Character_Encoding)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.types.texts import to_text

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_NAMES = {
    "ascii": ("ascii", b""),
    "unicode": ("utf-16-le", b"\xff\xfe"),
    "bigendianunicode": ("utf-16-be", b"\xfe\xff"),
    "utf7": ("utf-7", b""),
    "utf8": ("utf-8", b"\xef\xbb\xbf"),
    "utf8bom": ("utf-8", b"\xef\xbb\xbf"),
    "utf8nobom": ("utf-8", b""),
    "utf32": ("utf-32-le", b"\xff\xfe\x00\x00"),
    "default": ("cp1252", b""),
    "oem": ("cp437", b""),
    "string": ("utf-16-le", b"\xff\xfe"),
    "unknown": ("utf-16-le", b"\xff\xfe"),
    "ansi": ("cp1252", b""),
}


def codec_of(encoding: Any, level: str, use: str) -> tuple[str, bytes]:
    """Codec and byte order mark of an -Encoding argument, or of what the level uses for ``set``, ``out``, ``csv``."""
    if encoding is None:
        if level == "7":
            return "utf-8", b""
        return {"set": ("cp1252", b""), "out": ("utf-16-le", b"\xff\xfe"), "csv": ("ascii", b"")}[use]
    codec = getattr(encoding, "codec", None)
    if codec is not None:
        return str(codec), bytes(getattr(encoding, "mark", b""))
    name = to_text(encoding).lower()
    found = _NAMES.get(name)
    if found is None:
        raise error(
            f"Cannot bind parameter 'Encoding'. \"{to_text(encoding)}\" is not a supported encoding name.",
            "ParameterArgumentTransformationError",
            "InvalidData",
        )
    if level == "7" and name == "utf8":
        return "utf-8", b""
    if level == "7" and name == "default":
        return "utf-8", b""
    return found


def encode(text: str, encoding: Any, level: str, use: str, start: bool, present: bytes = b"") -> bytes:
    """Text as bytes for a file; with its byte order mark only at the start of a file."""
    codec, mark = codec_of(encoding, level, use)
    if encoding is None and present:
        codec = next((name for bom, name in MARKS if present.startswith(bom)), codec)
    return (mark if start else b"") + text.encode(codec, "replace")


def decode(data: bytes, encoding: Any, level: str) -> str:
    """Text of a file: by its byte order mark, by -Encoding, or as the level reads files without either."""
    for mark, codec in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if encoding is None:
        if level == "7":
            return data.decode("utf-8", "replace")
        return data.decode("cp1252", "replace")
    return data.decode(codec_of(encoding, level, "set")[0], "replace")


def line_end(machine: Any) -> str:
    """The machine's line end."""
    return "\r\n" if machine.platform == "windows" else "\n"
