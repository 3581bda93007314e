"""ConvertTo-SecureString, ConvertFrom-SecureString and Get-Credential.

The encrypted form that DPAPI gives on Windows is bound to a user of a machine; here the machine's name and user go
into it, so that another machine or user cannot read it back, as in life. Get-Credential asks, which a session without
a console cannot.
"""

from __future__ import annotations

import hashlib
from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types.texts import to_text

_MARK = "01000000d08c9ddf0115d1118c7a00c04fc297eb"
"""How the text of a DPAPI blob begins: version and provider (CryptProtectData)."""


def _to_secure(call: Call) -> None:
    text = to_text(call.bound.get("String"))
    if call.flag("AsPlainText"):
        if not call.flag("Force") and call.level != "7":
            raise call.throw(
                "The system cannot protect plain text input. To suppress this warning and convert the plain text to a "
                "SecureString, reissue the command specifying the Force parameter. For more information ,type: get-help "
                "ConvertTo-SecureString.",
                "ImportSecureString_ForceRequired",
                "InvalidArgument",
                exception="System.ArgumentException",
            )
        call.write(s.SecureString(text))
        return
    plain = _opened(text, _secret(call))
    if plain is None:
        raise call.throw(
            "Input string was not in a correct format."
            if not _is_hex(text)
            else "Key not valid for use in specified state.",
            "ImportSecureString_InvalidArgument"
            if not _is_hex(text)
            else "ImportSecureString_InvalidArgument_CryptographicError",
            "InvalidArgument",
            exception="System.FormatException"
            if not _is_hex(text)
            else "System.Security.Cryptography.CryptographicException",
        )
    call.write(s.SecureString(plain))


def _from_secure(call: Call) -> None:
    secret = call.bound["SecureString"]
    if call.flag("AsPlainText"):
        call.write(secret.reveal())
        return
    call.write(_sealed(secret.reveal(), _secret(call)))


def _secret(call: Call) -> bytes:
    """What the encrypted form depends on: the key given, or who runs on which machine."""
    key = call.bound.get("Key")
    secure = call.bound.get("SecureKey")
    if secure is not None:
        key = secure.reveal().encode("utf-16-le")
    if key is None:
        machine = call.machine
        return f"{machine.name}\\{machine.user}".lower().encode()
    data = bytes(int(one) & 255 for one in key)
    if len(data) not in (16, 24, 32):
        raise call.throw(
            "The specified key is not valid. Valid key length settings are either 128 bits, 192 bits, or 256 bits.",
            "ImportSecureString_InvalidArgument",
            "InvalidArgument",
            exception="System.ArgumentException",
        )
    return data


def _stream(secret: bytes, size: int) -> bytes:
    out = b""
    while len(out) < size:
        out += hashlib.sha256(secret + len(out).to_bytes(4, "big")).digest()
    return out[:size]


def _sealed(text: str, secret: bytes) -> str:
    data = text.encode("utf-16-le")
    body = hashlib.sha256(secret + data).digest() + data
    return _MARK + bytes(a ^ b for a, b in zip(body, _stream(secret, len(body)), strict=True)).hex()


def _opened(text: str, secret: bytes) -> str | None:
    if not text.startswith(_MARK) or not _is_hex(text):
        return None
    sealed = bytes.fromhex(text[len(_MARK) :])
    body = bytes(a ^ b for a, b in zip(sealed, _stream(secret, len(sealed)), strict=True))
    digest, data = body[:32], body[32:]
    return data.decode("utf-16-le") if hashlib.sha256(secret + data).digest() == digest else None


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return bool(text) and len(text) % 2 == 0


def _credential(call: Call) -> None:
    given: Any = call.bound.get("Credential")
    if isinstance(given, s.Credential):
        call.write(given)
        return
    raise call.throw(
        "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."
        if call.level != "7"
        else "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "InvalidOperation",
        "InvalidOperation",
        exception="System.Management.Automation.PSInvalidOperationException",
    )


_SECURE, _PLAIN, _OPEN = ("Secure",), ("PlainText",), ("Open",)
CMDLETS = [
    Cmdlet("ConvertTo-SecureString", [
        Parameter("String", "string", position=0, mandatory=True, pipeline=True),
        Parameter("SecureKey", "securestring", sets=_SECURE, position=1),
        Parameter("AsPlainText", "switch", sets=_PLAIN, position=1),
        Parameter("Force", "switch", sets=_PLAIN, position=2),
        Parameter("Key", "byte[]", sets=_OPEN),
    ], _to_secure, default_set="Secure"),
    Cmdlet("ConvertFrom-SecureString", [
        Parameter("SecureString", "securestring", position=0, mandatory=True, pipeline=True),
        Parameter("SecureKey", "securestring", sets=_SECURE, position=1),
        Parameter("AsPlainText", "switch", sets=("AsPlainText",), since="7"),
        Parameter("Key", "byte[]", sets=_OPEN),
    ], _from_secure, default_set="Secure"),
    Cmdlet("Get-Credential", [
        Parameter("Credential", "object", position=0, sets=("CredentialSet",)),
        Parameter("Message", "string", sets=("MessageSet",), since="3.0"),
        Parameter("UserName", "string", position=0, sets=("MessageSet",), since="3.0"),
    ], _credential, default_set="CredentialSet"),
]  # fmt: skip
