"""Clustered mailbox servers of 2007: what is the clustered server's and what a node's, and what Setup and Exchange refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from exmigrate.twin.cmdlets.exchange.values import text_of
from exmigrate.twin.world.exchange import ExchangeSide
from exmigrate.twin.world.exchange.spec import (
    DatabaseSpec,
    ExchangeSpec,
    MailboxSpec,
    OfflineAddressBookSpec,
    StorageGroupSpec,
)
from exmigrate.twin.world.spec import (
    AccountSpec,
    ClusterSpec,
    DiskSpec,
    InstalledExchange,
    MediaSpec,
    ServerSpec,
)
from exmigrate.twin.world.world import World
from tests.exchange.harness import CmdletFailed, Shell
from tests.world.conftest import Done
from tests.world.specs import contoso

Run = Callable[..., Done]
MEDIA = r"\\files\e2007sp3"
HELD = ExchangeSpec(
    storage_groups=(StorageGroupSpec("SG1", "MBX07"), StorageGroupSpec("SG2", "MBX07")),
    databases=(DatabaseSpec("DB1", "MBX07", "SG1"),),
    mailboxes=(MailboxSpec("anna", "DB1", "Anna Ammann"),),
    offline_address_books=(OfflineAddressBookSpec(server="MBX07"),),
)


ON_D = DatabaseSpec("DB1", "MBX07", "SG1", edb_path=r"D:\MDB\DB1.edb")


def build(
    kind: str = "CCR",
    level: str = "2007SP1",
    held: ExchangeSpec = HELD,
    disks: Mapping[str, tuple[DiskSpec, ...]] | None = None,
) -> World:
    """A Hub at SP3, and MBX07 with its two nodes at a level; NODE-A is the active one."""

    def machine(name: str, last: int, version: str, *roles: str) -> ServerSpec:
        return ServerSpec(
            name, "contoso.com", addresses=(f"10.0.0.{last}",), os="2008", service_pack=2,
            exchange=InstalledExchange(version, roles, edition="Enterprise"), disks=(disks or {}).get(name, (DiskSpec(),)),
        )  # fmt: skip

    spec = contoso(
        servers=(
            machine("HUB07", 20, "2007SP3", "ClientAccess", "HubTransport"),
            machine("NODE-A", 21, level, "Mailbox"),
            machine("NODE-B", 22, level, "Mailbox"),
        ),
        clusters=(ClusterSpec("MBX07", ("NODE-A", "NODE-B"), "NODE-A", kind, ("10.0.0.25",)),),
        accounts=(
            AccountSpec(
                "admin", "Passw0rd!", groups=("Domain Admins", "Enterprise Admins", "Exchange Organization Administrators")
            ),
        ),
        media=(MediaSpec(MEDIA, "2007SP3", "8.3.83.6"),),
        exchange=held.to_plain(),
    )  # fmt: skip
    return World(spec, hooks=ExchangeSide())


@pytest.fixture
def pair() -> World:
    """Two nodes of a CCR at SP1."""
    return build()


@pytest.fixture
def run(setup: Run) -> Run:
    """Setup of 2007 SP3 on a node."""
    return lambda world, node, *switches: setup(
        world, node, *switches, media=MEDIA, account=r"CONTOSO\admin", password="Passw0rd!"
    )


def shell(world: World, node: str = "NODE-A") -> Shell:
    return Shell(world, node, "2007")


def services(world: World, name: str) -> dict[str, str]:
    return {n: world.servers[n].services.table[name.lower()].status for n in ("node-a", "node-b")}


def status(world: World) -> tuple[str, list[str]]:
    row = shell(world, "HUB07").one("Get-ClusteredMailboxServerStatus", Identity="MBX07")
    return row["State"], [str(m) for m in row["OperationalMachines"].items]


def moved(world: World, run: Run) -> None:
    """The passive node has the service pack and the clustered server, stopped."""
    assert run(world, "NODE-B", "/m:Upgrade").code == 0
    admin = shell(world)
    admin("Stop-ClusteredMailboxServer", Identity="MBX07", StopReason="service pack")
    admin("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="service pack")


def version(world: World) -> str:
    return str(text_of(shell(world).one("Get-ExchangeServer", Identity="MBX07")["AdminDisplayVersion"]))


def test_exchange_knows_the_clustered_server_and_none_of_its_nodes(pair: World) -> None:
    admin = shell(pair)
    rows = {r["Name"]: r for r in admin("Get-ExchangeServer")}
    assert set(rows) == {"HUB07", "MBX07"}
    assert (rows["MBX07"]["ServerRole"], rows["MBX07"]["IsMemberOfCluster"]) == ("Mailbox", "Yes")
    row = admin.one("Get-MailboxServer", Identity="MBX07")
    assert (row["ClusteredStorageType"], list(row["RedundantMachines"].items)) == (
        "NonShared",
        ["NODE-A", "NODE-B"],
    )
    assert shell(build("SCC")).one("Get-MailboxServer", Identity="MBX07")["ClusteredStorageType"] == "Shared"


def test_the_store_runs_on_the_active_node_alone_and_starts_by_no_restart(pair: World) -> None:
    assert services(pair, "MSExchangeIS") == {"node-a": "Running", "node-b": "Stopped"}
    assert services(pair, "MSExchangeRepl") == {"node-a": "Running", "node-b": "Running"}
    pair.servers["node-b"].restart()
    pair.clock.advance(600)
    assert services(pair, "MSExchangeIS") == {"node-a": "Running", "node-b": "Stopped"}


def test_the_name_of_the_clustered_server_leads_to_whoever_runs_it(pair: World) -> None:
    found = pair.server("mbx07.contoso.com")
    assert found is not None
    assert (found.name, found.fqdn, found.up) == ("MBX07", "mbx07.contoso.com", True)
    assert found.files is pair.servers["node-a"].files
    assert pair.dns.addresses("mbx07.contoso.com", "internal") == ["10.0.0.25"]
    shell(pair)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test")
    assert found.files is pair.servers["node-b"].files
    assert pair.server_at("10.0.0.25") is found


def test_a_move_of_a_running_server_takes_its_store_along(pair: World) -> None:
    shell(pair)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test")
    assert status(pair) == ("Online", ["NODE-A", "NODE-B <Active, Quorum Owner>"])
    assert services(pair, "MSExchangeIS") == {"node-a": "Stopped", "node-b": "Running"}
    assert shell(pair).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is True


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("NODE-C", "not a redundant machine"),
        ("HUB07", "not a redundant machine"),
        ("NODE-A", "already on node 'NODE-A'"),
    ],
)
def test_a_move_to_where_it_cannot_run_is_refused(pair: World, target: str, told: str) -> None:
    with pytest.raises(CmdletFailed, match=told):
        shell(pair)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine=target, MoveComment="test")
    assert status(pair)[0] == "Online"


def test_a_move_waits_for_healthy_copies(pair: World) -> None:
    admin = shell(pair)
    assert {r["SummaryCopyStatus"] for r in admin("Get-StorageGroupCopyStatus", Server="MBX07")} == {
        "Healthy"
    }
    pair.servers["node-b"].services.stop("MSExchangeRepl")
    assert {r["SummaryCopyStatus"] for r in admin("Get-StorageGroupCopyStatus", Server="MBX07")} == {
        "ServiceDown"
    }
    with pytest.raises(CmdletFailed, match=r"not healthy: SG1 \(ServiceDown\), SG2 \(ServiceDown\)"):
        admin("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test")
    assert status(pair)[1] == ["NODE-A <Active, Quorum Owner>", "NODE-B"]


def test_a_copy_that_failed_by_a_fault_is_told_of_its_storage_group(pair: World) -> None:
    pair.faults.arm("storage-group-copy", "MBX07/SG2", times=1, status="Suspended")
    found = {
        r["StorageGroupName"]: r["SummaryCopyStatus"]
        for r in shell(pair)("Get-StorageGroupCopyStatus", Server="MBX07")
    }
    assert found == {"SG1": "Healthy", "SG2": "Suspended"}


def test_shared_storage_has_no_copies_to_wait_for() -> None:
    world = build("SCC")
    assert shell(world)("Get-StorageGroupCopyStatus", Server="MBX07") == []
    world.servers["node-b"].services.stop("MSExchangeRepl")
    shell(world)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test")
    assert status(world)[1] == ["NODE-A", "NODE-B <Active, Quorum Owner>"]


def test_a_node_that_goes_down_hands_over_and_one_that_was_stopped_stays_stopped(pair: World) -> None:
    pair.servers["node-a"].restart()
    assert status(pair) == ("Online", ["NODE-B <Active, Quorum Owner>"])
    pair.clock.advance(600)
    assert services(pair, "MSExchangeIS") == {"node-a": "Stopped", "node-b": "Running"}
    shell(pair)("Stop-ClusteredMailboxServer", Identity="MBX07", StopReason="test")
    assert shell(pair).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is not True
    pair.servers["node-b"].restart()
    pair.clock.advance(600)
    assert status(pair)[0] == "Offline"
    assert services(pair, "MSExchangeIS") == {"node-a": "Stopped", "node-b": "Stopped"}
    shell(pair)("Start-ClusteredMailboxServer", Identity="MBX07")
    assert shell(pair).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is True


def test_without_a_second_node_that_fits_it_waits_for_its_own(pair: World, run: Run) -> None:
    assert run(pair, "NODE-B", "/m:Upgrade").code == 0
    pair.servers["node-a"].restart()
    assert status(pair)[0] == "Failed"
    pair.clock.advance(600)
    assert status(pair)[0] == "Online"


def test_a_database_without_its_drive_on_the_other_node_stays_dismounted() -> None:
    """Its path is that of the active node's disk: the clustered server comes up, that database does not."""
    world = build(
        disks={"NODE-A": (DiskSpec("C:"), DiskSpec("D:", 400, 300))}, held=replace(HELD, databases=(ON_D,))
    )
    assert world.servers["node-a"].files.stat(r"D:\MDB\DB1.edb") is not None
    shell(world)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test")
    assert status(world)[0] == "Online"
    assert shell(world).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is not True
    shell(world)("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-A", MoveComment="back")
    shell(world)("Mount-Database", Identity="DB1")
    assert shell(world).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is True


@pytest.mark.parametrize("switches", [("/m:Upgrade",), ("/m:Uninstall", "/r:Mailbox")])
def test_setup_leaves_the_active_node_alone(run: Run, switches: tuple[str, ...]) -> None:
    world = build(level="2007SP3" if "/m:Uninstall" in switches else "2007SP1")
    done = run(world, "NODE-A", *switches)
    assert done.code == 1
    assert "active node of the clustered mailbox server 'MBX07'" in done.text
    assert services(world, "MSExchangeIS")["node-a"] == "Running"


def test_a_service_pack_on_the_passive_node_changes_nothing_of_the_clustered_server(
    pair: World, run: Run
) -> None:
    assert run(pair, "NODE-B", "/m:Upgrade").code == 0
    assert pair.servers["node-b"].exchange.level == "2007SP3"  # type: ignore[union-attr]
    assert "8.1" in version(pair)
    assert status(pair) == ("Online", ["NODE-A <Active, Quorum Owner>", "NODE-B"])


def test_the_clustered_server_is_upgraded_on_the_node_that_owns_it(pair: World, run: Run) -> None:
    moved(pair, run)
    with pytest.raises(CmdletFailed, match="Run Setup /UpgradeCms on that node"):
        shell(pair)("Start-ClusteredMailboxServer", Identity="MBX07")
    elsewhere = run(pair, "NODE-A", "/UpgradeCms")
    assert (elsewhere.code, "its owning node is 'NODE-B'" in elsewhere.text) == (1, True), elsewhere.text
    assert status(pair)[0] == "Offline"
    done = run(pair, "NODE-B", "/UpgradeCms")
    assert done.code == 0, done.text
    assert status(pair) == ("Online", ["NODE-A", "NODE-B <Active, Quorum Owner>"])
    assert "8.3" in version(pair)
    assert shell(pair).one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is True
    again = run(pair, "NODE-B", "/UpgradeCms")
    assert (again.code, "already is of this or a later version" in again.text) == (1, True)
    assert run(pair, "NODE-A", "/m:Upgrade").code == 0


def test_programs_come_before_the_clustered_server(pair: World, run: Run) -> None:
    done = run(pair, "NODE-A", "/UpgradeCms")
    assert (done.code, "Upgrade the node with /mode:Upgrade first" in done.text) == (1, True), done.text


def test_a_running_server_does_not_start_on_a_node_with_newer_programs(pair: World, run: Run) -> None:
    assert run(pair, "NODE-B", "/m:Upgrade").code == 0
    with pytest.raises(CmdletFailed, match="cannot be brought online"):
        shell(pair)(
            "Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-B", MoveComment="test"
        )
    assert status(pair)[0] == "Offline"


@pytest.mark.parametrize(
    ("node", "switches", "told"),
    [
        ("NODE-A", ("/RemoveCms",), "must specify a value for the parameter 'CMSName'"),
        ("NODE-A", ("/RemoveCms", "/CMSName:MBX08"), "no clustered mailbox server 'MBX08'"),
        ("NODE-B", ("/RemoveCms", "/CMSName:MBX07"), "its owning node is 'NODE-A'"),
        ("HUB07", ("/RemoveCms", "/CMSName:MBX07"), "not a member of a cluster"),
        ("NODE-A", ("/RemoveCms", "/CMSName:MBX07"), "contains one or more mailboxes"),
        ("NODE-A", ("/NewCms", "/CMSName:MBX09"), "Not simulated: Setup switch /newcms"),
        ("NODE-A", ("/m:Install", "/r:HubTransport"), "Only the Mailbox server role can be installed"),
    ],
)  # fmt: skip
def test_what_setup_refuses_on_a_cluster(run: Run, node: str, switches: tuple[str, ...], told: str) -> None:
    world = build(level="2007SP3")
    done = run(world, node, *switches)
    assert done.code == 1
    assert told in done.text
    assert status(world)[0] == "Online"


def test_the_offline_address_book_keeps_the_clustered_server(run: Run) -> None:
    world = build(level="2007SP3")
    shell(world)("Disable-Mailbox", Identity="anna")
    done = run(world, "NODE-A", "/RemoveCms", "/CMSName:MBX07")
    assert (done.code, "generation server of offline address book" in done.text) == (1, True), done.text


def test_the_clustered_server_goes_and_then_its_nodes(run: Run) -> None:
    world = build(level="2007SP3", held=replace(HELD, offline_address_books=()))
    shell(world)("Disable-Mailbox", Identity="anna")
    done = run(world, "NODE-A", "/RemoveCms", "/CMSName:MBX07")
    assert done.code == 0, done.text
    assert world.server("MBX07") is None
    assert [r["Name"] for r in shell(world, "HUB07")("Get-ExchangeServer")] == ["HUB07"]
    assert services(world, "MSExchangeIS") == {"node-a": "Stopped", "node-b": "Stopped"}
    for node in ("NODE-A", "NODE-B"):
        assert run(world, node, "/m:Uninstall", "/r:Mailbox").code == 0
        assert world.servers[node.lower()].services.get("MSExchangeIS") is None
    again = run(world, "NODE-A", "/RemoveCms", "/CMSName:MBX07")
    assert again.code == 1


def test_a_passive_node_may_go_and_leaves_the_other_alone(run: Run) -> None:
    world = build(level="2007SP3")
    assert run(world, "NODE-B", "/m:Uninstall").code == 0
    row = shell(world).one("Get-MailboxServer", Identity="MBX07")
    assert list(row["RedundantMachines"].items) == ["NODE-A"]
    assert status(world) == ("Online", ["NODE-A <Active, Quorum Owner>"])
    assert {r["SummaryCopyStatus"] for r in shell(world)("Get-StorageGroupCopyStatus", Server="MBX07")} == {
        "Disabled"
    }


def test_a_server_that_is_a_machine_is_no_clustered_one(pair: World) -> None:
    with pytest.raises(CmdletFailed, match="'HUB07' is not a clustered mailbox server"):
        shell(pair)("Get-ClusteredMailboxServerStatus", Identity="HUB07")
    row: dict[str, Any] = shell(pair, "NODE-B").one("Get-ClusteredMailboxServerStatus")
    assert row["Identity"] == "MBX07"


def test_a_move_for_an_upgrade_that_fails_can_be_taken_back(pair: World, run: Run) -> None:
    moved(pair, run)
    pair.faults.arm("setup-fails", "NODE-B/upgradecms:start")
    assert run(pair, "NODE-B", "/UpgradeCms").code == 1
    admin = shell(pair)
    admin("Move-ClusteredMailboxServer", Identity="MBX07", TargetMachine="NODE-A", MoveComment="back")
    admin("Start-ClusteredMailboxServer", Identity="MBX07")
    assert status(pair) == ("Online", ["NODE-A <Active, Quorum Owner>", "NODE-B"])
    assert admin.one("Get-MailboxDatabase", Identity="DB1", Status=True)["Mounted"] is True
