"""Shells and commands: quotas, time-outs, signals, faults, machines that go down; pypsrp and curl as other clients."""

from __future__ import annotations

import select
import shutil
import socket
import subprocess
from dataclasses import replace

import pypsrp.shell
import pypsrp.wsman
import pytest
import requests
import winrm
from winrm.exceptions import WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError

from exmigrate.twin.wsman import WINRM_2, Effect, Endpoint, Moment, WireFault
from tests.wire.world import PASSWORD, Organization, machine

pytestmark = pytest.mark.wire


def connect(endpoint: Endpoint, operation_timeout_s: int = 20) -> winrm.Protocol:
    return winrm.Protocol(
        endpoint.http,
        transport="ntlm",
        username="EXAMPLE\\admin",
        password=PASSWORD,
        proxy=None,
        ca_trust_path=None,
        operation_timeout_sec=operation_timeout_s,
        read_timeout_sec=operation_timeout_s + 10,
    )


@pytest.fixture
def protocol(organization: Organization) -> winrm.Protocol:
    return connect(organization.mail1)


def fault_code(call: object, *arguments: object) -> int | None:
    with pytest.raises(WSManFaultError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.wsman_fault_code


def test_receive_without_output_times_out_and_output_comes_later(organization: Organization) -> None:
    protocol = connect(organization.mail1, operation_timeout_s=1)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "wait")
    with pytest.raises(WinRMOperationTimeoutError):
        protocol.get_command_output_raw(shell, command)
    organization.programs.release.set()
    assert protocol.get_command_output(shell, command) == (b"released", b"", 0)


def test_shell_carries_environment_directory_and_code_page(protocol: winrm.Protocol) -> None:
    shell = protocol.open_shell(env_vars={"A": "1"}, working_directory="C:\\Temp", codepage=65001)
    command = protocol.run_command(shell, "env")
    assert protocol.get_command_output(shell, command)[0] == b"{'A': '1'} C:\\Temp 65001"


def test_unknown_command_has_the_text_of_cmd(protocol: winrm.Protocol) -> None:
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "frobnicate", ["x"])
    out, err, code = protocol.get_command_output(shell, command)
    assert (out, code) == (b"", 1)
    assert err == (
        b"'frobnicate' is not recognized as an internal or external command,\r\n"
        b"operable program or batch file.\r\n"
    )
    assert fault_code(lambda: protocol.run_command(shell, "frobnicate", skip_cmd_shell=True)) == 2147942402


def test_quotas_of_winrm_2() -> None:
    organization = Organization(machine("MAIL1", quotas=WINRM_2))
    try:
        protocol = connect(organization.mail1)
        shells = [protocol.open_shell() for _ in range(5)]
        assert fault_code(protocol.open_shell) == 2150859173
        protocol.close_shell(shells.pop(), close_session=False)
        shell = protocol.open_shell()
        for _ in range(15):
            protocol.cleanup_command(shell, protocol.run_command(shell, "emit"))
        assert fault_code(protocol.run_command, shell, "emit") == 2150859174
        protocol.close_shell(shell, close_session=False)
        assert protocol.run_command(shells[0], "emit")
        body = "x" * 160_000
        assert fault_code(protocol.send_command_input, shells[0], "X", body.encode()) == 2150858823
    finally:
        organization.close()


def test_idle_shell_is_deleted() -> None:
    organization = Organization(machine("MAIL1", quotas=replace(WINRM_2, idle_timeout_s=0.0)))
    try:
        protocol = connect(organization.mail1)
        shell = protocol.open_shell()
        assert fault_code(protocol.run_command, shell, "emit") == 2150858843
    finally:
        organization.close()


def test_signal_ends_the_command_and_another_client_may_send_it(organization: Organization) -> None:
    first, second = connect(organization.mail1), connect(organization.mail1)
    shell = first.open_shell()
    command = first.run_command(shell, "cat")
    second.cleanup_command(shell, command)
    assert fault_code(first.get_command_output_raw, shell, command) == 2150858811


def test_reboot_ends_shells_and_the_port_refuses_and_comes_back(organization: Organization) -> None:
    protocol = connect(organization.mail1)
    shell = protocol.open_shell()
    organization.server.take_down("MAIL1")
    with pytest.raises(requests.ConnectionError):
        protocol.run_command(shell, "emit")
    protocol.transport.close_session()
    with pytest.raises(requests.ConnectionError, match="refused"):
        protocol.run_command(shell, "emit")
    other = connect(organization.mail2)
    assert other.open_shell()
    organization.server.bring_up("MAIL1")
    protocol.transport.close_session()
    assert fault_code(protocol.run_command, shell, "emit") == 2150858843


def test_a_machine_that_has_stopped_has_no_living_connection(organization: Organization) -> None:
    endpoint = organization.mail1
    clients = [socket.create_connection((endpoint.address, endpoint.http_port)) for _ in range(40)]
    poll = select.poll()
    for client in clients:
        client.sendall(b"POST /other HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 404")
        poll.register(client, select.POLLIN)
    organization.server.take_down("MAIL1")
    assert len(poll.poll(0)) == len(clients)
    for client in clients:
        with client, pytest.raises(ConnectionResetError):
            client.recv(1)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (WireFault("command", Effect.DROP), requests.ConnectionError),
        (WireFault("command", Effect.DROP, Moment.AFTER), requests.ConnectionError),
        (WireFault("command", Effect.HTTP, status=503), WinRMTransportError),
        (WireFault("command", Effect.FAULT, code=2150859174), WSManFaultError),
        (WireFault("command", Effect.TRUNCATE), requests.exceptions.ChunkedEncodingError),
        (WireFault("command", Effect.FAULT, code=2150858793), WinRMOperationTimeoutError),
    ],
)
def test_injected_faults_reach_a_stock_client(
    organization: Organization, protocol: winrm.Protocol, fault: WireFault, error: type[Exception]
) -> None:
    shell = protocol.open_shell()
    organization.faults.add(fault)
    with pytest.raises(error):
        protocol.run_command(shell, "emit", ["x"])
    assert len(organization.programs.runs.started) == (fault.moment is Moment.AFTER)
    assert organization.faults.hits == (fault,)
    protocol.transport.close_session()
    assert protocol.run_command(shell, "emit", ["x"])


def test_pypsrp_winrs_layer(organization: Organization) -> None:
    for auth, ssl in (("ntlm", False), ("credssp", False), ("negotiate", True)):
        port = organization.mail1.https_port if ssl else organization.mail1.http_port
        with (
            pypsrp.wsman.WSMan(
                "127.0.0.1",
                port=port,
                ssl=ssl,
                cert_validation=False,
                auth=auth,
                username="EXAMPLE\\admin",
                password=PASSWORD,
                encryption="auto",
                no_proxy=True,
            ) as wsman,
            pypsrp.shell.WinRS(wsman, codepage=65001) as shell,
        ):
            process = pypsrp.shell.Process(shell, "cat")
            process.begin_invoke()
            process.send(b"one\n", end=True)
            process.end_invoke()
            assert (process.stdout, process.rc) == (b"one\n", 0)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_identify(organization: Organization) -> None:
    body = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
        "<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"
    )
    for more, product in (
        (["-H", "WSMANIDENTIFY: unauthenticated", organization.mail1.http], "OS: 0.0.0 SP: 0.0"),
        (["-k", "-u", "svc:L0cal pass", organization.mail1.https], "OS: 6.1.7601 SP: 1.0"),
    ):
        command = ["curl", "-s", "--noproxy", "*", "-H", "Content-Type: application/soap+xml;charset=UTF-8"]
        done = subprocess.run(
            [*command, "-d", body, *more], capture_output=True, text=True, timeout=30, check=True
        )
        assert product in done.stdout
