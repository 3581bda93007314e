"""Machines: accounts, shares, second hops, tasks, restarts, names."""

import threading
from typing import Any

import pytest

from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.world.accounts import LogonRefused, Token
from exmigrate.twin.world.codec import SpecError
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import RunningProcess
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.spec import WorldSpec
from exmigrate.twin.world.tasks import NO_BATCH_RIGHT, ScheduledTask
from exmigrate.twin.world.world import World
from tests.world.specs import contoso

ADMIN = r"CONTOSO\exadmin"


def server_of(world: World, name: str = "MAIL2010") -> Server:
    found = world.server(name)
    assert found is not None
    return found


def as_account(world: World, server: Server, delegated: bool) -> ProcessMachine:
    record = world.accounts.find(server, "CONTOSO", "exadmin")
    assert record is not None
    token = world.accounts.token(server, record, "network", delegated)
    return world.machine(server, token, RunningProcess(1, "x", "x.exe", (), token, 0))


def test_the_specification_survives_its_json() -> None:
    assert WorldSpec.from_json(contoso().to_json()) == contoso()


def test_a_wrong_specification_names_the_place() -> None:
    with pytest.raises(SpecError, match=r"servers\[0\].os"):
        WorldSpec.from_json(
            '{"organization":"x","forest":{"domains":[],"domain_controllers":[],"sites":[]},"servers":[{"name":"a","os":5}]}'
        )


def test_five_bad_passwords_lock_an_account(world: World) -> None:
    server = server_of(world)
    for _ in range(5):
        with pytest.raises(LogonRefused, match="unknown user name or bad password"):
            world.accounts.logon(server, ADMIN, "wrong", "batch")
    with pytest.raises(LogonRefused, match="locked out"):
        world.accounts.logon(server, ADMIN, "Passw0rd!", "batch")
    world.clock.advance(3600)
    assert world.accounts.logon(server, ADMIN, "Passw0rd!", "batch").can_delegate


def test_a_network_logon_does_not_reach_a_share(world: World) -> None:
    server = server_of(world)
    path = r"\\files\media\e14sp3\setup.com"
    assert as_account(world, server, False).files.stat(path) is None
    with pytest.raises(MachineError, match="denied"):
        as_account(world, server, False).files.read(path)
    assert as_account(world, server, True).files.stat(path) is not None


def test_a_network_logon_does_not_reach_a_controller(world: World) -> None:
    server = server_of(world)
    with pytest.raises(MachineError, match="An operations error occurred"):
        as_account(world, server, False).directory.bind("LDAP://RootDSE")
    node = as_account(world, server, True).directory.bind("LDAP://RootDSE")
    assert node.call("Get", ["configurationNamingContext"]) == world.forest.configuration_dn
    assert node.controller.name == "DC01"


def test_adsi_reads_and_writes_one_controller(world: World) -> None:
    directory = as_account(world, server_of(world), True).directory
    node = directory.bind(f"LDAP://DC02/CN=Users,{world.forest.root_dn}")
    child = node.add_child("CN=Note", "container")
    child.put("description", ["hello"])
    child.commit()
    assert child.attributes()["description"] == ["hello"]
    with pytest.raises(MachineError, match="no such object"):
        directory.bind(f"LDAP://DC01/CN=Note,CN=Users,{world.forest.root_dn}")


def test_a_workgroup_machine_finds_no_domain(world: World) -> None:
    server = server_of(world, "EDGE01")
    token = Token("Administrator", "EDGE01", "network", False, True, frozenset({"Administrators"}))
    machine = world.machine(server, token, RunningProcess(1, "x", "x.exe", (), token, 0))
    with pytest.raises(MachineError, match="could not be contacted"):
        machine.directory.bind("LDAP://RootDSE")


def test_a_restart_ends_processes_and_changes_the_boot(world: World) -> None:
    server = server_of(world)
    token = world.accounts.logon(server, ADMIN, "Passw0rd!", "batch")
    process = server.processes.register("job", "job.exe", (), token)
    before = (server.boot_id, server.booted_at)
    server.require_reboot("test")
    server.restart()
    assert process.cancelled.is_set()
    assert server.processes.exit_code(process.pid) == -1
    world.clock.advance(600)
    assert server.up
    assert (server.boot_id, server.booted_at) != before
    assert not server.pending_reboot
    assert server.services.is_running("Winmgmt")


class OneProgram:
    """A runtime with one program that says who runs it."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, bool]] = []
        self.done = threading.Event()

    def find(self, machine: ProcessMachine, name: str) -> str | None:
        return name

    def execute(
        self, machine: ProcessMachine, path: str, arguments: Any, streams: Any, directory: str
    ) -> int:
        self.ran.append((machine.user, machine.token.can_delegate))
        self.done.set()
        return 7


def test_a_task_runs_as_its_account_and_can_delegate(world: World) -> None:
    runtime = OneProgram()
    world.runtime = runtime
    server = server_of(world)
    server.tasks.register(ScheduledTask(r"\jobs\one", "job.exe", account=ADMIN, password="Passw0rd!"))
    task = server.tasks.run(r"\jobs\one")
    assert runtime.done.wait(10)
    assert task.process is not None
    assert task.process.ended.wait(10)
    assert runtime.ran == [(ADMIN, True)]
    assert (task.result, task.runs) == (7, 1)


def test_a_task_with_a_wrong_password_is_refused(world: World) -> None:
    with pytest.raises(MachineError, match="bad password"):
        server_of(world).tasks.register(ScheduledTask("one", "job.exe", account=ADMIN, password="no"))


def test_a_task_needs_the_right_to_run_in_the_background(world: World) -> None:
    server = server_of(world)
    world.runtime = OneProgram()
    server.batch_logon = {"Backup Operators"}
    server.tasks.register(ScheduledTask("one", "job.exe", account=ADMIN, password="Passw0rd!"))
    assert server.tasks.run("one").result == NO_BATCH_RIGHT


def test_names_resolve_in_their_view(world: World) -> None:
    inside = as_account(world, server_of(world), False).network
    assert inside.resolve("mail.contoso.com") == ["10.0.0.20"]
    assert inside.resolve("MAIL2010") == ["10.0.0.30"]
    with pytest.raises(MachineError, match="No such host"):
        inside.resolve("nothing.contoso.com")
    with pytest.raises(MachineError):
        inside.query("mail.contoso.com", "A", "8.8.8.8")
    world.dns.point("mail.contoso.com", "10.0.0.30", "internal")
    assert inside.resolve("mail.contoso.com") == ["10.0.0.30"]


def test_ports_say_what_stands_behind_them(world: World) -> None:
    network = as_account(world, server_of(world), False).network
    assert network.connect("smarthost.example", 25, 5).receive(100, 5) == b"220 smarthost ESMTP\r\n"
    assert network.connect("MAIL2007", 25, 5).receive(100, 5).startswith(b"220 mail2007.contoso.com")
    with pytest.raises(MachineError, match="actively refused"):
        network.connect("MAIL2010", 25, 5)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('-File "C:\\a b\\x.ps1" -N', ["-File", "C:\\a b\\x.ps1", "-N"]),
        ('a "" b', ["a", "", "b"]),
        (r'"a\"b" c\d', ['a"b', r"c\d"]),
        (r"\\server\share\x", [r"\\server\share\x"]),
        ("a b  c", ["a", "b", "c"]),
        (r'"C:\Program Files\x.exe" /p:"a b"', [r"C:\Program Files\x.exe", "/p:a b"]),
        (r'a\\b "c\\" d\"e', [r"a\\b", "c\\", 'd"e']),
        ('x ""', ["x", ""]),
        ("", []),
    ],
)
def test_command_lines_split_as_windows_splits_them(line: str, words: list[str]) -> None:
    assert split_command(line) == words
