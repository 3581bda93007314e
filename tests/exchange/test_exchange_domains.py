"""Several domains: what a controller that is named finds and takes, and what the forest in view finds."""

from __future__ import annotations

import pytest

from exmigrate.twin.cmdlets.exchange.shell import settings_of
from exmigrate.twin.world.directory import DirectoryError
from exmigrate.twin.world.world import World
from tests.exchange.domains import ASIA, ASIA_DC, EMEA, EMEA_DC, ROOT, ROOT_DC, build, with_2010
from tests.exchange.harness import CmdletFailed, Shell

CHEN = "CN=Chen Li,CN=Users,DC=asia,DC=contoso,DC=com"


@pytest.fixture
def world() -> World:
    return with_2010()


@pytest.fixture
def shell(world: World) -> Shell:
    """The 2010 shell with the forest in view."""
    found = Shell(world, "MAIL2010", "2010")
    found("Set-ADServerSettings", ViewEntireForest=True)
    return found


def aliases(rows: list[dict[str, object]]) -> set[object]:
    return {row["Alias"] for row in rows}


def test_a_named_controller_does_not_find_a_mailbox_of_another_domain(shell: Shell) -> None:
    """The scope of the shell is the forest, the controller a global catalog: it is asked on the LDAP port all the same."""
    with pytest.raises(CmdletFailed, match=f"'chen' couldn't be found on '{EMEA_DC}'") as caught:
        shell("Get-Mailbox", Identity="chen", DomainController=EMEA_DC)
    assert caught.value.kind.endswith("ManagementObjectNotFoundException")
    assert shell.one("Get-Mailbox", Identity="chen", DomainController=ASIA_DC)["Alias"] == "chen"


def test_the_words_of_2007() -> None:
    e07 = Shell(build(), "MAIL2007", "2007")
    with pytest.raises(CmdletFailed, match=f"'chen' could not be found on domain controller '{EMEA_DC}'"):
        e07("Get-Mailbox", Identity="chen", DomainController=EMEA_DC)


def test_a_named_controller_refers_a_distinguished_name_of_another_domain(shell: Shell) -> None:
    with pytest.raises(
        CmdletFailed, match=r"A referral was returned from the server[\s\S]*asia\.contoso\.com"
    ) as caught:
        shell("Get-Mailbox", Identity=CHEN, DomainController=EMEA_DC)
    assert caught.value.kind.endswith("ADReferralException")


@pytest.mark.parametrize(
    ("controller", "expected"),
    [
        (EMEA_DC, {"anna", "journal", "meier"}),
        (ASIA_DC, {"chen"}),
        (ROOT_DC, set()),
        ("", {"anna", "chen", "journal", "meier"}),
    ],
)
def test_results_hold_what_the_named_controller_sees(
    shell: Shell, controller: str, expected: set[str]
) -> None:
    pin = {"DomainController": controller} if controller else {}
    assert aliases(shell("Get-Mailbox", Server="MAIL2007", **pin)) == expected
    assert aliases(shell("Get-Recipient", RecipientTypeDetails="UserMailbox", **pin)) == expected


def test_without_the_forest_in_view_a_shell_sees_the_domain_of_its_computer(world: World) -> None:
    narrow = Shell(world, "MAIL2010", "2010")
    assert aliases(narrow("Get-Mailbox", Server="MAIL2007")) == {"anna", "journal", "meier"}
    with pytest.raises(CmdletFailed, match="couldn't be found"):
        narrow("Get-Mailbox", Identity="chen")


def test_system_mailboxes_are_in_the_root_domain(shell: Shell) -> None:
    assert shell("Get-Mailbox", Arbitration=True, DomainController=EMEA_DC) == []
    assert len(shell("Get-Mailbox", Arbitration=True, DomainController=ROOT_DC)) >= 2
    assert len(shell("Get-Mailbox", Arbitration=True)) >= 2


def test_a_write_goes_to_the_domain_of_its_object_and_the_catalog_hears_later(world: World) -> None:
    e07 = Shell(world, "MAIL2007", "2007")
    settings_of(e07.machine).whole_forest = True
    e07("Set-Mailbox", Identity="chen", DisplayName="Chen")
    asia, emea = (world.forest.controller(c) for c in (ASIA_DC, EMEA_DC))
    assert asia is not None
    assert emea is not None
    assert [c.get(CHEN).text("displayName") for c in (asia, emea)] == ["Chen", "Chen Li"]  # type: ignore[union-attr]
    assert e07.one("Get-Mailbox", Identity="chen")["DisplayName"] == "Chen Li"
    world.clock.advance(1000)
    assert e07.one("Get-Mailbox", Identity="chen")["DisplayName"] == "Chen"


def test_a_move_is_asked_for_in_the_domain_of_its_mailbox(world: World, shell: Shell) -> None:
    for name, more in (("New-MoveRequest", {"TargetDatabase": "DB01"}), ("Get-MoveRequest", {})):
        with pytest.raises(CmdletFailed, match=f"'chen' couldn't be found on '{EMEA_DC}'"):
            shell(name, Identity="chen", DomainController=EMEA_DC, **more)
    world.clock.advance(1000)  # the database is known there by then
    shell("New-MoveRequest", Identity="chen", TargetDatabase="DB01", BatchName="b", DomainController=ASIA_DC)
    shell("New-MoveRequest", Identity="anna", TargetDatabase="DB01", BatchName="b", DomainController=EMEA_DC)
    assert aliases(shell("Get-MoveRequest", BatchName="b", DomainController=ASIA_DC)) == {"chen"}
    assert aliases(shell("Get-MoveRequest", BatchName="b", DomainController=EMEA_DC)) == {"anna"}
    world.clock.advance(3600)
    assert shell.one("Get-Mailbox", Identity="chen", DomainController=ASIA_DC)["ServerName"] == "mail2010"
    assert shell.one("Get-MoveRequest", Identity="chen", DomainController=ASIA_DC)["Status"] == "Completed"


def test_a_target_database_must_be_known_where_the_mailbox_is_written(world: World, shell: Shell) -> None:
    shell("New-MailboxDatabase", Name="DB02", Server="MAIL2010", DomainController=EMEA_DC)
    shell("Mount-Database", Identity="DB02", DomainController=EMEA_DC)
    with pytest.raises(CmdletFailed, match=f"'DB02' couldn't be found on '{ASIA_DC}'"):
        shell("New-MoveRequest", Identity="chen", TargetDatabase="DB02", DomainController=ASIA_DC)
    world.clock.advance(1000)
    shell("New-MoveRequest", Identity="chen", TargetDatabase="DB02", DomainController=ASIA_DC)


@pytest.mark.parametrize("cmdlet", ["New-MailboxDatabase", "Remove-MailboxDatabase", "Test-MAPIConnectivity"])
def test_the_system_mailbox_of_a_database_is_in_the_domain_of_the_server(
    world: World, shell: Shell, cmdlet: str
) -> None:
    given = {
        "New-MailboxDatabase": {"Name": "DB02", "Server": "MAIL2010"},
        "Remove-MailboxDatabase": {"Identity": "DB03"},
        "Test-MAPIConnectivity": {"Database": "DB01"},
    }[cmdlet]
    shell("New-MailboxDatabase", Name="DB03", Server="MAIL2010", DomainController=EMEA_DC)
    world.clock.advance(1000)  # every controller knows it
    with pytest.raises(CmdletFailed, match="referral"):
        shell(cmdlet, **given, DomainController=ASIA_DC if cmdlet == "New-MailboxDatabase" else ROOT_DC)
    shell(cmdlet, **given, DomainController=EMEA_DC)
    there = {str(row["Name"]) for row in shell("Get-MailboxDatabase", DomainController=EMEA_DC)}
    assert ("DB02" in there, "DB03" in there) == (
        cmdlet == "New-MailboxDatabase",
        cmdlet != "Remove-MailboxDatabase",
    )


def test_the_configuration_is_read_and_written_anywhere(world: World, shell: Shell) -> None:
    world.clock.advance(1000)
    shell("Set-MailboxDatabase", Identity="DB01", CircularLoggingEnabled=True, DomainController=ASIA_DC)

    def seen(controller: str) -> object:
        return shell.one("Get-MailboxDatabase", Identity="DB01", DomainController=controller)[
            "CircularLoggingEnabled"
        ]

    assert (seen(ASIA_DC), seen(ROOT_DC)) == (True, False)
    world.clock.advance(1000)
    assert seen(ROOT_DC) is True


def test_a_recipient_that_a_parameter_names_may_be_of_any_domain(world: World, shell: Shell) -> None:
    """The journal recipient of a database and a member of a role group are looked for by a global catalog."""
    shell("Set-MailboxDatabase", Identity="DB01", JournalRecipient="journal", DomainController=ROOT_DC)
    shell("Add-RoleGroupMember", Identity="Recipient Management", Member="chen", DomainController=ROOT_DC)
    names = {
        m["Name"]
        for m in shell("Get-RoleGroupMember", Identity="Recipient Management", DomainController=ROOT_DC)
    }
    assert "Chen Li" in names


def test_role_groups_are_in_the_root_domain(shell: Shell) -> None:
    with pytest.raises(CmdletFailed, match=f"'Recipient Management' couldn't be found on '{EMEA_DC}'"):
        shell("Get-RoleGroupMember", Identity="Recipient Management", DomainController=EMEA_DC)


@pytest.mark.parametrize(("group", "own", "other"), [("Staff", EMEA_DC, ASIA_DC), ("Asia", ASIA_DC, EMEA_DC)])
def test_a_group_is_changed_in_its_domain(shell: Shell, group: str, own: str, other: str) -> None:
    given = {
        "Identity": group,
        "DisplayName": "X",
        "ForceUpgrade": True,
        "BypassSecurityGroupManagerCheck": True,
    }
    with pytest.raises(CmdletFailed, match="couldn't be found"):
        shell("Set-DistributionGroup", **given, DomainController=other)
    shell("Set-DistributionGroup", **given, DomainController=own)
    assert shell.one("Get-DistributionGroup", Identity=group, DomainController=own)["DisplayName"] == "X"


def test_a_bare_name_of_a_container_is_one_of_several_domains(shell: Shell) -> None:
    given = {"Name": "extest_1", "Alias": "extest_1", "UserPrincipalName": "x@y", "Database": "DB01"}
    with pytest.raises(CmdletFailed, match="multiple organizational units"):
        shell("New-Mailbox", **given, OrganizationalUnit="Users")
    made = shell.one("New-Mailbox", **given, OrganizationalUnit=f"{ASIA}/Users")
    assert str(made["DistinguishedName"]).endswith("DC=asia,DC=contoso,DC=com")


@pytest.mark.parametrize("domain", [ROOT, EMEA])
def test_no_controller_takes_a_write_to_another_domain(world: World, domain: str) -> None:
    """A global catalog holds the object, and answers with a referral."""
    controller = world.forest.find(domain=domain)
    assert controller is not None
    assert controller.get(CHEN) is not None
    with pytest.raises(DirectoryError, match="referral"):
        controller.modify(CHEN, {"displayName": "X"})
