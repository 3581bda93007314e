"""What Setup brings and what it refuses."""

import pytest

from exmigrate.twin.cmdlets.exchange.values import text_of
from exmigrate.twin.world.exchange import blockers
from tests.exchange.harness import Shell, build, install, org_of, prepare_2010, with_2010


def ldap(world, text, base=""):
    controller = world.forest.find(global_catalog=True)
    return controller.search(base or world.forest.configuration_dn, text)


def test_the_source_has_what_setup_of_2007_makes(world):
    assert len(ldap(world, "(objectClass=msExchOWAVirtualDirectory)")) == 1
    assert len(ldap(world, "(objectClass=msExchSmtpReceiveConnector)")) == 2
    scp = ldap(
        world, "(&(objectClass=serviceConnectionPoint)(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596))"
    )
    assert [e.text("serviceBindingInformation") for e in scp] == [
        "https://mail.contoso.com/Autodiscover/Autodiscover.xml"
    ]
    assert "Site=Main" in scp[0].get("keywords")


def test_a_new_cas_announces_itself_with_its_own_name_and_a_self_signed_certificate(world):
    prepare_2010(world)
    server = install(world, "MAIL2010", "ClientAccess", externalcasserverdomain="mail.contoso.com")
    shell = Shell(world, "MAIL2010", "2010")
    uri = shell.one("Get-ClientAccessServer", Identity="MAIL2010")["AutoDiscoverServiceInternalUri"]
    assert text_of(uri) == "https://mail2010.contoso.com/Autodiscover/Autodiscover.xml"
    owa = shell.one("Get-OwaVirtualDirectory", Identity="MAIL2010\\owa (Default Web Site)")
    assert text_of(owa["ExternalUrl"]) == "https://mail.contoso.com/owa"
    held = shell.one("Get-ExchangeCertificate")
    assert held["IsSelfSigned"] is True
    assert "IIS" in held["Services"]
    assert server.files.stat(r"C:\Program Files\Microsoft\Exchange Server\V14\Scripts\MoveAllReplicas.ps1")


def test_the_first_mailbox_database_carries_the_server_name_where_no_array_is(world):
    prepare_2010(world)
    install(world, "MAIL2010", "ClientAccess", "HubTransport", "Mailbox", mdbname="DB01")
    shell = Shell(world, "MAIL2010", "2010")
    assert (
        shell.one("Get-MailboxDatabase", Identity="DB01")["RpcClientAccessServer"] == "mail2010.contoso.com"
    )


def test_with_an_array_it_carries_the_array(world):
    prepare_2010(world)
    install(world, "MAIL2010", "ClientAccess", "HubTransport")
    shell = Shell(world, "MAIL2010", "2010")
    shell("New-ClientAccessArray", Name="Array", Fqdn="outlook.contoso.com", Site="Main")
    install(world, "MAIL2010", "Mailbox", mdbname="DB01")
    assert shell.one("Get-MailboxDatabase", Identity="DB01")["RpcClientAccessServer"] == "outlook.contoso.com"


def test_the_first_2010_mailbox_server_homes_the_arbitration_mailboxes(both, e10):
    found = e10("Get-Mailbox", Arbitration=True)
    assert {m["Database"].values["Name"] for m in found} == {"DB01"}
    assert len(found) == 3


def test_the_first_2010_hub_copies_the_transport_rules_once(both, e07, e10):
    assert [r["Name"] for r in e10("Get-TransportRule")] == ["Disclaimer"]
    e07("New-TransportRule", Name="Later", FromScope="InOrganization")
    assert [r["Name"] for r in e10("Get-TransportRule")] == ["Disclaimer"]
    exported = e10.one("Export-TransportRuleCollection", ExportLegacyRules=True)
    e10("Import-TransportRuleCollection", FileData=exported["FileData"])
    assert [r["Name"] for r in e10("Get-TransportRule")] == ["Disclaimer", "Later"]
    assert e10("Get-TransportRule")[0]["ApplyHtmlDisclaimerText"] == "Contoso"


def test_a_database_name_must_be_new_in_the_organization(both):
    server = both.server("MAIL2010B")
    found = both.hooks.install_blockers(both, server, "Mailbox", "2010SP3", {"mdbname": "db01"})
    assert found
    assert "db01" in found[0]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (
            "Mailbox",
            [
                "mailboxes or arbitration mailboxes",
                "folder replicas",
                "offline address book",
                "default public folder",
            ],
        ),
        ("HubTransport", ["source transport server for Send connector 'Internet Connector'"]),
        ("UnifiedMessaging", ["dial plan(s) DP1"]),
        ("ClientAccess", []),
    ],
)
def test_a_role_that_is_needed_is_not_removed(both, role, words):
    found = blockers.of_uninstall(org_of(both), both.server("MAIL2007"), role)
    assert len(found) == len(words), found
    for word in words:
        assert any(word in text for text in found), word


def test_removing_the_cas_takes_its_objects_and_its_place_in_the_address_book():
    world = with_2010(build())
    shell = Shell(world, "MAIL2010", "2010")
    shell(
        "Set-OfflineAddressBook",
        Identity="Default Offline Address List",
        VirtualDirectories=["MAIL2007\\OAB (Default Web Site)", "MAIL2010\\OAB (Default Web Site)"],
    )
    with world.access():
        world.hooks.role_removed(world, world.server("MAIL2007"), "ClientAccess", "2007SP3")
    book = shell.one("Get-OfflineAddressBook")
    assert [str(d.values["(text)"]) for d in book["VirtualDirectories"].items] == [
        "MAIL2010\\OAB (Default Web Site)"
    ]
    assert len(shell("Get-OwaVirtualDirectory")) == 1
