"""Certificates, Edge, unified messaging, availability groups, client access, and what persons do."""

import pytest

from exmigrate.twin.powershell.scalars import SecureString
from exmigrate.twin.world.exchange import PersonError, x509
from exmigrate.twin.world.spec import AccountSpec, InstalledExchange, ListenerSpec, ServerSpec
from tests.exchange import harness
from tests.exchange.harness import CmdletFailed, Shell, install, org_of

NAMES = ["mail.contoso.com", "autodiscover.contoso.com", "legacy.contoso.com"]


# certificates


def test_a_request_is_signed_completed_and_exported_as_a_pfx_that_another_server_takes(both, e10):
    request = e10(
        "New-ExchangeCertificate",
        GenerateRequest=True,
        SubjectName="cn=mail.contoso.com",
        DomainName=NAMES,
        FriendlyName="run",
        PrivateKeyExportable=True,
    )
    assert request[0].startswith("-----BEGIN NEW CERTIFICATE REQUEST-----")
    pending = [c for c in e10("Get-ExchangeCertificate") if c["Status"] == "PendingRequest"]
    assert [c["FriendlyName"] for c in pending] == ["run"]
    people = org_of(both).people
    data = people.buy_certificate("MAIL2010", "C:\\certs\\all.pfx", "pfx-secret")
    assert x509.from_pfx(data, "pfx-secret").domains == NAMES
    e07 = Shell(both, "MAIL2007", "2007")
    both.server("MAIL2007").files.write(
        "C:\\all.pfx", both.server("MAIL2010").files.read("C:\\certs\\all.pfx")
    )
    made = e07.one("Import-ExchangeCertificate", Path="C:\\all.pfx", Password=SecureString("pfx-secret"))
    e07("Enable-ExchangeCertificate", Thumbprint=made["Thumbprint"], Services="IIS")
    holders = [c for c in e07("Get-ExchangeCertificate") if "IIS" in c["Services"]]
    assert [list(c["CertificateDomains"].items) for c in holders] == [NAMES]
    assert holders[0]["IsSelfSigned"] is False
    assert (
        x509.names_of(x509.Bundle(both.hooks.certificate(both, both.server("MAIL2007"))).certificate) == NAMES
    )


def test_a_wrong_password_opens_no_pfx(both, e10):
    data = org_of(both).people.own_certificate(NAMES, "right")
    with pytest.raises(CmdletFailed, match="password is not correct"):
        e10("Import-ExchangeCertificate", FileData=list(data), Password=SecureString("wrong"))


def test_the_default_smtp_certificate_is_replaced_with_force_only(both, e10):
    data = org_of(both).people.own_certificate(NAMES, "pw")
    made = e10.one(
        "Import-ExchangeCertificate",
        FileData=list(data),
        Password=SecureString("pw"),
        PrivateKeyExportable=True,
    )
    with pytest.raises(AssertionError, match="Overwrite the existing default SMTP certificate"):
        e10("Enable-ExchangeCertificate", Thumbprint=made["Thumbprint"], Services="IIS,SMTP")
    e10("Enable-ExchangeCertificate", Thumbprint=made["Thumbprint"], Services="IIS,POP,IMAP,SMTP", Force=True)
    assert (
        e10.one("Get-ExchangeCertificate", Thumbprint=made["Thumbprint"])["Services"]
        == "IMAP, POP, IIS, SMTP"
    )
    with pytest.raises(CmdletFailed, match="already exists"):
        e10("Import-ExchangeCertificate", FileData=list(data), Password=SecureString("pw"))


def test_a_certificate_is_not_bought_without_a_request(both):
    with pytest.raises(PersonError, match="no pending certificate request"):
        org_of(both).people.buy_certificate("MAIL2010", "C:\\x.pfx", "pw")


# Edge


def with_edge():
    base = harness.spec()
    edge = ServerSpec(
        "EDGE1",
        dns_suffix="perimeter.example",
        addresses=("192.0.2.5",),
        exchange=InstalledExchange("2010SP3", ("EdgeTransport",)),
        local_accounts=(AccountSpec("edgeadmin", "Secret-3", groups=("Administrators",)),),
        listeners=(ListenerSpec("https", 5986, ("basic",)),),
    )
    from dataclasses import replace

    world = harness.World(replace(base, servers=(*base.servers, edge)), hooks=harness.ExchangeSide())
    return harness.with_2010(world)


class EdgeShell(Shell):
    def __init__(self, world):
        self.world = world
        found = world.server("EDGE1")
        record = world.accounts.find(found, "", "edgeadmin")
        token = world.accounts.token(found, record, "network", False)
        self.machine = harness._Machine(world, found, token)
        self.cmdlets = {c.name.lower(): c for c in harness.pack_of("2010").cmdlets}
        self.warnings = []


@pytest.fixture
def perimeter():
    return with_edge()


def test_an_edge_is_subscribed_by_its_file_and_synchronized(perimeter):
    edge, hub = EdgeShell(perimeter), Shell(perimeter, "MAIL2010", "2010")
    edge("New-EdgeSubscription", FileName="C:\\edge.xml", Force=True)
    data = perimeter.server("EDGE1").files.read("C:\\edge.xml")
    assert b"<EdgeServerName>EDGE1</EdgeServerName>" in data
    hub(
        "New-EdgeSubscription",
        FileData=list(data),
        Site="Main",
        CreateInternetSendConnector=True,
        CreateInboundSendConnector=True,
    )
    assert hub.one("Get-EdgeSubscription")["Name"] == "EDGE1"
    assert {c["Name"] for c in hub("Get-SendConnector")} == {
        "Internet Connector",
        "EdgeSync - Main to Internet",
        "EdgeSync - Inbound to Main",
    }
    assert {r["Result"] for r in hub("Start-EdgeSynchronization")} == {"Success"}
    assert hub.one("Test-EdgeSynchronization")["SyncStatus"] == "Normal"
    org_of(perimeter).people.route_inbound(["EDGE1"])
    assert org_of(perimeter).mail.receive("x@else.example", "anna@contoso.com").delivered


def test_the_key_of_an_edge_comes_with_its_subscription(perimeter):
    """Entered before, it shows in the organization at once; entered later, after the next file."""
    edge, hub = EdgeShell(perimeter), Shell(perimeter, "MAIL2010", "2010")
    perimeter.server("EDGE1").exchange.edition = "StandardEvaluation"

    def subscribed():
        edge("New-EdgeSubscription", FileName="C:\\edge.xml", Force=True)
        data = list(perimeter.server("EDGE1").files.read("C:\\edge.xml"))
        hub("New-EdgeSubscription", FileData=data, Site="Main", Force=True)
        return hub.one("Get-ExchangeServer", Identity="EDGE1")["Edition"]

    assert subscribed() == "StandardEvaluation"
    edge("Set-ExchangeServer", Identity="EDGE1", ProductKey="SSSSS-22222-33333-44444-55555")
    assert hub.one("Get-ExchangeServer", Identity="EDGE1")["Edition"] == "StandardEvaluation"
    assert subscribed() == "Standard"


def test_an_old_file_is_refused(perimeter):
    edge, hub = EdgeShell(perimeter), Shell(perimeter, "MAIL2010", "2010")
    edge("New-EdgeSubscription", FileName="C:\\edge.xml", Force=True)
    perimeter.clock.advance(1441 * 60)
    with pytest.raises(CmdletFailed, match="has expired"):
        hub(
            "New-EdgeSubscription",
            FileData=list(perimeter.server("EDGE1").files.read("C:\\edge.xml")),
            Site="Main",
        )


def test_a_hub_that_came_later_takes_no_part_until_the_edge_is_subscribed_again(perimeter):
    edge, hub = EdgeShell(perimeter), Shell(perimeter, "MAIL2010", "2010")
    edge("New-EdgeSubscription", FileName="C:\\edge.xml", Force=True)
    data = list(perimeter.server("EDGE1").files.read("C:\\edge.xml"))
    hub("New-EdgeSubscription", FileData=data, Site="Main")
    install(perimeter, "MAIL2010B", "HubTransport")
    later = Shell(perimeter, "MAIL2010B", "2010")
    assert later.one("Test-EdgeSynchronization")["SyncStatus"] == "Failed"
    hub("New-EdgeSubscription", FileData=data, Site="Main", Force=True)
    assert {r["Result"] for r in later("Start-EdgeSynchronization")} == {"Success"}


def test_removing_a_subscription_takes_the_connectors_it_alone_fed(perimeter):
    edge, hub = EdgeShell(perimeter), Shell(perimeter, "MAIL2010", "2010")
    edge("New-EdgeSubscription", FileName="C:\\edge.xml", Force=True)
    hub(
        "New-EdgeSubscription",
        FileData=list(perimeter.server("EDGE1").files.read("C:\\edge.xml")),
        Site="Main",
    )
    hub("Remove-EdgeSubscription", Identity="EDGE1", Force=True)
    assert [c["Name"] for c in hub("Get-SendConnector")] == ["Internet Connector"]
    assert perimeter.hooks.uninstall_blockers(perimeter, perimeter.server("EDGE1"), "EdgeTransport")
    edge("Remove-EdgeSubscription", Identity="EDGE1")
    assert perimeter.hooks.uninstall_blockers(perimeter, perimeter.server("EDGE1"), "EdgeTransport") == []


def test_the_product_key_of_an_edge_is_its_own_matter(perimeter):
    edge = EdgeShell(perimeter)
    edge("Set-ExchangeServer", Identity="EDGE1", ProductKey="EAAAA-BBBBB-CCCCC-DDDDD-11111")
    assert edge.one("Get-ExchangeServer")["Edition"] == "Enterprise"


# unified messaging


def test_a_dial_plan_moves_from_server_to_server(both, e07, e10):
    install(both, "MAIL2010", "UnifiedMessaging")
    e10("Set-UMServer", Identity="MAIL2010", DialPlans=["DP1"])
    plan = e10.one("Get-UMDialPlan", Identity="DP1")
    assert [s.values["Name"] for s in plan["UMServers"].items] == ["MAIL2007", "MAIL2010"]
    e07("Set-UMServer", Identity="MAIL2007", DialPlans=None)
    assert e07.one("Get-UMServer", Identity="MAIL2007")["DialPlans"].items == []
    assert both.hooks.uninstall_blockers(both, both.server("MAIL2007"), "UnifiedMessaging") == []
    assert both.server("MAIL2007").files.stat(
        r"C:\Program Files\Microsoft\Exchange Server\UnifiedMessaging\Prompts\Custom\DP1\welcome.wav"
    )


def test_um_mailboxes_are_those_with_a_policy(e10):
    assert [m["DisplayName"] for m in e10("Get-UMMailbox")] == ["Anna Ammann"]
    assert e10.one("Get-UMMailbox", Identity="anna")["UMDialPlan"].values["Name"] == "DP1"


# availability groups


def test_a_group_its_members_and_a_copy(both, e10):
    install(both, "MAIL2010B", "Mailbox", mdbname="DB02")
    e10("New-DatabaseAvailabilityGroup", Name="DAG1", WitnessServer="MAIL2007", WitnessDirectory="C:\\DAG1")
    with pytest.raises(CmdletFailed, match="isn't a member of the database availability group"):
        e10("Add-MailboxDatabaseCopy", Identity="DB01", MailboxServer="MAIL2010B")
    for server in ("MAIL2010", "MAIL2010B"):
        e10("Add-DatabaseAvailabilityGroupServer", Identity="DAG1", MailboxServer=server)
    group = e10.one("Get-DatabaseAvailabilityGroup", Identity="DAG1")
    assert [s.values["Name"] for s in group["Servers"].items] == ["MAIL2010", "MAIL2010B"]
    e10("Add-MailboxDatabaseCopy", Identity="DB01", MailboxServer="MAIL2010B", ActivationPreference=2)
    assert e10.one("Get-MailboxDatabaseCopyStatus", Identity="DB01\\MAIL2010B")["Status"] == "Seeding"
    both.clock.advance(600)
    assert e10.one("Get-MailboxDatabaseCopyStatus", Identity="DB01\\MAIL2010B")["Status"] == "Healthy"
    with pytest.raises(CmdletFailed, match="multiple copies"):
        e10("Remove-DatabaseAvailabilityGroupServer", Identity="DAG1", MailboxServer="MAIL2010B")
    e10("Remove-MailboxDatabaseCopy", Identity="DB01\\MAIL2010B")
    e10("Remove-DatabaseAvailabilityGroupServer", Identity="DAG1", MailboxServer="MAIL2010B")
    e10("Remove-DatabaseAvailabilityGroupServer", Identity="DAG1", MailboxServer="MAIL2010")
    e10("Remove-DatabaseAvailabilityGroup", Identity="DAG1")
    assert e10("Get-DatabaseAvailabilityGroup") == []


# client access


def schemes(world, server, path, secure=True):
    answer = world.hooks.http(world, world.server(server), "GET", path, {"host": server}, secure)
    return answer.status, answer.headers.get("WWW-Authenticate", "")


def test_virtual_directories_offer_what_is_switched_on(both, e10):
    assert schemes(both, "MAIL2010", "/owa")[0] == 302
    assert schemes(both, "MAIL2010", "/owa", secure=False)[0] == 403
    assert schemes(both, "MAIL2010", "/EWS/Exchange.asmx") == (401, "Negotiate, NTLM")
    e10(
        "Set-WebServicesVirtualDirectory",
        Identity="MAIL2010\\EWS (Default Web Site)",
        BasicAuthentication=True,
    )
    assert "Basic" in schemes(both, "MAIL2010", "/EWS/Exchange.asmx")[1]
    assert both.hooks.http(both, both.server("MAIL2010"), "GET", "/rpc/rpcproxy.dll", {}, True) is None
    e10(
        "Enable-OutlookAnywhere",
        Server="MAIL2010",
        ExternalHostname="mail.contoso.com",
        ClientAuthenticationMethod="Ntlm",
        IISAuthenticationMethods=["Basic", "NTLM"],
        SSLOffloading=False,
    )
    assert schemes(both, "MAIL2010", "/rpc/rpcproxy.dll") == (401, 'Negotiate, NTLM, Basic realm="server"')


def test_outlook_anywhere_is_switched_off_by_its_own_version(both, e07, e10):
    with pytest.raises(CmdletFailed, match="Exchange 2010 management tools"):
        e10("Disable-OutlookAnywhere", Server="MAIL2007")
    e07("Disable-OutlookAnywhere", Server="MAIL2007")
    assert e07("Get-OutlookAnywhere") == []


def test_settings_of_a_virtual_directory_need_iis(both, e10):
    both.server("MAIL2010").services.stop_if_running("W3SVC")
    with pytest.raises(CmdletFailed, match="wasn't able to connect to IIS"):
        e10(
            "Set-OabVirtualDirectory",
            Identity="MAIL2010\\OAB (Default Web Site)",
            ExternalUrl="https://mail.contoso.com/OAB",
        )


def test_a_site_has_one_array(e10):
    e10("New-ClientAccessArray", Name="A", Fqdn="outlook.contoso.com", Site="Main")
    with pytest.raises(CmdletFailed, match="already exists in the Active Directory site 'Main'"):
        e10("New-ClientAccessArray", Name="B", Fqdn="other.contoso.com", Site="Main")
    assert [m.values["Name"] for m in e10.one("Get-ClientAccessArray", Site="Main")["Members"].items] == [
        "MAIL2010"
    ]


def test_client_tests_ask_for_a_test_mailbox(both, e10):
    with pytest.raises(CmdletFailed, match="new-TestCasConnectivityUser"):
        e10("Test-OutlookWebServices")
    e10(
        "New-Mailbox",
        Name="extest_1",
        Alias="extest_1",
        UserPrincipalName="extest_1@contoso.com",
        Database="DB01",
        OrganizationalUnit="Users",
    )
    assert {r["Type"] for r in e10("Test-OutlookWebServices")} == {"Success"}
    assert e10.one("Test-MAPIConnectivity", Identity="extest_1")["Result"] == "Success"


# address books


def test_a_book_moves_and_is_generated_by_its_new_server(both, e10):
    e10("Move-OfflineAddressBook", Identity="Default Offline Address List", Server="MAIL2010")
    e10("Update-OfflineAddressBook", Identity="\\Default Offline Address List")
    both.clock.advance(300)
    book = e10.one("Get-OfflineAddressBook")
    assert book["Server"].values["Name"] == "MAIL2010"
    folder = f"C:\\Program Files\\Microsoft\\Exchange Server\\V14\\ExchangeOAB\\{book['Guid'].text}\\oab.xml"
    assert both.server("MAIL2010").files.stat(folder)


# persons


def test_a_backup_by_another_product_is_seen_on_the_database(both, e10):
    assert e10.one("Get-MailboxDatabase", Identity="DB01", Status=True)["LastFullBackup"] is None
    assert org_of(both).people.back_up("DB01") == ["DB01"]
    assert e10.one("Get-MailboxDatabase", Identity="DB01", Status=True)["LastFullBackup"] is not None


def test_actions_have_names_and_wrong_ones_are_told(both):
    people = org_of(both).people
    people.act("point-name", {"name": "mail.contoso.com", "address": "10.0.0.11"})
    assert both.dns.addresses("mail.contoso.com", "internal") == ["10.0.0.11"]
    with pytest.raises(PersonError, match="no action dance"):
        people.act("dance", {})
    with pytest.raises(PersonError, match="point-name"):
        people.act("point-name", {"who": "x"})
    assert [entry["action"] for entry in people.diary] == ["point-name"]
