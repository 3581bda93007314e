"""Stock pywinrm against the server: every authentication, sealed and over TLS, and what Windows refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import winrm
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMTransportError

from exmigrate.twin.wsman import LogonKind
from tests.wire.world import LOCAL_PASSWORD, PASSWORD, Organization

pytestmark = pytest.mark.wire


def client(organization: Organization, kind: str, *, https: bool = False, **more: object) -> winrm.Protocol:
    endpoint = organization.mail1.https if https else organization.mail1.http
    settings = {
        "username": "EXAMPLE\\admin",
        "password": PASSWORD,
        "proxy": None,
        "ca_trust_path": None,
    } | more
    if https:
        settings["ca_trust_path"] = more.get("ca_trust_path", organization.trust)
    return winrm.Protocol(endpoint, transport=kind, **settings)


def run(protocol: winrm.Protocol, command: str, arguments: tuple[str, ...] = ()) -> tuple[bytes, bytes, int]:
    shell = protocol.open_shell()
    try:
        command_id = protocol.run_command(shell, command, arguments)
        try:
            return protocol.get_command_output(shell, command_id)
        finally:
            protocol.cleanup_command(shell, command_id)
    finally:
        protocol.close_shell(shell)


@pytest.fixture(autouse=True)
def _trust(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(organization.server.authority.pem)
    organization.trust = str(path)


@pytest.mark.parametrize("https", [False, True])
@pytest.mark.parametrize("user", ["EXAMPLE\\admin", "admin@example.test", "example.test\\ADMIN"])
def test_ntlm_runs_commands(organization: Organization, https: bool, user: str) -> None:
    out = run(client(organization, "ntlm", https=https, username=user), "emit", ("hello", "bad", "3"))
    assert out == (b"hello", b"bad", 3)
    assert ("MAIL1", "admin", LogonKind.NTLM) in organization.accounts.logons


@pytest.mark.parametrize("https", [False, True])
def test_credssp_delegates_and_ntlm_does_not(organization: Organization, https: bool) -> None:
    out, _, code = run(client(organization, "credssp", https=https), "hop")
    assert (out, code) == (b"credssp EXAMPLE\\admin", 0)
    out, err, code = run(client(organization, "ntlm", https=https), "hop")
    assert (out, err, code) == (b"", b"Access is denied.\r\n", 5)


def test_message_encryption_on_https_is_understood_too(organization: Organization) -> None:
    for kind in ("ntlm", "credssp"):
        protocol = client(organization, kind, https=True, message_encryption="always")
        assert run(protocol, "hostname")[0] == b"MAIL1\r\n"


def test_large_credssp_messages_are_sealed_in_pieces(organization: Organization) -> None:
    protocol = client(organization, "credssp")
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "cat")
    data = b"".join(b"%06d\n" % n for n in range(12000))
    protocol.send_command_input(shell, command, data, end=True)
    assert protocol.get_command_output(shell, command) == (data, b"", 0)
    protocol.close_shell(shell)


def test_basic_is_for_local_accounts_over_tls_only(organization: Organization) -> None:
    local = {"username": "svc", "password": LOCAL_PASSWORD}
    assert run(client(organization, "basic", https=True, **local), "whoami")[0] == b"mail1\\svc\r\n"
    with pytest.raises(InvalidCredentialsError):
        run(client(organization, "basic", https=True), "whoami")
    with pytest.raises(InvalidCredentialsError):
        run(client(organization, "plaintext", **local), "whoami")


def test_certificate_is_mapped_to_a_local_account(organization: Organization, tmp_path: Path) -> None:
    for upn, works in (("svc@localhost", True), ("admin@example.test", False)):
        pem, key = organization.server.authority.client(upn).write(tmp_path, (works and "good") or "bad")
        protocol = client(organization, "certificate", https=True, cert_pem=str(pem), cert_key_pem=str(key))
        if works:
            assert run(protocol, "hop") == (b"", b"Access is denied.\r\n", 5)
        else:
            with pytest.raises(InvalidCredentialsError):
                run(protocol, "hop")


def test_untrusted_server_certificate_is_refused_by_the_client(organization: Organization) -> None:
    import requests

    with pytest.raises(requests.exceptions.SSLError):
        run(client(organization, "ntlm", https=True, ca_trust_path=None), "whoami")


@pytest.mark.parametrize("kind", ["ntlm", "credssp"])
def test_wrong_password_counts_towards_the_lockout(organization: Organization, kind: str) -> None:
    for _ in range(3):
        with pytest.raises(Exception, match=r"(?i)rejected|CredSSP|0xc000006d"):
            run(client(organization, kind, password="wrong"), "whoami")
    assert organization.accounts.accounts["admin"].locked
    with pytest.raises(Exception, match=r"(?i)rejected|CredSSP|0xc000006d"):
        run(client(organization, kind), "whoami")


def test_account_without_rights_gets_access_denied(organization: Organization) -> None:
    with pytest.raises(WinRMError) as caught:
        run(client(organization, "ntlm", username="EXAMPLE\\clerk"), "whoami")
    assert caught.value.wsman_fault_code == 5


def test_unsealed_messages_over_http_are_not_looked_at(organization: Organization) -> None:
    with pytest.raises(WinRMTransportError) as caught:
        run(client(organization, "ntlm", message_encryption="never"), "whoami")
    assert caught.value.code == 500
