"""The directory of an organization of 2003, as scripts of PowerShell 2.0 read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.twin.serve import build_world
from exmigrate.twin.world import legacy
from exmigrate.twin.world.exchange import spec as exchange
from exmigrate.twin.world.legacy.organization import smtp_domains
from exmigrate.twin.world.spec import InstalledExchange, ServerSpec
from exmigrate.twin.world.world import World
from tests.world.legacy import build, script, world_spec

SEARCH = (
    "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext');"
    "function Find($filter, $name) { $s = New-Object DirectoryServices.DirectorySearcher("
    '[ADSI]"LDAP://CN=Microsoft Exchange,CN=Services,$c", $filter);'
    "foreach ($r in $s.FindAll()) { $v = @($r.Properties[$name.ToLower()]) -join ';'; \"$($r.Properties['cn'][0]) = $v\" } };"
)


@pytest.fixture(scope="module")
def world() -> World:
    """The organization; no test of this module changes it."""
    return build()


def find(world: World, ldap: str, attribute: str) -> list[str]:
    """Lines of ``cn = values`` of what a filter finds."""
    return script(world, f"{SEARCH} Find '{ldap}' '{attribute}'").splitlines()


def test_servers_tell_version_role_and_routing_group(world: World) -> None:
    assert sorted(find(world, "(objectClass=msExchExchangeServer)", "serialNumber")) == [
        f"{name} = Version 6.5 (Build 7638.2: Service Pack 2)" for name in ("BH03", "EX03", "FE03", "NO03")
    ]
    assert sorted(find(world, "(objectClass=msExchExchangeServer)", "msExchServerRole")) == [
        "BH03 = 0",
        "EX03 = 0",
        "FE03 = 1",
        "NO03 = 0",
    ]
    assert find(world, "(&(objectClass=msExchExchangeServer)(cn=NO03))", "legacyExchangeDN") == [
        "NO03 = /o=Contoso/ou=Oslo Admins/cn=Configuration/cn=Servers/cn=NO03"
    ]
    assert find(world, "(msExchCurrentServerRoles=*)", "cn") == []


def test_routing_groups_have_masters_members_and_connectors(world: World) -> None:
    masters = find(world, "(objectClass=msExchRoutingGroup)", "msExchRoutingMasterDN")
    assert [line.split(",")[0] for line in masters] == ["RG-Zurich = CN=BH03", "RG-Oslo = CN=NO03"]
    (oslo,) = find(world, "(&(objectClass=msExchRoutingGroup)(cn=RG-Oslo))", "distinguishedName")
    inside = f"(&(objectClass=msExchExchangeServer)(msExchHomeRoutingGroup={oslo.partition(' = ')[2]}))"
    assert find(world, inside, "cn") == ["NO03 = NO03"]
    sources = find(world, "(objectClass=msExchRoutingGroupConnector)", "msExchSourceBridgeheadServersDN")
    assert sources[0].startswith("To Oslo = CN=1,CN=SMTP,CN=Protocols,CN=BH03,CN=Servers,CN=Zurich Admins,")
    assert find(world, "(&(objectClass=msExchRoutingGroupConnector)(cn=To Oslo))", "cost") == ["To Oslo = 10"]
    assert find(world, "(objectClass=msExchRoutingSMTPConnector)", "routingList") == ["Internet = SMTP:*;1"]


def test_recipient_policies_have_their_pages(world: World) -> None:
    assert find(world, "(&(objectClass=msExchRecipientPolicy)(cn=Norway))", "gatewayProxy") == [
        "Norway = SMTP:@contoso.no;smtp:@contoso.com"
    ]
    page = r"\EC\13\68\3B\89\CE\BA\42\94\42\D8\7D\4A\A3\0D\BC"
    assert find(world, f"(msExchPolicyOptionList={page})", "cn") == ["Norway = Norway", "Clean up = Clean up"]
    assert find(world, "(msExchNonAuthoritativeDomains=*)", "msExchNonAuthoritativeDomains") == [
        "Shared = smtp:@partner.example"
    ]
    assert find(world, "(&(objectClass=msExchRecipientPolicy)(msExchPolicyOrder=2147483647))", "cn") == [
        "Default Policy = Default Policy"
    ]
    dc = world.forest.all()[0]
    assert smtp_domains(dc) == [
        ("contoso.com", True, True),
        ("contoso.no", True, False),
        ("partner.example", False, False),
    ]


def test_update_services_lists_and_tree(world: World) -> None:
    links = find(world, "(objectClass=msExchAddressListService)", "msExchAddressListServiceLink")
    assert [line.split(",")[0] for line in links] == [
        "Recipient Update Service (Enterprise Configuration) = CN=EX03",
        "Recipient Update Service (CONTOSO) = CN=EX03",
        "Recipient Update Service (NO) = CN=NO03",
    ]
    assert "Default Global Address List = (mailNickname=*)" in find(
        world, "(objectClass=addressBookContainer)", "purportedSearch"
    )
    assert find(world, "(&(objectClass=addressBookContainer)(msExchQueryFilter=*))", "cn") == []
    (tree,) = find(world, "(&(objectClass=msExchPFTree)(msExchPFTreeType=1))", "distinguishedName")
    assert ",CN=Folder Hierarchies,CN=Zurich Admins," in tree


def test_stores_and_users_name_each_other(world: World) -> None:
    (store,) = find(world, "(&(objectClass=msExchPrivateMDB)(cn=MS EX03))", "msExchHomePublicMDB")
    assert store.startswith("MS EX03 = CN=PF EX03,CN=First Storage Group,CN=InformationStore,CN=EX03,")
    text = script(
        world,
        "$u = ([ADSI]'LDAP://CN=Anna Ammann,CN=Users,DC=contoso,DC=com'); $u.homeMDB.Value; $u.msExchHomeServerName.Value;"
        "'v=' + $u.msExchVersion.Value",
    ).splitlines()
    assert text[0].startswith(
        "CN=MS EX03,CN=First Storage Group,CN=InformationStore,CN=EX03,CN=Servers,CN=Zurich Admins,"
    )
    assert text[1:] == ["/o=Contoso/ou=Zurich Admins/cn=Configuration/cn=Servers/cn=EX03", "v="]


def test_domain_prep_left_groups_and_rights_in_each_domain(world: World) -> None:
    text = script(
        world,
        "foreach ($d in 'DC=contoso,DC=com', 'DC=no,DC=contoso,DC=com') {"
        ' @(([ADSI]"LDAP://CN=Exchange Enterprise Servers,CN=Users,$d").member).Count;'
        ' foreach ($m in @(([ADSI]"LDAP://CN=Exchange Domain Servers,CN=Users,$d").member)) { $m } }',
    ).splitlines()
    assert text == [
        "2",
        "CN=FE03,CN=Computers,DC=contoso,DC=com",
        "CN=BH03,CN=Computers,DC=contoso,DC=com",
        "CN=EX03,CN=Computers,DC=contoso,DC=com",
        "2",
        "CN=NO03,CN=Computers,DC=no,DC=contoso,DC=com",
    ]
    assert "Exchange Information" not in script(world, "dsacls 'DC=contoso,DC=com'")
    assert "SPECIAL ACCESS for Public Information" in script(world, "dsacls 'DC=contoso,DC=com'")


def test_the_api_of_connectors_reads_what_lies_there(world: World) -> None:
    dc = world.forest.all()[0]
    oslo = legacy.routing_group(dc, "rg-oslo")
    assert oslo is not None
    found = legacy.routing_group_connectors(dc, "RG-Oslo")
    assert [(c.name, c.sources, c.targets, c.cost) for c in found] == [
        ("To Oslo", ("BH03",), ("NO03",), 10),
        ("To Zurich", ("NO03",), ("BH03",), 10),
    ]
    assert found[0].target_group == oslo.dn
    with pytest.raises(LookupError, match="must be in one routing group"):
        legacy.group_of_servers(dc, ["EX03", "NO03"])


def test_an_organization_that_2007_has_joined_keeps_its_own_default_policy() -> None:
    spec = world_spec()
    held = exchange.read(spec.exchange)
    policies = (exchange.EmailAddressPolicySpec("Default Policy", ("SMTP:@contoso.com",), 0),)
    joined = replace(
        spec,
        forest=replace(spec.forest, exchange_version="2007SP3"),
        servers=(
            *spec.servers,
            ServerSpec(
                "EX07",
                "contoso.com",
                addresses=("10.0.0.40",),
                os="2008",
                service_pack=2,
                exchange=InstalledExchange("2007SP3", ("ClientAccess", "HubTransport", "Mailbox")),
            ),
        ),
        exchange=replace(held, email_address_policies=policies).to_plain(),
        legacy=replace(
            spec.legacy,
            policies=tuple(p for p in spec.legacy.policies if p.name != "Default Policy"),
            routing_group_connectors=(
                *spec.legacy.routing_group_connectors,
                replace(
                    spec.legacy.routing_group_connectors[0],
                    name="Interop RGC",
                    sources=("EX07",),
                    targets=("BH03",),
                ),
            ),
        ),
    )
    world = build_world(joined)
    lines = find(world, "(objectClass=msExchRecipientPolicy)", "msExchVersion")
    assert sorted(lines) == ["Clean up = ", "Default Policy = 4535486012416", "Norway = ", "Shared = "]
    interop = find(
        world,
        "(&(objectClass=msExchRoutingGroupConnector)(cn=Interop RGC))",
        "msExchSourceBridgeheadServersDN",
    )
    assert interop[0].startswith(
        "Interop RGC = CN=EX07,CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),"
    )
    # Setup of 2007 had granted what its schema needs
    assert "SPECIAL ACCESS for Exchange Information" in script(world, "dsacls 'DC=no,DC=contoso,DC=com'")
