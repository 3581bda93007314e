"""NTLM and CredSSP acceptors that ask the `Accounts` port, one per TCP connection.

pyspnego does the messages and the cryptography. Its own acceptor takes users only from one file that a
process-wide environment variable names, and calls every machine by this host's name; many simulated machines
with accounts that change need both per connection, so the two accepting steps are done here.
"""

from __future__ import annotations

import os
import threading

import spnego
import spnego.tls
from spnego._context import GSSMech
from spnego._credssp import CredSSPProxy, _create_tls_context
from spnego._negotiate import NegotiateProxy
from spnego._ntlm import NTLMProxy
from spnego._ntlm_raw.crypto import compute_response_v2, hmac_md5, md5, ntowfv1, ntowfv2, rc4k
from spnego._ntlm_raw.messages import (
    Authenticate,
    AvFlags,
    AvId,
    Challenge,
    FileTime,
    Negotiate,
    NegotiateFlags,
    NTClientChallengeV2,
    TargetInfo,
    Version,
)
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import BadBindingsError, ErrorCode, InvalidTokenError, SpnegoError

from .ports import Account, Accounts, LogonKind, MachineSpec

_CREDSSP_TLS_LOCK = threading.Lock()


def nt_hash(password: str) -> bytes:
    """MD4 of the UTF-16-LE password, as a domain controller keeps it."""
    return bytes(ntowfv1(password))


class NtlmAcceptor(NTLMProxy):  # type: ignore[misc]
    """The accepting side of one NTLM exchange on one machine.

    Attributes:
        account: Who logged on, once the exchange is complete.
    """

    def __init__(
        self,
        machine: MachineSpec,
        accounts: Accounts,
        kind: LogonKind,
        bindings: GssChannelBindings | None = None,
    ) -> None:
        # An initiator with an empty password needs no credential file; the accepting role is set right after.
        super().__init__(username="unused", password="", usage="initiate", channel_bindings=bindings)
        self.usage = "accept"
        self._credential = None
        self._lm = self._nt_v1 = False
        self._machine = machine
        self._accounts = accounts
        self._kind = kind
        self.account: Account | None = None

    @property
    def client_principal(self) -> str | None:
        return f"{self.account.domain}\\{self.account.name}" if self.account else None

    def _step_accept_negotiate(self, token: bytes) -> bytes:
        negotiate = Negotiate.unpack(token)
        flags = (
            negotiate.flags
            | NegotiateFlags.request_target
            | NegotiateFlags.ntlm
            | NegotiateFlags.always_sign
            | NegotiateFlags.target_info
            | NegotiateFlags.target_type_server
        )
        if flags & NegotiateFlags.unicode:
            flags &= ~NegotiateFlags.oem
        if flags & NegotiateFlags.extended_session_security:
            flags &= ~NegotiateFlags.lm_key
        machine = self._machine
        info = TargetInfo()
        info[AvId.nb_domain_name] = machine.domain.upper()
        info[AvId.nb_computer_name] = machine.name.upper()
        info[AvId.dns_domain_name] = machine.dns_domain or machine.name
        info[AvId.dns_computer_name] = machine.dns_name
        info[AvId.timestamp] = FileTime.now()
        extra = {"version": Version(6, 1, 7601)} if flags & NegotiateFlags.version else {}
        challenge = Challenge(
            flags, os.urandom(8), target_name=machine.domain.upper(), target_info=info, **extra
        )
        self._temp_negotiate = negotiate
        self._temp_challenge = challenge
        return bytes(challenge.pack())

    def _step_accept_authenticate(self, token: bytes, channel_bindings: GssChannelBindings | None) -> None:
        auth = Authenticate.unpack(token)
        if not auth.user_name or len(auth.nt_challenge_response or b"") <= 24:
            raise SpnegoError(
                ErrorCode.invalid_credential, context_msg="only NTLMv2 with a user name is accepted"
            )
        account = self._accounts.find(self._machine.name, auth.domain_name or "", auth.user_name)
        if account is None or not account.enabled or account.locked:
            raise SpnegoError(ErrorCode.invalid_credential, context_msg=f"no logon for {auth.user_name}")
        # The client hashes its own spelling of domain and user, not the stored one.
        response_key = ntowfv2(auth.user_name, account.nt_hash, auth.domain_name)
        proof = NTClientChallengeV2.unpack(auth.nt_challenge_response[16:])
        expected, _, key_exchange_key = compute_response_v2(
            response_key,
            self._temp_challenge.server_challenge,
            proof.challenge_from_client,
            proof.time_stamp,
            proof.av_pairs,
        )
        if auth.nt_challenge_response != expected:
            self._accounts.failed(self._machine.name, account)
            raise SpnegoError(
                ErrorCode.invalid_credential, context_msg=f"wrong password for {auth.user_name}"
            )
        self._check_bindings(proof.av_pairs, channel_bindings)
        self._session_key = self._exchanged_key(auth, key_exchange_key)
        if proof.av_pairs.get(AvId.flags, 0) & AvFlags.mic:
            self._check_mic(auth)
        self._context_attr = auth.flags
        self.account = account
        self._complete = True
        self._accounts.succeeded(self._machine.name, account, self._kind)

    def _check_bindings(self, pairs: TargetInfo, bindings: GssChannelBindings | None) -> None:
        # CbtHardeningLevel=Relaxed, the default of the service: bindings that are there must be right.
        sent = pairs.get(AvId.channel_bindings)
        if bindings and sent and sent not in (md5(bindings.pack()), b"\x00" * 16):
            raise BadBindingsError(context_msg="channel bindings of another TLS connection")

    def _exchanged_key(self, auth: Authenticate, key_exchange_key: bytes) -> bytes:
        protected = auth.flags & (NegotiateFlags.sign | NegotiateFlags.seal)
        if auth.flags & NegotiateFlags.key_exch and protected:
            return bytes(rc4k(key_exchange_key, auth.encrypted_random_session_key or b""))
        return key_exchange_key

    def _check_mic(self, auth: Authenticate) -> None:
        sent = auth.mic
        auth.mic = b"\x00" * 16
        messages = self._temp_negotiate.pack() + self._temp_challenge.pack() + auth.pack()
        if hmac_md5(self._session_key, messages) != sent:
            raise InvalidTokenError(context_msg="message integrity code of the NTLM exchange is wrong")


def negotiate_acceptor(ntlm: NtlmAcceptor) -> NegotiateProxy:
    """SPNEGO around an NTLM acceptor; takes raw NTLM tokens as well."""
    ntlm._is_wrapped = True
    return NegotiateProxy(usage="accept", _negotiate_contexts={GSSMech.ntlm: ntlm})


def credssp_acceptor(ntlm: NtlmAcceptor) -> CredSSPProxy:
    """CredSSP around an NTLM acceptor; TLS 1.2 at most, as the Windows versions in question speak it."""
    with _CREDSSP_TLS_LOCK:  # pyspnego makes its certificate once per process, without a lock
        tls = _create_tls_context("accept")
    tls.context.maximum_version = spnego.tls.ssl.TLSVersion.TLSv1_2
    return CredSSPProxy(
        usage="accept", credssp_negotiate_context=negotiate_acceptor(ntlm), credssp_tls_context=tls
    )
