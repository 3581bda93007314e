"""Setup of Exchange: what it checks, what it leaves behind, how it dies."""

from collections.abc import Callable

from exmigrate import facts
from exmigrate.twin.world import preparation
from exmigrate.twin.world.features import add_features
from exmigrate.twin.world.installation import exchange_servers, watermark
from exmigrate.twin.world.server import SESSION_MANAGER
from exmigrate.twin.world.setup.context import LOG
from exmigrate.twin.world.world import World
from tests.world.conftest import Done
from tests.world.specs import contoso

Setup = Callable[..., Done]


def prepared(world: World, setup: Setup) -> None:
    """Bring the directory and the target's Windows to where a role can be installed."""
    server = world.server("MAIL2010")
    assert server is not None
    add_features(server, facts.required_features("2010SP3", "ClientAccess"), with_parents=True)
    server.services.set_start_type("NetTcpPortSharing", "Automatic")
    assert setup(world, "MAIL2010", "/PrepareAD").code == 0
    world.clock.advance(3600)


def test_prepare_schema_needs_ldifde(world: World, setup: Setup) -> None:
    done = setup(world, "MAIL2010", "/PrepareSchema")
    assert done.code == 1
    assert "ldifde.exe" in done.text


def test_prepare_schema_raises_the_level_and_replicates(world: World, setup: Setup) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    add_features(server, ["NET-Framework", "RSAT-ADDS"], with_parents=True)
    assert setup(world, "MAIL2010", "/ps").code == 0
    levels = [preparation.schema_level(dc) for dc in world.forest.all()]
    assert levels == [14734, 14625]
    world.clock.advance(3600)
    assert [preparation.schema_level(dc) for dc in world.forest.all()] == [14734, 14734]


def test_a_helpdesk_account_may_not_prepare(world: World, setup: Setup) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    add_features(server, ["NET-Framework", "RSAT-ADDS"], with_parents=True)
    done = setup(world, "MAIL2010", "/PrepareSchema", account=r"CONTOSO\helpdesk", password="Welcome.1")
    assert done.code == 1
    assert "Schema Admins" in done.text
    assert "local Administrators group" in done.text


def test_a_role_needs_its_windows_features(world: World, setup: Setup) -> None:
    done = setup(world, "MAIL2010", "/mode:Install", "/roles:ClientAccess,ManagementTools")
    assert done.code == 1
    assert "Web-WMI isn't installed" in done.text
    assert "Net. TCP Port Sharing" in done.text
    assert "Run setup /PrepareSchema" in done.text


def test_a_role_is_installed(world: World, setup: Setup) -> None:
    prepared(world, setup)
    done = setup(world, "MAIL2010", "/m:Install", "/r:C,MT", "/ExternalCASServerDomain:mail.contoso.com")
    assert done.code == 0, done.text
    server = world.server("MAIL2010")
    assert server is not None
    key = r"HKLM\SOFTWARE\Microsoft\ExchangeServer\v14\ClientAccessRole"
    assert server.registry_value(key, "ConfiguredVersion") == "14.3.123.4"
    assert server.registry_value(key, "Watermark") is None
    assert server.services.is_running("MSExchangeFBA")
    dc = world.forest.controller("DC01")
    assert dc is not None
    found = {name: bits for name, _, bits, _ in exchange_servers(dc)}
    assert found == {"MAIL2007": 38, "MAIL2010": 4}
    log = server.files.read(LOG).decode()
    assert "The Exchange Server setup operation completed successfully." in log
    assert [run.exit_code for run in server.setup_runs] == [0, 0]


def test_a_role_that_is_there_is_refused(world: World, setup: Setup) -> None:
    prepared(world, setup)
    assert setup(world, "MAIL2010", "/m:Install", "/r:C").code == 0
    again = setup(world, "MAIL2010", "/m:Install", "/r:C")
    assert again.code == 1
    assert "already installed" in again.text


def test_a_setup_that_died_leaves_its_watermark_and_resumes(world: World, setup: Setup) -> None:
    prepared(world, setup)
    world.faults.arm("setup-dies", "MAIL2010/ClientAccess:configure")
    assert setup(world, "MAIL2010", "/m:Install", "/r:C").code == -1
    server = world.server("MAIL2010")
    assert server is not None
    assert watermark(server, "2010", "ClientAccess") == "Install:ClientAccess:Configure"
    other = setup(world, "MAIL2010", "/m:Install", "/r:H")
    assert "Setup previously failed while performing the action" in other.text
    assert setup(world, "MAIL2010", "/m:Install", "/r:C").code == 0
    assert watermark(server, "2010", "ClientAccess") == ""


def test_a_pending_restart_stops_setup(world: World, setup: Setup) -> None:
    prepared(world, setup)
    server = world.server("MAIL2010")
    assert server is not None
    server.require_reboot("test")
    done = setup(world, "MAIL2010", "/m:Install", "/r:C")
    assert "A reboot from a previous installation is pending" in done.text
    before = server.boot_id
    server.restart()
    assert not server.up
    world.clock.advance(600)
    assert server.up
    assert server.boot_id != before
    assert setup(world, "MAIL2010", "/m:Install", "/r:C").code == 0


def test_uninstall_removes_the_server_object_with_the_last_role(world: World, setup: Setup) -> None:
    prepared(world, setup)
    assert setup(world, "MAIL2010", "/m:Install", "/r:C,MT").code == 0
    assert setup(world, "MAIL2010", "/mode:Uninstall", "/roles:ClientAccess").code == 0
    dc = world.forest.controller("DC01")
    server = world.server("MAIL2010")
    assert dc is not None
    assert server is not None
    assert [name for name, _, _, _ in exchange_servers(dc)] == ["MAIL2007"]
    assert server.exchange is not None
    assert server.exchange.roles == {"ManagementTools"}
    assert server.services.get("MSExchangeFBA") is None


def test_unknown_switches_are_refused(world: World, setup: Setup) -> None:
    done = setup(world, "MAIL2010", "/mode:Install", "/roles:ClientAccess", "/bogus")
    assert done.code == 1
    assert "'bogus' is not valid" in done.text


def test_two_setups_at_once_are_refused(world: World, setup: Setup) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    server.busy_with_setup = "/mode:Install"
    done = setup(world, "MAIL2010", "/PrepareSchema")
    assert done.code == 1
    assert "already running" in done.text
    assert server.setup_runs == []


def test_old_media_are_refused(world: World, setup: Setup) -> None:
    from exmigrate.twin.world.media import lay_media
    from exmigrate.twin.world.spec import MediaSpec

    lay_media(world, MediaSpec(r"D:\rtm", "2010", server="MAIL2010"))
    server = world.server("MAIL2010")
    assert server is not None
    add_features(server, ["NET-Framework", "RSAT-ADDS"], with_parents=True)
    done = setup(world, "MAIL2010", "/PrepareSchema", media=r"D:\rtm")
    assert "higher than Setup's version" in done.text


def test_a_service_pack_upgrades_every_role_and_wants_a_restart(setup: Setup) -> None:
    from dataclasses import replace

    from exmigrate.twin.world.spec import InstalledExchange, MediaSpec

    spec = contoso()
    servers = [
        replace(item, exchange=InstalledExchange("2007SP1", item.exchange.roles)) if item.exchange else item
        for item in spec.servers
    ]
    media = MediaSpec(r"C:\e12sp3", "2007SP3", server="MAIL2007")
    world = World(
        replace(
            spec,
            servers=tuple(servers),
            media=(media,),
            forest=replace(spec.forest, exchange_version="2007SP1"),
        )
    )
    refused = setup(world, "MAIL2007", "/m:Upgrade", media=r"C:\e12sp3")
    assert "run setup /PrepareAD" in refused.text
    # AD preparation from Windows 2008 needs ldifde, and the restart that it asks for
    add_features(world.servers["mail2007"], ("RSAT-ADDS",))
    world.servers["mail2007"].delete_registry(SESSION_MANAGER, "PendingFileRenameOperations")
    assert setup(world, "MAIL2007", "/PrepareAD", media=r"C:\e12sp3").code == 0
    done = setup(world, "MAIL2007", "/m:Upgrade", media=r"C:\e12sp3")
    assert done.code == 0, done.text
    server = world.server("MAIL2007")
    dc = world.forest.controller("DC01")
    assert server is not None
    assert dc is not None
    assert server.exchange is not None
    assert (server.exchange.level, server.exchange.build) == ("2007SP3", "8.3.83.6")
    assert server.pending_reboot
    assert exchange_servers(dc)[0][1] == "2007SP3"


def test_2010_refuses_a_2007_below_its_service_pack(setup: Setup) -> None:
    from dataclasses import replace

    from exmigrate.twin.world.spec import InstalledExchange

    spec = contoso()
    servers = [
        replace(item, exchange=InstalledExchange("2007SP1", item.exchange.roles)) if item.exchange else item
        for item in spec.servers
    ]
    world = World(replace(spec, servers=tuple(servers)))
    prepared(world, setup)
    done = setup(world, "MAIL2010", "/m:Install", "/r:C")
    assert "must be upgraded to 2007SP2" in done.text


def test_2003_servers_are_found_in_their_own_group() -> None:
    from dataclasses import replace

    from exmigrate.twin.world.spec import InstalledExchange, ServerSpec

    spec = contoso()
    old = ServerSpec(
        "EX2003", "contoso.com", addresses=("10.0.0.40",), os="2003", service_pack=2, bits=32, powershell="",
        exchange=InstalledExchange("2003SP2"),
    )  # fmt: skip
    world = World(replace(spec, servers=(*spec.servers, old)))
    dc = world.forest.controller("DC01")
    assert dc is not None
    assert {name: level for name, level, _, _ in exchange_servers(dc)} == {
        "MAIL2007": "2007SP3",
        "EX2003": "2003SP2",
    }
