"""Each version's shell edits its own, rights are needed, and controllers have views of their own."""

import pytest

from tests.exchange.harness import CmdletFailed, Shell, org_of


def test_the_2010_shell_does_not_edit_2007_databases(e10):
    with pytest.raises(CmdletFailed, match=r"running Version 8\.3"):
        e10(
            "Set-MailboxDatabase",
            Identity="MAIL2007\\First Storage Group\\Mailbox Database",
            PublicFolderDatabase="Public Folders",
        )


def test_the_2010_shell_does_not_edit_2007_virtual_directories(e10):
    with pytest.raises(CmdletFailed, match="can't be managed with the Exchange 2010 management tools"):
        e10(
            "Set-OwaVirtualDirectory",
            Identity="MAIL2007\\owa (Default Web Site)",
            ExternalUrl="https://legacy.contoso.com/owa",
        )


def test_the_2007_shell_does_not_edit_2010_objects(e07):
    with pytest.raises(CmdletFailed, match="created by a future version of Exchange"):
        e07(
            "Set-OwaVirtualDirectory",
            Identity="MAIL2010\\owa (Default Web Site)",
            ExternalUrl="https://x.contoso.com/owa",
        )


def test_shared_connectors_are_edited_by_both(e07, e10):
    e10("Set-SendConnector", Identity="Internet Connector", SourceTransportServers=["MAIL2010"])
    found = e07.one("Get-SendConnector")["SourceTransportServers"].items
    assert [s.values["Name"] for s in found] == ["MAIL2010"]


def test_lists_show_databases_of_the_shells_own_version(e07, e10):
    assert [d["Name"] for d in e07("Get-MailboxDatabase")] == ["Mailbox Database"]
    assert [d["Name"] for d in e10("Get-MailboxDatabase")] == ["DB01"]
    assert len(e10("Get-MailboxDatabase", IncludePreExchange2010=True)) == 2


def test_a_network_logon_without_delegation_does_not_reach_the_directory(both):
    shell = Shell(both, "MAIL2010", "2010", delegated=False)
    with pytest.raises(CmdletFailed, match="No suitable domain controller"):
        shell("Get-ExchangeServer")


def test_an_account_without_rights_is_refused(both):
    shell = Shell(both, "MAIL2010", "2010", account="nobody")
    with pytest.raises(CmdletFailed, match="INSUFF_ACCESS_RIGHTS"):
        shell("Set-SendConnector", Identity="Internet Connector", Enabled=False)


def test_a_write_is_seen_on_its_controller_at_once_and_on_the_other_later(both, e10):
    both.clock.advance(3600)
    e10(
        "Set-SendConnector",
        Identity="Internet Connector",
        SourceTransportServers=["MAIL2010"],
        DomainController="DC2",
    )

    def sources(dc):
        return (
            e10.one("Get-SendConnector", DomainController=dc)["SourceTransportServers"]
            .items[0]
            .values["Name"]
        )

    assert (sources("DC2"), sources("DC1")) == ("MAIL2010", "MAIL2007")
    both.clock.advance(16)
    assert sources("DC1") == "MAIL2010"


def test_a_controller_that_is_not_there_is_an_error(e10):
    with pytest.raises(CmdletFailed, match="suitability of server 'DC9'"):
        e10("Get-SendConnector", DomainController="DC9")


def test_a_database_is_mounted_only_once_its_servers_controller_knows_it(both, e10):
    both.clock.advance(3600)
    e10("New-MailboxDatabase", Name="DB02", Server="MAIL2010", DomainController="DC2")
    with pytest.raises(CmdletFailed, match="Couldn't mount the database"):
        e10("Mount-Database", Identity="DB02", DomainController="DC2")
    both.clock.advance(16)
    e10("Mount-Database", Identity="DB02", DomainController="DC2")
    assert e10.one("Get-MailboxDatabase", Identity="DB02", Status=True)["Mounted"] is True


def test_a_standard_server_mounts_five_databases(both, e10):
    e10("Set-ExchangeServer", Identity="MAIL2010", ProductKey="AAAAA-BBBBB-CCCCC-DDDDD-11111")
    for number in range(2, 6):
        e10("New-MailboxDatabase", Name=f"DB0{number}", Server="MAIL2010")
        e10("Mount-Database", Identity=f"DB0{number}")
    e10("New-MailboxDatabase", Name="DB06", Server="MAIL2010")
    with pytest.raises(CmdletFailed, match="TooManyMountedDatabases"):
        e10("Mount-Database", Identity="DB06")
    e10("Set-ExchangeServer", Identity="MAIL2010", ProductKey="EAAAA-BBBBB-CCCCC-DDDDD-11111")
    e10("Mount-Database", Identity="DB06")
    assert len(org_of(both).databases.on_server("MAIL2010")) == 6


def test_a_database_with_mailboxes_is_not_removed(e07, e10):
    with pytest.raises(CmdletFailed, match="active user mailboxes"):
        e07("Remove-MailboxDatabase", Identity="Mailbox Database")
    with pytest.raises(CmdletFailed, match="mailboxes or arbitration mailboxes"):
        e10("Remove-MailboxDatabase", Identity="DB01")


def test_mailboxes_are_found_by_every_usual_name(e10):
    for identity in (
        "anna",
        "Anna Ammann",
        "anna@contoso.com",
        "CONTOSO\\anna",
        "contoso.com/Users/Anna Ammann",
    ):
        assert e10.one("Get-Mailbox", Identity=identity)["Alias"] == "anna", identity
    with pytest.raises(CmdletFailed, match=r"couldn't be found on 'dc1\.contoso\.com'") as failed:
        e10("Get-Mailbox", Identity="nosuch")
    assert failed.value.kind.endswith("ManagementObjectNotFoundException")


def test_filters_of_simple_comparisons(e10):
    assert len(e10("Get-Mailbox", Filter="Alias -like 'user00*'")) == 9
    assert len(e10("Get-Mailbox", Filter="RecipientTypeDetails -eq 'RoomMailbox' -and Alias -ne 'x'")) == 1
