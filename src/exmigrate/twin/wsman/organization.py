"""A whole simulated organization behind WinRM: the world's accounts, processes and restarts on the wire."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from exmigrate.twin.cmd import is_plain
from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.world.profiles import profile_folder

from .faults import Faults
from .ntlm import nt_hash
from .ports import (
    WINRM_2,
    Account,
    CommandNotFound,
    CommandRequest,
    Console,
    LogonKind,
    MachineSpec,
    MachineStops,
    Process,
    Quotas,
)
from .server import Endpoint, WinRMServer
from .tls import Authority

if TYPE_CHECKING:
    from exmigrate.twin.world.accounts import AccountRecord, Token
    from exmigrate.twin.world.processes import RunningProcess
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

FORMAT: Final = "exmigrate.endpoints/1"
_TICK_S: Final = 0.05
_CMD: Final = "C:\\Windows\\System32\\cmd.exe"


class WorldAccounts:
    """`Accounts` over the world's account database."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, machine: str, domain: str, user: str) -> Account | None:
        with self._world.access():
            server = self._server(machine)
            record = self._world.accounts.find(server, domain, user)
            return self._account(server, record) if record else None

    def by_certificate(self, machine: str, upn: str) -> Account | None:
        with self._world.access():
            server = self._server(machine)
            record = self._world.accounts.by_certificate(server, upn)
            return self._account(server, record) if record else None

    def failed(self, machine: str, account: Account) -> None:
        with self._world.access():
            record = self._record(machine, account)
            if record is not None:
                self._world.accounts.failed(record)

    def succeeded(self, machine: str, account: Account, kind: LogonKind) -> None:
        with self._world.access():
            record = self._record(machine, account)
            if record is not None:
                self._world.accounts.succeeded(record)

    def token(self, machine: str, account: str, domain: str, can_delegate: bool) -> Token:
        """The token of a network logon.

        Raises:
            CommandNotFound: the account was deleted in between.
        """
        with self._world.access():
            server = self._server(machine)
            record = self._world.accounts.find(server, domain, account)
            if record is None:
                raise CommandNotFound(account)
            return self._world.accounts.token(server, record, "network", can_delegate)

    def _server(self, machine: str) -> Server:
        return self._world.servers[machine.lower()]

    def _record(self, machine: str, account: Account) -> AccountRecord | None:
        return self._world.accounts.find(self._server(machine), account.domain, account.name)

    def _account(self, server: Server, record: AccountRecord) -> Account:
        token = self._world.accounts.token(server, record, "network", can_delegate=False)
        return Account(
            record.name,
            record.domain,
            nt_hash(record.password),
            is_local=record.is_local,
            enabled=record.enabled,
            locked=self._world.accounts.is_locked(record),
            may_use_remote_shell=token.member_of("Administrators"),
        )


class ConsoleStreams:
    """A WinRM command's streams as the world's processes know them; text is in the shell's code page."""

    def __init__(self, console: Console, codepage: int) -> None:
        self._console = console
        self.encoding = "utf-8" if codepage == 65001 else f"cp{codepage}"

    def read_line(self) -> str | None:
        line = self._console.stdin.readline()
        return line.decode(self.encoding, "replace").rstrip("\r\n") if line else None

    def read_all(self) -> str:
        return self._console.stdin.read().decode(self.encoding, "replace")

    def out(self, data: bytes) -> None:
        self._console.write_stdout(data)

    def err(self, data: bytes) -> None:
        self._console.write_stderr(data)


@dataclass(frozen=True, slots=True)
class WorldProcess:
    """A `Process` that is one of the world's."""

    running: RunningProcess

    @property
    def pid(self) -> int:
        return self.running.pid

    def terminate(self) -> None:
        self.running.stop()


class WorldProcesses:
    """`ProcessFactory` over the process tables of the world's servers: programs, or `cmd.exe` with the line."""

    def __init__(self, world: World, accounts: WorldAccounts) -> None:
        self._world = world
        self._accounts = accounts

    def start(self, request: CommandRequest, console: Console) -> Process:
        server = self._world.servers[request.machine.lower()]
        logon = request.logon
        token = self._accounts.token(request.machine, logon.account, logon.domain, logon.can_delegate)
        arguments = split_command(request.line)
        path = self._find(server, token, arguments[0]) if arguments and is_plain(request.line) else None
        if path is None and request.skip_cmd:
            raise CommandNotFound(request.command)
        if path is None:
            path, arguments = _CMD, ["cmd", "/c", request.line]
        try:
            started = server.processes.launch(
                path,
                arguments[1:],
                token,
                ConsoleStreams(console, request.codepage),
                request.working_directory or profile_folder(server, token),
                dict(request.environment) or None,
                on_exit=lambda code: console.exited(code & 0xFFFFFFFF if code < 0 else code),
            )
        except MachineError as error:
            if server.up:
                raise
            raise MachineStops(server.name) from error
        return WorldProcess(started)

    def _find(self, server: Server, token: Token, name: str) -> str | None:
        from exmigrate.twin.world.processes import RunningProcess

        probe = RunningProcess(0, "winrshost", "winrshost.exe", (), token, 0)
        return self._world.runtime.find(self._world.machine(server, token, probe), name)


class Organization:
    """All machines of a world on loopback, up and down with the world's own restarts.

    Args:
        world: The organization.
        faults: What is to go wrong on the wire.
        authority: Issues the machines' certificates.

    Attributes:
        endpoints: Where each machine listens, by its name.
    """

    def __init__(
        self, world: World, faults: Faults | None = None, authority: Authority | None = None
    ) -> None:
        self.world = world
        accounts = WorldAccounts(world)
        self.server = WinRMServer(accounts, WorldProcesses(world, accounts), faults, authority)
        self.endpoints: dict[str, Endpoint] = {}
        for machine in world.servers.values():
            self.endpoints[machine.name] = self.server.add(_spec(machine), up=machine.up)
        world.watchers.append(self._changed)
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="organization-clock", daemon=True)
        self._ticker.start()

    def _tick(self) -> None:
        # What is due (a restarted machine that comes up) must happen even while nobody can reach it to look.
        while not self._stopping.wait(_TICK_S):
            with self.world.access():
                pass

    def _changed(self, machine: Server) -> None:
        if machine.name not in self.endpoints:
            self.endpoints[machine.name] = self.server.add(_spec(machine), up=machine.up)
        elif machine.up:
            self.server.bring_up(machine.name)
        else:
            self.server.take_down(machine.name)

    def close(self) -> None:
        """Stop listening; processes end."""
        self._stopping.set()
        self._ticker.join()
        self.world.watchers.remove(self._changed)
        self.server.close()

    def write_endpoints(self, path: Path, *, epoch: str, origin: float, speed: float) -> None:
        """Write the endpoints file, and beside it the authority's certificate for clients to trust.

        Args:
            path: Of the file; private to its owner.
            epoch: Organization time at `origin`, ISO 8601.
            origin: Seconds since 1970 of the real clock.
            speed: Organization seconds per real second.
        """
        trust = path.with_suffix(".pem")
        _write_private(trust, self.server.authority.pem)
        document = endpoints_document(self.endpoints, self.world.servers, str(trust.resolve()))
        document |= {"epoch": epoch, "origin": origin, "speed": speed}
        _write_private(path, json.dumps(document, indent=1).encode())


def endpoints_document(
    endpoints: Mapping[str, Endpoint], servers: Mapping[str, Server], trust: str
) -> dict[str, object]:
    """The endpoints file as JSON values; each server stands under its short and its full name."""
    entries: dict[str, object] = {}
    for name, endpoint in endpoints.items():
        entry = {
            "address": endpoint.address,
            "http_port": endpoint.http_port,
            "https_port": endpoint.https_port,
            "trust": trust,
        }
        entries[name] = entries[servers[name.lower()].fqdn] = entry
    return {"format": FORMAT, "servers": entries}


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    os.replace(part, path)


def _spec(server: Server) -> MachineSpec:
    listeners = server.spec.listeners
    offered = {auth for listener in listeners for auth in listener.auth}
    secure = {auth for listener in listeners if listener.scheme == "https" for auth in listener.auth}
    domain = server.domain
    return MachineSpec(
        name=server.name,
        dns_name=server.fqdn,
        domain=server.netbios_domain,
        dns_domain=domain.name if domain else "",
        http=any(listener.scheme == "http" for listener in listeners),
        https=any(listener.scheme == "https" for listener in listeners),
        basic="basic" in secure,
        certificate="certificate" in secure,
        # Windows before 2008 has no such way to log on, whatever its listeners are said to offer.
        credssp="credssp" in offered and not server.spec.before_2008,
        os_version=server.windows.version,
        quotas=_quotas(server),
    )


def _quotas(server: Server) -> Quotas:
    """Limits of the service's version: 2.0 up to Windows 2008 R2, 3.0 from Windows 2012 on."""
    old = server.windows.version.startswith(("5.", "6.0", "6.1"))
    return replace(WINRM_2 if old else Quotas(), max_memory_mb=server.spec.max_memory_per_shell_mb)
