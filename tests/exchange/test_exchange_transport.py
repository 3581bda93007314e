"""Mail: connectors, rules, messages, and who hands mail to whom."""

import pytest

from tests.exchange.harness import CmdletFailed, Shell, org_of


def dialogue(world, server, client, *lines):
    talk = {"port": "25"}
    found = world.server(server)
    banner = world.hooks.banner(world, found, 25, client)
    return [
        banner.decode() if banner else None,
        *(world.hooks.smtp(world, found, client, line, talk) for line in lines),
    ]


def test_a_hub_of_2010_refuses_anonymous_senders_until_it_is_told_otherwise(both, e10):
    answers = dialogue(both, "MAIL2010", "192.0.2.9", "EHLO x", "MAIL FROM:<a@example.org>")
    assert answers[0].startswith("220 mail2010.contoso.com Microsoft ESMTP MAIL Service ready")
    assert answers[-1].startswith("530 5.7.1")
    e10(
        "Set-ReceiveConnector",
        Identity="MAIL2010\\Default MAIL2010",
        PermissionGroups="AnonymousUsers,ExchangeUsers,ExchangeServers,ExchangeLegacyServers",
    )
    answers = dialogue(
        both,
        "MAIL2010",
        "192.0.2.9",
        "EHLO x",
        "MAIL FROM:<a@example.org>",
        "RCPT TO:<anna@contoso.com>",
        "RCPT TO:<x@else.example>",
    )
    assert [a[:3] for a in answers[2:]] == ["250", "250", "550"]


def test_a_relay_connector_relays_for_its_addresses_only(both, e10):
    e10(
        "New-ReceiveConnector",
        Name="Relay",
        Server="MAIL2010",
        Usage="Custom",
        Bindings=["0.0.0.0:25"],
        RemoteIPRanges=["10.0.0.77"],
        PermissionGroups="AnonymousUsers",
    )
    e10(
        "Add-ADPermission",
        Identity="MAIL2010\\Relay",
        User="NT AUTHORITY\\ANONYMOUS LOGON",
        ExtendedRights=["Ms-Exch-SMTP-Accept-Any-Recipient"],
    )
    script = ("EHLO x", "MAIL FROM:<device@contoso.com>", "RCPT TO:<x@else.example>")
    assert dialogue(both, "MAIL2010", "10.0.0.77", *script)[-1].startswith("250")
    assert dialogue(both, "MAIL2010", "10.0.0.78", *script)[2].startswith("530")


def test_two_connectors_do_not_listen_to_the_same_addresses(e10):
    with pytest.raises(CmdletFailed, match="must listen on unique local IP address"):
        e10(
            "New-ReceiveConnector",
            Name="Twin",
            Server="MAIL2010",
            Bindings=["0.0.0.0:25"],
            RemoteIPRanges=["0.0.0.0-255.255.255.255"],
        )


def test_mail_goes_through_a_hub_of_the_mailboxs_version(both, e10):
    org = org_of(both)
    assert org.mail.deliver("anna@contoso.com", "user001@contoso.com", "a").hops == [
        "MAIL2007",
        "MAIL2007",
        "MAIL2007",
    ]
    e10("New-MoveRequest", Identity="anna", TargetDatabase="DB01")
    both.clock.advance(3600)
    sent = org.mail.deliver("anna@contoso.com", "user001@contoso.com", "b")
    assert sent.delivered
    assert sent.hops == ["MAIL2010", "MAIL2010", "MAIL2007", "MAIL2007"]


def test_outbound_mail_leaves_by_the_connectors_source(both, e10):
    org = org_of(both)
    assert org.mail.deliver("anna@contoso.com", "x@else.example", "out").hops[-2:] == [
        "MAIL2007",
        "smtp.isp.example",
    ]
    e10("Set-SendConnector", Identity="Internet Connector", SourceTransportServers=["MAIL2010"])
    assert org.mail.deliver("anna@contoso.com", "x@else.example", "out").hops[-2:] == [
        "MAIL2010",
        "smtp.isp.example",
    ]
    org.people.open_outbound("MAIL2010", False)
    assert not org.mail.deliver("anna@contoso.com", "x@else.example", "out").delivered


def test_inbound_mail_goes_where_the_firewall_points(both, e10):
    org = org_of(both)
    assert "530" in org.mail.receive("x@else.example", "anna@contoso.com").status
    org.people.route_inbound(["MAIL2010"])
    e10(
        "Set-ReceiveConnector",
        Identity="MAIL2010\\Default MAIL2010",
        PermissionGroups="AnonymousUsers, ExchangeServers",
    )
    received = org.mail.receive("x@else.example", "anna@contoso.com")
    assert received.delivered
    assert received.hops == ["MAIL2010", "MAIL2007", "MAIL2007"]


def test_custom_texts_have_identities_by_language_and_audience(e10):
    assert [m["Identity"].values["(text)"] for m in e10("Get-SystemMessage")] == ["en\\External\\5.7.1"]
    e10("New-SystemMessage", DsnCode="5.1.1", Internal=True, Language="de", Text="Unbekannt.")
    assert e10.one("Get-SystemMessage", Identity="de\\Internal\\5.1.1")["Text"] == "Unbekannt."
    e10("Remove-SystemMessage", Identity="de\\Internal\\5.1.1")
    assert len(e10("Get-SystemMessage")) == 1


def test_modes_are_an_enumeration(e10):
    e10("Set-TransportConfig", DSNConversionMode="donotconvert")
    assert e10.one("Get-TransportConfig")["DSNConversionMode"] == "DoNotConvert"
    with pytest.raises(CmdletFailed, match="Cannot convert value"):
        e10("Set-TransportConfig", DSNConversionMode="Sometimes")


def test_journal_rules_are_kept_apart_by_version(e07, e10):
    assert [r["Name"] for r in e07("Get-JournalRule")] == ["Everything"]
    assert e10("Get-JournalRule") == []
    e10(
        "New-JournalRule",
        Name="Everything",
        JournalEmailAddress="journal@contoso.com",
        Scope="Global",
        Enabled=True,
    )
    assert [r["JournalEmailAddress"] for r in e10("Get-JournalRule")] == ["journal@contoso.com"]


def test_expansion_servers_are_written_as_legacy_names(both, e10):
    legacy = "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=MAIL2007"
    controller = both.forest.find(global_catalog=True)
    query = f"(&(objectCategory=group)(msExchExpansionServerName={legacy.replace('(', chr(92) + '28').replace(')', chr(92) + '29')}))"
    assert len(controller.search("", query, across=True)) == 1
    given = {"ForceUpgrade": True, "BypassSecurityGroupManagerCheck": True}
    e10("Set-DistributionGroup", Identity="All Staff", ExpansionServer="MAIL2010", **given)
    assert controller.search("", query, across=True) == []


def test_a_group_is_changed_by_its_owners_or_with_a_word(both, e10):
    given = {"Identity": "All Staff", "ExpansionServer": "MAIL2010", "ForceUpgrade": True}
    with pytest.raises(CmdletFailed, match="by a manager of the group"):
        e10("Set-DistributionGroup", **given)
    e10("Set-DistributionGroup", **given, BypassSecurityGroupManagerCheck=True)


def test_the_2007_shell_does_not_edit_a_group_that_2010_has_saved(both, e07, e10):
    given = {"ForceUpgrade": True, "BypassSecurityGroupManagerCheck": True}
    e10("Set-DistributionGroup", Identity="All Staff", ExpansionServer="MAIL2010", **given)
    with pytest.raises(CmdletFailed, match="future version"):
        e07("Set-DistributionGroup", Identity="All Staff", ExpansionServer="MAIL2007")


def test_a_queue_that_waits_is_shown(both):
    org_of(both).mail.hold(both.server("MAIL2007"), "smtp.isp.example", 3, "421 later")
    shell = Shell(both, "MAIL2007", "2007")
    assert [(q["Status"], q["MessageCount"]) for q in shell("Get-Queue")] == [("Ready", 0), ("Retry", 3)]
    org_of(both).people.drain_queues("MAIL2007")
    assert len(shell("Get-Queue")) == 1
