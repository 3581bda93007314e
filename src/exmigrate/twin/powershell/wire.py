"""What a redirected PowerShell process writes: text or CLIXML on its two streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.clixml import NAMESPACE, Serializer
from exmigrate.twin.powershell.clixml_values import escape
from exmigrate.twin.powershell.errors import ErrorRecord
from exmigrate.twin.powershell.runtime.errorview import error_lines
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Int64, PSObject

HEADER = "#< CLIXML"
OPENING = f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}">'


class OutputStream:
    """One of the two standard streams: text with the console's line ends, or bytes to whoever takes them."""

    def __init__(self, encoding: str, newline: str, take: Callable[[bytes], None] | None) -> None:
        self.encoding = encoding
        self.newline = newline
        self._take = take
        self._kept: list[bytes] = []

    def write(self, text: str) -> None:
        """Write text; LF becomes the console's line end."""
        if self.newline != "\n":
            text = text.replace("\r\n", "\n").replace("\n", self.newline)
        data = text.encode(self.encoding, "replace")
        if self._take is not None:
            self._take(data)
        else:
            self._kept.append(data)

    def taken(self) -> bytes:
        """What was written and nobody took."""
        return b"".join(self._kept)

    def writer(self, session: Any, output_format: str) -> TextWriter | XmlWriter:
        """A receiver of output objects."""
        return XmlWriter(session, self) if output_format == "XML" else TextWriter(session, self)


class TextWriter:
    """Output objects as a console shows them: Out-Default does it."""

    def __init__(self, session: Any, stream: OutputStream) -> None:
        self.session = session
        self.stream = stream
        self._stage: Any = None
        self._begun = False

    def push(self, value: Any) -> None:
        """One object."""
        if not self._begun:
            self._begun = True
            if self.session.commands.find_cmdlet("out-default") is not None:
                self._stage = self.session.commands.stage("Out-Default", [], None, True)
                self._stage.set_emit(lambda item: None)
                self._stage.begin()
                self._stage.wired()
        if self._stage is not None:
            self._stage.push(value)
        elif value is not None:
            self.stream.write(to_text(value, self.session) + "\n")

    def finish(self) -> None:
        """All objects have come."""
        if self._stage is not None:
            self._stage.finish()
            self._stage = None


class XmlWriter:
    """Output objects as CLIXML."""

    def __init__(self, session: Any, stream: OutputStream) -> None:
        self.session = session
        self.stream = stream
        self._kept: list[Any] = []

    def push(self, value: Any) -> None:
        """One object."""
        self._kept.append(value)

    def finish(self) -> None:
        """Write them all."""
        serializer = Serializer(self.session)
        body = "".join(serializer.stream_object(value, "Output") for value in self._kept)
        self.stream.write(f"{HEADER}\n{OPENING}{body}</Objs>")


class ErrorStream:
    """Standard error: errors as text, as pieces of text in CLIXML (-EncodedCommand), or as objects in CLIXML.

    Args:
        session: The session.
        stream: Where it goes.
        form: 'Text', 'Pieces' or 'XML'.
    """

    def __init__(self, session: Any, stream: OutputStream, form: str) -> None:
        self.session = session
        self.stream = stream
        self.form = form
        self._opened = False
        self._pieces: list[str] = []
        self._serializer: Any = None

    def text(self, text: str) -> None:
        """Text that the script wrote straight to standard error."""
        self._open()
        self.stream.write(text)

    def _open(self) -> None:
        if not self._opened and self.form != "Text":
            self._opened = True
            self.stream.write(HEADER + "\n")

    def error(self, record: Any) -> None:
        """An error record."""
        if not isinstance(record, ErrorRecord):
            return
        if self.form == "XML" and self.session.number >= 6:
            self._open()
            self._pieces.append(self._serialize(record, "Error"))
            return
        lines = error_lines(record, self.session)
        if self.form == "Text":
            self.stream.write("\n".join(lines) + "\n")
            return
        self._open()
        end = "_x000D__x000A_" if self.stream.newline == "\r\n" else "_x000A_"
        self._pieces.extend(f'<S S="Error">{escape(line)}{end}</S>' for line in lines)

    def record(self, stream: str, record: Any) -> None:
        """A record of another stream: only CLIXML has a place for it here."""
        if self.form == "Text":
            return
        if stream in ("warning", "verbose", "debug"):
            self._open()
            self._pieces.append(f'<S S="{stream}">{escape(record.message)}</S>')
        elif stream == "progress":
            self._open()
            self._pieces.append(
                self._serialize(PSObject({"SourceId": Int64(0), "Record": record}), "progress")
            )
        elif stream == "information":
            self._open()
            self._pieces.append(self._serialize(record, "information"))

    def _serialize(self, value: Any, stream: str) -> str:
        if self._serializer is None:
            self._serializer = Serializer(self.session)
        self._serializer.depth = 1 if stream == "information" else 2
        text: str = self._serializer.stream_object(value, stream)
        return text

    def close(self) -> None:
        """Write the CLIXML that was kept."""
        if self._pieces:
            self.stream.write(f"{OPENING}{''.join(self._pieces)}</Objs>")
            self._pieces = []
