"""What persons do in Exchange System Manager and on old servers, and where those tools refuse."""

from __future__ import annotations

import pytest

from exmigrate.twin.world import legacy
from exmigrate.twin.world.exchange.people import PersonError
from exmigrate.twin.world.legacy import organization
from exmigrate.twin.world.world import World
from tests.world.legacy import build, installed, person, script, windows_2003, world_spec

REFUSED = PersonError


@pytest.fixture
def world() -> World:
    """The organization of 2003."""
    return build()


def later(world: World) -> None:
    """Replication is over."""
    world.clock.advance(7200)


def test_mailbox_manager_leaves_the_policies(world: World) -> None:
    assert person(world, "clear-mailbox-manager") == ["Norway", "Clean up"]
    later(world)
    dc = world.forest.controller("DC02")
    assert dc is not None
    left = {e.dn.split(",")[0]: e for e in organization.policies(dc)}
    assert sorted(left) == ["CN=Default Policy", "CN=Norway", "CN=Shared"]
    assert left["CN=Norway"].get("msExchPolicyOptionList") == (organization.ADDRESSES,)
    assert not left["CN=Norway"].get("msExchMailboxManagerFolderSettings")
    assert person(world, "clear-mailbox-manager") == []


def test_a_policy_that_later_tools_have_changed_is_not_editable(world: World) -> None:
    dc = world.forest.all()[0]
    (entry,) = [e for e in organization.policies(dc) if e.dn.startswith("CN=Norway,")]
    dc.modify(entry.dn, {"msExchVersion": 4535486012416})
    with pytest.raises(REFUSED, match="'Norway' was last changed by a later version"):
        person(world, "clear-mailbox-manager")
    assert person(world, "fix-recipient-policies") == []  # nothing is wrong, so nothing is edited


def test_a_shared_domain_becomes_the_organization_s_own(world: World) -> None:
    person(world, "own-smtp-domain", domain="Partner.example")
    dc = world.forest.all()[0]
    assert ("partner.example", True, False) in organization.smtp_domains(dc)


def test_activesync_takes_integrated_authentication_only_with_the_hotfix(world: World) -> None:
    with pytest.raises(REFUSED, match="KB937031 is not installed"):
        person(world, "set-activesync-integrated", server="EX03")
    person(world, "install-hotfix", server="EX03", article="KB937031")
    person(world, "set-activesync-integrated", server="EX03")
    later(world)
    dc = world.forest.all()[0]
    entry = legacy.server_entry(dc, "EX03")
    assert entry is not None
    directory = dc.get(f"CN=Microsoft-Server-ActiveSync,CN=1,CN=HTTP,CN=Protocols,{entry.dn}")
    assert directory is not None
    assert directory.number("msExchAuthenticationFlags") == 6


def test_a_hotfix_wants_the_service_pack() -> None:
    servers = tuple(
        windows_2003("EX03", "10.0.0.22", installed("Zurich Admins", "RG-Zurich", "Mailbox", level="2003SP1"))
        if item.name == "EX03"
        else item
        for item in world_spec().servers
    )
    world = build(servers=servers)
    with pytest.raises(REFUSED, match="Service Pack 2"):
        person(world, "install-hotfix", server="EX03", article="KB937031")
    person(world, "patch-legacy", server="EX03", level="2003SP2")
    assert not world.servers["ex03"].up
    later(world)
    person(world, "install-hotfix", server="EX03", article="KB937031")
    entry = legacy.server_entry(world.forest.all()[0], "EX03")
    assert entry is not None
    assert (entry.text("serialNumber"), entry.number("versionNumber")) == (
        "Version 6.5 (Build 7638.2: Service Pack 2)",
        7638,
    )


def test_an_old_server_is_not_uninstalled_while_the_organization_needs_it(world: World) -> None:
    def reasons(server: str) -> str:
        with pytest.raises(REFUSED) as refused:
            person(world, "uninstall-legacy", server=server)
        return str(refused.value)

    ex03, bh03, no03 = reasons("EX03"), reasons("BH03"), reasons("NO03")
    assert "c1034a7f" in ex03
    assert "'Anna Ammann'" in ex03
    assert "contains replicas of" in ex03
    assert "responsible for the Recipient Update Service 'Recipient Update Service (CONTOSO)'" in ex03
    assert "bridgehead of the connector 'Internet'" in bh03
    assert "bridgehead of the connector 'To Oslo'" in bh03
    assert "master of the routing group 'RG-Zurich'" in bh03
    assert "master" not in no03  # nobody else is left in its group
    assert "Recipient Update Service (NO)" in no03


def test_a_front_end_goes_with_all_it_had(world: World) -> None:
    person(world, "uninstall-legacy", server="FE03")
    later(world)
    dc = world.forest.controller("DC02")
    assert dc is not None
    assert legacy.server_entry(dc, "FE03") is None
    group = dc.get("CN=Exchange Domain Servers,CN=Users,DC=contoso,DC=com")
    assert group is not None
    assert "CN=FE03,CN=Computers,DC=contoso,DC=com" not in [str(v) for v in group.get("member")]
    assert (
        script(world, "@(Get-Service MSEx*,RESvc,SMTPSVC -ErrorAction SilentlyContinue).Count", "FE03") == "0"
    )
    assert "Microsoft Exchange" not in world.servers["fe03"].installed_products()
    assert world.servers["fe03"].exchange is None


def test_connectors_masters_and_routing_groups_go_in_their_order(world: World) -> None:
    with pytest.raises(REFUSED, match="'RG-Zurich' still has servers: FE03, BH03, EX03"):
        person(world, "delete-routing-groups")
    person(world, "remove-smtp-connector", name="internet")
    with pytest.raises(REFUSED, match="no SMTP connector 'Internet'"):
        person(world, "remove-smtp-connector", name="Internet")
    assert person(world, "remove-old-connectors", server="BH03") == ["To Oslo", "To Zurich"]
    person(world, "promote-master", server="EX03")
    later(world)
    person(world, "uninstall-legacy", server="BH03")
    person(world, "uninstall-legacy", server="FE03")
    dc = world.forest.all()[0]
    assert [c.name for c in legacy.routing_group_connectors(dc)] == []
    with pytest.raises(REFUSED, match="'RG-Zurich' still has servers: EX03"):
        person(world, "delete-routing-groups")


def test_a_public_folder_store_is_deleted_only_empty_and_replaced(world: World) -> None:
    with pytest.raises(REFUSED, match="contains replicas of"):
        person(world, "delete-store", server="EX03")
    assert person(world, "move-all-replicas", server="EX03", to="NO03") > 0
    for _ in range(50):
        world.clock.advance(3600)
    with pytest.raises(REFUSED, match="default public store of MS EX03"):
        person(world, "delete-store", server="EX03")
    with pytest.raises(REFUSED, match="c1034a7f"):
        person(world, "delete-store", server="EX03", store="MS EX03")
    assert person(world, "delete-store", server="EX03", default="PF NO03") == ["PF EX03"]
    later(world)
    text = script(
        world,
        "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext'); $s = New-Object "
        "DirectoryServices.DirectorySearcher([ADSI]\"LDAP://$c\", '(&(objectClass=msExchPrivateMDB)(cn=MS EX03))');"
        "$s.FindOne().Properties['msexchhomepublicmdb'][0]",
    )
    assert text.startswith("CN=PF NO03,")


def test_update_services_and_the_tree_move_on(world: World) -> None:
    with pytest.raises(REFUSED, match="FYDIBOHF23SPDLT"):
        person(world, "move-folder-tree")
    assert len(person(world, "delete-update-services")) == 3
    later(world)
    assert organization.update_services(world.forest.all()[0]) == []


def test_the_web_site_takes_a_certificate_that_a_person_has(world: World) -> None:
    with pytest.raises(REFUSED, match="nobody has a certificate"):
        person(world, "install-web-certificate", server="FE03", names=["legacy.contoso.com"])
    person(world, "own-certificate", domains=["mail.contoso.com", "*.contoso.com"], password="p")
    person(world, "install-web-certificate", server="FE03", names=["mail.contoso.com", "legacy.contoso.com"])
    text = script(
        world,
        "$c = New-Object Net.Sockets.TcpClient; $c.Connect('fe03.contoso.com', 443);"
        "$s = New-Object Net.Security.SslStream($c.GetStream()); $s.AuthenticateAsClient('legacy.contoso.com'); 'in'",
    )
    assert text == "in"


def test_levels_are_raised_only_where_controllers_allow_it(world: World) -> None:
    person(world, "raise-forest-level", level=3)
    dc = world.forest.all()[0]
    partitions = dc.get(f"CN=Partitions,{world.forest.configuration_dn}")
    assert partitions is not None
    assert partitions.number("msDS-Behavior-Version") == 3
    with pytest.raises(REFUSED, match="runs Windows 2008R2"):
        person(world, "raise-forest-level", level=5)


def test_what_there_is_not_is_said() -> None:
    world = build()
    with pytest.raises(REFUSED, match="NEW1 runs no Exchange 2000 or 2003"):
        person(world, "uninstall-legacy", server="NEW1")
    with pytest.raises(REFUSED, match="no action"):
        person(world, "reinstall-everything")
