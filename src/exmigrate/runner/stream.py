"""`$file` arguments: bytes from the controller, or from another server, to the server that needs them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from exmigrate.model import Failed
from exmigrate.remote import Call, Result, ServerSession

PIECE = 30_000
LARGEST = 16 * 1024 * 1024


class NotStreamed(Failed):
    """A file could not be brought to the server."""

    code = "EXM-T090"
    exit_code = 3

    failure_class = "permanent"


@cache
def _script() -> tuple[str, str]:
    text = resources.files(__package__).joinpath("stream.ps1").read_text("utf-8").replace("\r\n", "\n")
    return sha256(text.encode()).hexdigest(), text


def read_local(path: Path) -> bytes:
    """A file of the controller.

    Raises:
        NotStreamed: it cannot be read, or is larger than 16 MB.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NotStreamed(f"{path} is larger than {LARGEST} bytes; bring it to the server as media.")
        return path.read_bytes()
    except OSError as error:
        raise NotStreamed(f"The file {path} cannot be read.", why=error.strerror or str(error)) from None


def fetch(session: ServerSession, path: str) -> bytes:
    """A file of a server.

    Raises:
        NotStreamed: it cannot be read.
    """
    data = b""
    while True:
        facts = _ask(session, "Read-Piece", {"path": path, "offset": len(data), "limit": PIECE})
        size = facts.get("size")
        if not isinstance(size, int) or size > LARGEST:
            raise NotStreamed(f"{path} is larger than {LARGEST} bytes.")
        piece = base64.b64decode(str(facts.get("data") or ""))
        data += piece
        if len(data) >= size or not piece:
            return data


def put(session: ServerSession, folder: str, name: str, data: bytes) -> str:
    """Bring bytes to a server; a file of the same digest that is there already is left.

    Returns:
        The path on the server.

    Raises:
        NotStreamed: it did not arrive.
    """
    digest = sha256(data).hexdigest()
    argument = {"folder": folder, "name": f"{digest[:16]}-{base_name(name)}", "sha256": digest}
    for offset in range(0, max(1, len(data)), PIECE):
        piece = data[offset : offset + PIECE]
        last = offset + PIECE >= len(data)
        text = base64.b64encode(piece).decode()
        facts = _ask(session, "Write-Piece", {**argument, "offset": offset, "data": text, "last": last})
        if facts.get("path"):
            return str(facts["path"])
    raise NotStreamed(f"{name} did not arrive.")


def remove(session: ServerSession, path: str) -> None:
    """Take a streamed file off the server again.

    Raises:
        NotStreamed: the server refused.
    """
    _ask(session, "Remove-Streamed", {"path": path})


def base_name(path: str) -> str:
    """The last part of a path of either kind."""
    return PureWindowsPath(PurePosixPath(path).name).name


def _ask(session: ServerSession, function: str, argument: Mapping[str, Any]) -> Mapping[str, Any]:
    sha, text = _script()
    (outcome,) = session.call([Call(sha, text, function, argument)])
    if isinstance(outcome, Result):
        return outcome.facts
    error = NotStreamed(outcome.message, details={"id": outcome.fqid})
    error.failure_class = "never-sent" if outcome.class_ == "ambiguous" else outcome.class_
    raise error
