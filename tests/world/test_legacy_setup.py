"""Setup of 2007 and 2010 in an organization that 2000 or 2003 made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exmigrate.twin.world import legacy
from exmigrate.twin.world.exchange.people import PersonError
from exmigrate.twin.world.features import add_features
from exmigrate.twin.world.legacyspec import LegacySpec, RecipientPolicySpec
from exmigrate.twin.world.spec import DomainSpec
from exmigrate.twin.world.world import World
from tests.world.conftest import Done
from tests.world.legacy import E12, E14, OSLO, build, installed, person, script, windows_2003, world_spec
from tests.world.specs import contoso

Setup = Callable[..., Done]
GRANTED = (
    "foreach ($dc in 'dc01.contoso.com', 'dc02.contoso.com', 'dcno.no.contoso.com') {"
    " $d = ([ADSI]\"LDAP://$dc/RootDSE\").Get('defaultNamingContext');"
    ' $n = @(([ADSI]"LDAP://$dc/$d").psbase.ObjectSecurity.Access | Where-Object {'
    " \"$($_.ObjectType)\" -eq '1f298a89-de98-47b8-b5cd-572ad53d267e' -and"
    ' "$($_.IdentityReference)" -like \'*\\Exchange Enterprise Servers\' }).Count; "$dc $n" }'
)


def run(
    setup: Setup, world: World, *switches: str, media: str = E12, server: str = "NEW1", account: str = "admin"
) -> Done:
    """Setup of a medium on a new server."""
    passwords = {"admin": "Secret-1", "setup": "Secret-2"}
    return setup(
        world, server, *switches, media=media, account=f"CONTOSO\\{account}", password=passwords[account]
    )


def done(found: Done) -> None:
    """The run ended well."""
    assert found.code == 0, found.text


@pytest.fixture
def world() -> World:
    """The organization of 2003."""
    return build()


@pytest.fixture
def prepared(world: World, setup: Setup) -> World:
    """The same, prepared for 2007 on every controller."""
    for switch in ("/PrepareLegacyExchangePermissions", "/PrepareSchema", "/PrepareAD", "/PrepareAllDomains"):
        done(run(setup, world, switch))
        world.clock.advance(7200)
    return world


def test_legacy_permissions_reach_each_controller_of_each_domain_in_its_time(
    world: World, setup: Setup
) -> None:
    assert script(world, GRANTED).splitlines() == [
        "dc01.contoso.com 0",
        "dc02.contoso.com 0",
        "dcno.no.contoso.com 0",
    ]
    done(run(setup, world, "/PrepareLegacyExchangePermissions:contoso.com"))
    # DC02 lags half an hour behind
    assert script(world, GRANTED).splitlines() == [
        "dc01.contoso.com 1",
        "dc02.contoso.com 0",
        "dcno.no.contoso.com 0",
    ]
    world.clock.advance(1900)
    assert script(world, GRANTED).splitlines() == [
        "dc01.contoso.com 1",
        "dc02.contoso.com 1",
        "dcno.no.contoso.com 0",
    ]
    done(run(setup, world, "/pl"))
    assert script(world, GRANTED).splitlines()[2] == "dcno.no.contoso.com 1"


def test_legacy_permissions_want_a_known_domain_and_rights(world: World, setup: Setup) -> None:
    assert "wasn't found in this forest" in run(setup, world, "/pl:elsewhere.example").text
    assert "Enterprise Admins" in run(setup, world, "/pl", account="setup").text


def test_without_them_the_update_service_stops_with_the_schema(world: World, setup: Setup) -> None:
    dc = world.forest.controller("DC02")
    assert dc is not None

    def addresses(dn: str) -> list[str]:
        entry = dc.get(dn)
        return [str(v) for v in entry.get("proxyAddresses")] if entry else []

    before = person(world, "make-legacy-user", alias="berta", store="MS EX03", name="Berta Bern")
    assert addresses(before) == []
    world.clock.advance(3600)
    assert addresses(before) == ["SMTP:berta@contoso.com", "X400:c=CH;a= ;p=Contoso;s=Bern;g=Berta;"]
    done(run(setup, world, "/PrepareSchema"))
    world.clock.advance(7200)
    after = person(world, "make-legacy-user", alias="carla", store="MS EX03")
    world.clock.advance(7200)
    assert addresses(after) == []
    assert "Insufficient Rights" in script(
        world, "(Get-EventLog Application -Source MSExchangeAL -Newest 1).Message", "EX03"
    )
    done(run(setup, world, "/pl"))
    world.clock.advance(7200)
    assert addresses(after)[0] == "SMTP:carla@contoso.com"


def test_prepare_ad_makes_the_fixed_groups_and_leaves_the_old_ones(prepared: World) -> None:
    dc = prepared.forest.all()[0]
    names = [entry.dn.split(",")[0] for entry in legacy.administrative_groups(dc)]
    assert names == [
        "CN=Zurich Admins",
        "CN=Oslo Admins",
        "CN=Exchange Administrative Group (FYDIBOHF23SPDLT)",
    ]
    assert [e.dn.split(",")[0] for e in legacy.routing_groups(dc)] == ["CN=RG-Zurich", "CN=RG-Oslo"]
    unit = f"OU=Microsoft Exchange Security Groups,{prepared.forest.root_dn}"
    for name in ("ExchangeLegacyInterop", "Exchange Organization Administrators", "Exchange Servers"):
        assert dc.get(f"CN={name},{unit}") is not None, name
    assert dc.search(dc.forest.configuration_dn, "(objectClass=msExchAcceptedDomain)")


@pytest.mark.parametrize("switch", ["/PrepareAD"])
def test_a_policy_without_exactly_one_primary_stops_prepare_ad(setup: Setup, switch: str) -> None:
    spec = world_spec().legacy
    bad = RecipientPolicySpec("Fax", ("SMTP:@contoso.com", "FAXMAKER:one", "FAXMAKER:two"), priority=4)
    world = build(legacy=replace(spec, policies=(*spec.policies, bad)))
    found = run(setup, world, switch)
    assert found.code == 1
    assert "'Fax' has 2 primary e-mail addresses of the type 'FAXMAKER'" in found.text
    assert person(world, "fix-recipient-policies")
    world.clock.advance(7200)
    done(run(setup, world, switch))


def test_mixed_mode_and_what_5_5_left_stop_it(setup: Setup) -> None:
    spec = world_spec()
    left = replace(spec.legacy, connection_agreements=("Config CA",), site_replication_services=("EX03",))
    world = build(legacy=left, forest=replace(spec.forest, mixed_mode=True))
    text = run(setup, world, "/PrepareAD").text
    assert "mixed mode" in text
    assert "connection agreement Config CA" in text
    with pytest.raises(PersonError, match="cannot be switched to native mode"):
        person(world, "switch-native-mode")
    person(world, "remove-55")
    person(world, "switch-native-mode")
    world.clock.advance(7200)
    assert world.servers["ex03"].services.get("MSExchangeSRS") is None
    done(run(setup, world, "/PrepareAD"))


def test_a_domain_in_mixed_mode_stops_it(setup: Setup) -> None:
    spec = world_spec()
    domains = (spec.forest.domains[0], DomainSpec("no.contoso.com", "NO", functional_level=0, mixed=True))
    world = build(forest=replace(spec.forest, domains=domains, functional_level=0))
    assert "no.contoso.com is in mixed mode" in run(setup, world, "/PrepareAD").text
    person(world, "raise-domain-level", domain="no.contoso.com")
    world.clock.advance(7200)
    done(run(setup, world, "/PrepareAD"))
    # 2010 wants the forest at Windows 2003
    assert "forest functional level" in run(setup, world, "/PrepareSchema", media=E14).text


@pytest.mark.parametrize(
    ("level", "media", "reason"),
    [
        ("2003SP1", E12, "All Exchange 2003 servers must be upgraded to 2003SP2"),
        ("2003SP1", E14, "All Exchange 2003 servers must be upgraded to 2003SP2"),
        ("2000SP3", E14, "Exchange 2000 servers exist in this organization: NO03"),
    ],
)
def test_old_servers_below_their_level_stop_it(setup: Setup, level: str, media: str, reason: str) -> None:
    servers = tuple(
        windows_2003(
            "NO03", "10.1.0.22", installed(OSLO, "RG-Oslo", "Mailbox", level=level), "no.contoso.com"
        )
        if item.name == "NO03"
        else item
        for item in world_spec().servers
    )
    world = build(servers=servers)
    assert reason in run(setup, world, "/PrepareAD", media=media).text


def test_the_first_hub_needs_a_legacy_routing_server(prepared: World, setup: Setup) -> None:
    assert "LegacyRoutingServer" in run(setup, prepared, "/mode:Install", "/roles:HubTransport").text
    unknown = run(setup, prepared, "/mode:Install", "/roles:HT", "/LegacyRoutingServer:nobody.contoso.com")
    assert "is not an Exchange 2000 or Exchange 2003 server" in unknown.text
    done(
        run(setup, prepared, "/mode:Install", "/roles:HubTransport", "/LegacyRoutingServer:bh03.contoso.com")
    )
    prepared.clock.advance(3600)
    dc = prepared.forest.all()[0]
    later = "Exchange Routing Group (DWBGZMFD01QNBJR)"
    pair = legacy.routing_group_connectors(dc, later)
    assert sorted((c.sources, c.targets) for c in pair) == [(("BH03",), ("NEW1",)), (("NEW1",), ("BH03",))]
    interop = dc.get(
        f"CN=ExchangeLegacyInterop,OU=Microsoft Exchange Security Groups,{prepared.forest.root_dn}"
    )
    assert interop is not None
    assert [str(m) for m in interop.get("member")] == ["CN=BH03,CN=Computers,DC=contoso,DC=com"]
    # the next one needs none
    done(run(setup, prepared, "/mode:Install", "/roles:HubTransport", server="NEW2"))
    assert len(legacy.routing_group_connectors(dc, later)) == 2


def test_a_provisioned_server_lets_its_administrator_install(prepared: World, setup: Setup) -> None:
    first = run(setup, prepared, "/NewProvisionedServer:NEW2", r"/ServerAdmin:CONTOSO\setup")
    assert "first server" in first.text
    done(run(setup, prepared, "/mode:Install", "/roles:ClientAccess"))
    prepared.clock.advance(3600)
    prepared.servers["new2"].administrators.add("setup")
    refused = run(setup, prepared, "/mode:Install", "/roles:ClientAccess", server="NEW2", account="setup")
    assert "You must be a member of the 'Exchange Organization Administrators'" in refused.text
    done(run(setup, prepared, "/NewProvisionedServer:NEW2", r"/ServerAdmin:CONTOSO\setup"))
    done(run(setup, prepared, "/RemoveProvisionedServer:NEW2"))
    assert "no provisioned server" in run(setup, prepared, "/RemoveProvisionedServer:NEW2").text
    done(run(setup, prepared, "/nprs:NEW2", r"/ServerAdmin:CONTOSO\setup"))
    prepared.clock.advance(3600)
    done(run(setup, prepared, "/mode:Install", "/roles:ClientAccess", server="NEW2", account="setup"))
    assert "has been installed" in run(setup, prepared, "/RemoveProvisionedServer:NEW2").text


def test_windows_own_smtp_service_stops_a_role(prepared: World, setup: Setup) -> None:
    add_features(prepared.servers["new1"], ("SMTP-Server",))
    text = run(setup, prepared, "/mode:Install", "/roles:HubTransport", "/LegacyRoutingServer:bh03").text
    assert "The SMTP service is installed on this computer" in text


def test_an_organization_without_2000_and_2003_has_nothing_of_it() -> None:
    world = World(contoso())
    dc = world.forest.all()[0]
    assert world.spec.legacy == LegacySpec()
    assert legacy.routing_groups(dc) == []
    assert dc.search(dc.domain_dn, "(sAMAccountName=Exchange Enterprise Servers)") == []


def test_the_update_service_fills_the_templates_of_the_default_policy() -> None:
    policy = RecipientPolicySpec(
        "Default Policy", ("SMTP:%g.%s@contoso.com", "smtp:%m@contoso.net"), priority=0
    )
    world = build(legacy=replace(world_spec().legacy, policies=(policy,)))
    dn = person(
        world, "make-legacy-user", alias="bb", store="MS NO03", domain="no.contoso.com", name="Berta Bern"
    )
    world.clock.advance(3600)
    dc = world.forest.controller("DCNO")
    entry = dc.get(dn) if dc is not None else None
    assert entry is not None
    assert [str(v) for v in entry.get("proxyAddresses")] == [
        "SMTP:Berta.Bern@contoso.com",
        "smtp:bb@contoso.net",
    ]
    assert entry.text("mail") == "Berta.Bern@contoso.com"


def test_the_update_service_waits_for_its_server() -> None:
    world = build()
    world.servers["no03"].services.stop("MSExchangeSA", force=True)
    dn = person(world, "make-legacy-user", alias="bb", store="MS NO03", domain="no.contoso.com")
    world.clock.advance(3600)
    dc = world.forest.controller("DCNO")
    assert dc is not None
    entry = dc.get(dn)
    assert entry is not None
    assert not entry.get("proxyAddresses")
    world.servers["no03"].services.start("MSExchangeIS")
    world.clock.advance(3600)
    stamped = dc.get(dn)
    assert stamped is not None
    assert stamped.text("mail") == "bb@contoso.com"
