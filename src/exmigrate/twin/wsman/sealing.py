"""Bodies of sealed messages: `multipart/encrypted`, MS-WSMV 2.2.9.1."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

_BOUNDARY = b"--Encrypted Boundary"
_PART = b"\tContent-Type: application/octet-stream\r\n"
_LENGTH = re.compile(rb"Length=(\d+)")
_CHUNK = 16384

SPNEGO = "application/HTTP-SPNEGO-session-encrypted"
CREDSSP = "application/HTTP-CredSSP-session-encrypted"
KERBEROS = "application/HTTP-Kerberos-session-encrypted"

Seal = Callable[[bytes], tuple[bytes, bytes]]
Unseal = Callable[[bytes, bytes], bytes]


class BadSeal(Exception):
    """The body cannot be read with this connection's keys."""


def content_type(protocol: str, plain_size: int) -> str:
    """The Content-Type of a sealed body."""
    multi = "x-multi-encrypted" if protocol == CREDSSP and plain_size > _CHUNK else "encrypted"
    return f'multipart/{multi};protocol="{protocol}";boundary="Encrypted Boundary"'


def seal_body(protocol: str, plain: bytes, seal: Seal) -> bytes:
    """Seal a SOAP envelope.

    Args:
        protocol: `SPNEGO` or `CREDSSP`.
        plain: The envelope.
        seal: Plain text to signature (or TLS header) and sealed text.
    """
    size = _CHUNK if protocol == CREDSSP else max(len(plain), 1)
    parts = []
    for start in range(0, max(len(plain), 1), size):
        piece = plain[start : start + size]
        signature, sealed = seal(piece)
        parts += [
            _BOUNDARY + b"\r\n\tContent-Type: " + protocol.encode() + b"\r\n",
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % len(piece),
            _BOUNDARY + b"\r\n" + _PART + struct.pack("<i", len(signature)) + signature + sealed,
        ]
    return b"".join(parts) + _BOUNDARY + b"--\r\n"


def unseal_body(body: bytes, unseal: Unseal) -> bytes:
    """Read a sealed body by the lengths in it; sealed bytes may look like a boundary.

    Raises:
        BadSeal: other keys, a wrong length, or no sealed body at all.
    """
    plain = []
    position = 0
    while not body.startswith(_BOUNDARY + b"--", position):
        found = _LENGTH.search(body, position)
        start = body.find(_PART, position)
        if found is None or start < 0:
            raise BadSeal("not a sealed body")
        start += len(_PART)
        end = _end_of_part(body, start, int(found[1]))
        size = struct.unpack_from("<i", body, start)[0]
        if not 0 <= size <= 256:
            raise BadSeal("signature length out of range")
        text = _unseal_part(body, start + 4, size, end, unseal)
        if len(text) != int(found[1]):
            raise BadSeal("length differs from OriginalContent")
        plain.append(text)
        position = end
    return b"".join(plain)


def _unseal_part(body: bytes, start: int, size: int, end: int, unseal: Unseal) -> bytes:
    try:
        return unseal(body[start : start + size], body[start + size : end])
    except Exception as error:  # whatever the security provider raises for foreign keys
        raise BadSeal(str(error)) from error


def _end_of_part(body: bytes, start: int, plain_size: int) -> int:
    # Sealed text is never shorter than the plain text, so the boundary can be looked for behind it.
    end = body.find(_BOUNDARY, start + plain_size)
    if end < 0:
        raise BadSeal("closing boundary is missing")
    return end
