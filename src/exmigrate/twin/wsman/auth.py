"""Who a TCP connection belongs to: Negotiate, CredSSP, Basic and certificate, and the keys that seal its bodies."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from . import sealing
from .ntlm import NtlmAcceptor, credssp_acceptor, negotiate_acceptor, nt_hash
from .ports import Account, Accounts, Logon, LogonKind, MachineSpec

MUTUAL: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_UPN: Final = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")

# A refused logon is an ordinary event of the simulated machine, nothing to print.
logging.getLogger("spnego").addHandler(logging.NullHandler())


class Verdict(Enum):
    """Result of one Authorization header."""

    ACCEPTED = "accepted"
    CONTINUE = "continue"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `header` is the WWW-Authenticate value, empty for none."""

    verdict: Verdict
    header: str = ""


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS side of a connection: certificates in DER; `client` is empty without one."""

    server: bytes
    client: bytes


class ConnectionSecurity:
    """Authentication state of one connection.

    Args:
        spec: The machine that is spoken to.
        accounts: Who may log on.
        tls: None on plain HTTP.

    Attributes:
        logon: Who the connection belongs to; None before authentication.
    """

    def __init__(self, spec: MachineSpec, accounts: Accounts, tls: Tls | None) -> None:
        self._spec = spec
        self._accounts = accounts
        self._tls = tls
        self._ntlm: NtlmAcceptor | None = None
        self._context: Any = None
        self._protocol = ""
        self.logon: Logon | None = None
        self.account: Account | None = None

    @property
    def offers(self) -> list[str]:
        """WWW-Authenticate values of a 401."""
        offered = ["Negotiate"]
        if self._spec.credssp:
            offered.append("CredSSP")
        if self._tls is not None and self._spec.basic:
            offered.append('Basic realm="WSMAN"')
        return offered

    def forget(self) -> None:
        """Drop the logon, as if the service had recycled the connection's context."""
        self._context = self._ntlm = self.logon = self.account = None
        self._protocol = ""

    def authenticate(self, header: str) -> Answer:
        """Take one Authorization header."""
        scheme, _, rest = header.strip().partition(" ")
        kind = scheme.lower()
        if kind in ("negotiate", "credssp"):
            return self._exchange(scheme, kind, rest.strip())
        if kind == "basic" and "Basic" in " ".join(self.offers):
            return self._basic(rest.strip())
        if header.strip() == MUTUAL and self._tls is not None and self._spec.certificate:
            return self._certificate(self._tls.client)
        return self._refuse()

    def _exchange(self, scheme: str, kind: str, token_text: str) -> Answer:
        try:
            token = base64.b64decode(token_text, validate=True)
        except binascii.Error:
            return self._refuse()
        if kind == "credssp" and not self._spec.credssp:
            return self._refuse()
        if self._context is None or self.logon is not None:
            self._begin(kind)
        try:
            out = self._context.step(token)
        except (SpnegoError, ValueError, TypeError, KeyError, IndexError):
            # A token from the network may be anything; whatever it breaks, it is no logon.
            return self._refuse()
        reply = f"{scheme} {base64.b64encode(out).decode()}" if out else ""
        if not self._context.complete:
            return Answer(Verdict.CONTINUE, reply) if reply or kind == "credssp" else self._refuse()
        account = self._ntlm.account if self._ntlm else None
        if account is None:
            return self._refuse()
        self._accept(account, LogonKind.CREDSSP if kind == "credssp" else LogonKind.NTLM)
        self._protocol = sealing.CREDSSP if kind == "credssp" else sealing.SPNEGO
        return Answer(Verdict.ACCEPTED, reply)

    def _begin(self, kind: str) -> None:
        self.forget()
        logon_kind = LogonKind.CREDSSP if kind == "credssp" else LogonKind.NTLM
        bindings = _channel_bindings(self._tls.server) if self._tls and kind == "negotiate" else None
        self._ntlm = NtlmAcceptor(self._spec, self._accounts, logon_kind, bindings)
        self._context = credssp_acceptor(self._ntlm) if kind == "credssp" else negotiate_acceptor(self._ntlm)

    def _basic(self, text: str) -> Answer:
        try:
            name, found, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return self._refuse()
        domain, _, user = name.rpartition("\\")
        account = self._accounts.find(self._spec.name, domain, user) if found else None
        # The service takes Basic for accounts of the machine only; a domain account fails with any password.
        if account is None or not account.is_local or not account.enabled or account.locked:
            return self._refuse()
        if not hmac.compare_digest(nt_hash(password), account.nt_hash):
            self._accounts.failed(self._spec.name, account)
            return self._refuse()
        if self.logon is None:
            self._accounts.succeeded(self._spec.name, account, LogonKind.BASIC)
        self._accept(account, LogonKind.BASIC)
        return Answer(Verdict.ACCEPTED)

    def _certificate(self, der: bytes) -> Answer:
        upn = _principal_name(der) if der else ""
        account = self._accounts.by_certificate(self._spec.name, upn) if upn else None
        if account is None or not account.is_local or not account.enabled:
            return self._refuse()
        self._accept(account, LogonKind.CERTIFICATE)
        return Answer(Verdict.ACCEPTED)

    def _accept(self, account: Account, kind: LogonKind) -> None:
        self.account = account
        self.logon = Logon(
            account.name,
            account.domain,
            kind,
            can_delegate=kind is LogonKind.CREDSSP,
            is_local=account.is_local,
        )

    def _refuse(self) -> Answer:
        self.forget()
        return Answer(Verdict.REFUSED)

    @property
    def can_seal(self) -> bool:
        """True if the connection has keys."""
        return bool(self._protocol)

    def unseal(self, body: bytes) -> bytes:
        """Plain text of a sealed body.

        Raises:
            sealing.BadSeal: sealed under other keys.
        """
        return sealing.unseal_body(body, self._context.unwrap_winrm)

    def seal(self, plain: bytes) -> tuple[str, bytes]:
        """Content-Type and sealed body of a reply."""
        return sealing.content_type(self._protocol, len(plain)), sealing.seal_body(
            self._protocol, plain, self._wrap
        )

    def _wrap(self, plain: bytes) -> tuple[bytes, bytes]:
        wrapped = self._context.wrap_winrm(plain)
        return bytes(wrapped.header), bytes(wrapped.data)


def _channel_bindings(server_der: bytes) -> GssChannelBindings:
    certificate = x509.load_der_x509_certificate(server_der)
    algorithm = certificate.signature_hash_algorithm
    if algorithm is None or algorithm.name in ("md5", "sha1"):
        algorithm = hashes.SHA256()
    digest = hashes.Hash(algorithm)
    digest.update(server_der)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())


def _principal_name(der: bytes) -> str:
    """The UPN in a client certificate's subject alternative name, or nothing."""
    try:
        names = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except (ValueError, x509.ExtensionNotFound):
        return ""
    for name in names.value.get_values_for_type(x509.OtherName):
        if name.type_id == _UPN and name.value[:1] == b"\x0c":  # UTF8String, short form of its length
            return name.value[2 : 2 + name.value[1]].decode(errors="replace")
    return ""
