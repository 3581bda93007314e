"""The world behind the wire: its accounts, its processes, its restarts, its endpoints file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
import winrm
from winrm.exceptions import InvalidCredentialsError, WSManFaultError

from exmigrate.remote import ConnectionSettings, NeverRan, RemoteCredential, SessionLost, read_endpoints
from exmigrate.remote.transport import WinRMTransport
from exmigrate.twin.cmd import CommandShell
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import Streams
from exmigrate.twin.wsman import Organization
from tests.wire.small_world import LOCAL, PASSWORD, small_world

pytestmark = pytest.mark.wire


class Runtime:
    """Two programs: `id` tells who runs it, `sleep` waits to be ended. And `cmd`. Who looks for `late` stops the machine."""

    def find(self, machine: ProcessMachine, name: str) -> str | None:
        if name == "late":
            machine.server.go_down()
        return f"C:\\bin\\{name}.exe" if name in ("id", "sleep") else None

    def execute(
        self, machine: ProcessMachine, path: str, arguments: Sequence[str], streams: Streams, directory: str
    ) -> int:
        if path.endswith("sleep.exe"):
            machine.process.cancelled.wait(30)
            return 1
        if path.endswith("cmd.exe"):
            return CommandShell(self, machine, directory).run(arguments[1], streams)
        token = machine.token
        streams.out(f"{token.name} {token.can_delegate} {machine.server.name} {list(arguments)}".encode())
        return 7


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = Organization(small_world(Runtime()))
    yield made
    made.close()


def run(
    organization: Organization, machine: str, kind: str, user: str, password: str, command: str
) -> tuple[str, int]:
    endpoint = organization.endpoints[machine]
    secure = kind == "basic"
    protocol = winrm.Protocol(
        endpoint.https if secure else endpoint.http,
        transport=kind,
        username=user,
        password=password,
        proxy=None,
        ca_trust_path=None,
        server_cert_validation="ignore" if secure else "validate",
    )
    shell = protocol.open_shell()
    out, err, code = protocol.get_command_output(shell, protocol.run_command(shell, command, ["a b", "c"]))
    protocol.close_shell(shell)
    return (out + err).decode(), code


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_accounts_and_tokens_are_the_worlds(organization: Organization) -> None:
    told = "EXAMPLE\\admin {} EX1 ['a', 'b', 'c']"
    assert run(organization, "EX1", "ntlm", "EXAMPLE\\admin", PASSWORD, "id") == (told.format(False), 7)
    assert run(organization, "EX1", "credssp", "admin@example.test", PASSWORD, "id") == (told.format(True), 7)
    assert run(organization, "EX1", "basic", "svc", LOCAL, "id")[0].startswith("EX1\\svc False EX1")
    assert run(organization, "DC1", "ntlm", "EXAMPLE\\admin", PASSWORD, "id")[1] == 7
    with pytest.raises(WSManFaultError, match="Access is denied"):
        run(organization, "EX1", "ntlm", "EXAMPLE\\clerk", PASSWORD, "id")
    with pytest.raises(InvalidCredentialsError):
        run(organization, "EX2", "ntlm", "EX2\\svc", LOCAL, "id")
    assert run(organization, "EX1", "ntlm", "EXAMPLE\\admin", PASSWORD, "nothing")[1] == 1


def test_lock_out_is_the_worlds(organization: Organization) -> None:
    for _ in range(5):
        with pytest.raises(InvalidCredentialsError):
            run(organization, "EX1", "ntlm", "EXAMPLE\\admin", "wrong", "id")
    with pytest.raises(InvalidCredentialsError):
        run(organization, "EX1", "ntlm", "EXAMPLE\\admin", PASSWORD, "id")


def test_a_restart_refuses_connections_ends_shells_and_comes_back(organization: Organization) -> None:
    endpoint = organization.endpoints["EX1"]
    settings = ConnectionSettings("EX1", endpoint.address, "ntlm", port=endpoint.http_port)
    transport = WinRMTransport(settings, RemoteCredential("EXAMPLE\\admin", PASSWORD))
    shell = transport.open_shell()
    transport.start(shell, "sleep", [])
    server = organization.world.servers["ex1"]
    with organization.world.access():
        server.restart(down_s=600)
    assert not server.processes.running()
    transport.reset()
    with pytest.raises(NeverRan):
        transport.open_shell()
    while not organization.server.is_up("EX1"):
        organization.world.clock.sleep(60)
    with pytest.raises(SessionLost):
        transport.start(shell, "id", [])
    transport.reset()


def test_endpoints_file_is_what_the_client_reads(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    organization.write_endpoints(path, epoch="2011-03-07T06:00:00+00:00", origin=1.0, speed=600.0)
    found = read_endpoints(path, live=False)
    for name in ("EX1", "ex1.example.test"):
        settings = found.apply(ConnectionSettings(name, transport="basic", scheme="https"))
        assert settings.port == organization.endpoints["EX1"].https_port
        transport = WinRMTransport(settings, RemoteCredential("svc", LOCAL))
        assert transport.open_shell()
        transport.reset()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "BEGIN CERTIFICATE" in Path(json.loads(path.read_text())["servers"]["EX1"]["trust"]).read_text()


def test_a_machine_that_stops_before_it_has_started_a_program_aborts_the_connection(
    organization: Organization,
) -> None:
    with pytest.raises(requests.ConnectionError, match=r"Connection aborted|reset"):
        run(organization, "EX1", "ntlm", "EXAMPLE\\admin", PASSWORD, "late")
    assert not organization.server.is_up("EX1")
