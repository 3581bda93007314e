"""Bytes to text, with a clear word for every file that is none."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from exmigrate.model.errors import Location

from .problems import Problem, masked

LARGEST = 4 << 20
"""Bytes of the largest plan or CSV that is read. The largest plans of the field are below 1 MB."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_BINARY = bytes(set(range(32)) - {9, 10, 12, 13})


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of file is spoken of: its codes for encoding and emptiness, and how to write a new one."""

    encoding: str = "EXM-L005"
    empty: str = "EXM-L002"
    again: str = "write a new plan with `exmigrate init`"
    large: tuple[str, str] = (
        "no plan is that large: it is another file, or lists stand in it that belong into CSV files",
        "name the right file, or move lists of mailboxes to CSV (batches[].members_csv)",
    )


PLAN = Words()
CSV = Words(
    "EXM-L041",
    "EXM-L046",
    "save the list as CSV UTF-8 from the spreadsheet",
    ("it is another file, or too long a list to be read at once", "name the right file, or split the list"),
)


def decode(data: bytes, name: str, words: Words = PLAN) -> str | Problem:
    """The text of a file, line ends as newlines; or why it has none."""

    def wrong(code: str, message: str, why: str, remedy: str, offset: int = 0) -> Problem:
        before = data[:offset]
        start = before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8", "replace")) + 1
        line = data[start : start + 400].split(b"\n")[0].decode("utf-8", "replace") if offset else ""
        where = Location(name, before.count(b"\n") + 1, column)
        return Problem(code, "error", message, where, masked(line), why, remedy)

    if len(data) > LARGEST:
        return wrong(
            "EXM-L003",
            f"the file is larger than {LARGEST >> 20} MB",
            *words.large,
        )
    if data.startswith(_UTF16) or _looks_like_utf16(data):
        return wrong(
            words.encoding,
            "the file is UTF-16, not UTF-8",
            "Windows PowerShell's > and Out-File and the Editor's 'Unicode' write UTF-16",
            "save it as UTF-8: in the editor's 'Save as', or with Out-File -Encoding UTF8",
        )
    if data.translate(None, _BINARY) != data:
        offset = next(i for i, byte in enumerate(data) if byte in _BINARY)
        stray = len(data) > 100 * (len(data) - len(data.translate(None, _BINARY)))
        return wrong(
            "EXM-L004",
            f"byte 0x{data[offset]:02X} does not stand in text",
            "a control character has come into the text"
            if stray
            else "it is a binary file: a document, an archive",
            "take it out: the editor shows it as a mark or not at all" if stray else words.again,
            offset,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return wrong(
            words.encoding,
            f"byte 0x{data[error.start]:02X} is not UTF-8",
            "the file was saved in another encoding, such as Windows-1252",
            "save it as UTF-8",
            error.start,
        )
    if not text.strip():
        return wrong(words.empty, "the file is empty", "there is nothing to read", words.again)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like_utf16(data: bytes) -> bool:
    """Whether every second byte of the beginning is zero, as Latin text in UTF-16 without its mark has it."""
    head = data[:64]
    return len(head) >= 4 and (set(head[1::2]) == {0} or set(head[0::2]) == {0})
