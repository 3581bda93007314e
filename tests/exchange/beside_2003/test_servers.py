"""The shells of 2007 and 2010 in organizations with Exchange 2003: Setup, what they see, change and refuse."""

import pytest

from exmigrate.twin.world.exchange.store import Store
from tests.exchange.beside_2003.words import HOST, connectors, refused
from tests.exchange.harness import install, org_of
from tests.exchange.legacy import STORE, build, prepare, with_2007, with_2010
from tests.exchange.scripts import Console


def test_the_first_hub_is_told_a_bridgehead_and_connects_both_ways(world, version):
    ways = {(c.sources, c.targets, c.cost) for c in connectors(world)}
    assert ways == {((HOST[version],), ("EX03",), 1), (("EX03",), (HOST[version],), 1)}
    assert org_of(world).routes.in_interop(Store(world.forest.find(writable=True)), "EX03")
    assert world.hooks.state(world)["interop"] == ["EX03"]


def test_setup_refuses_a_first_hub_without_a_bridgehead_and_with_one_that_is_none():
    world = build()
    prepare(world, "2007SP3")
    server = world.server("MAIL2007")

    def against(name: str) -> list[str]:
        given = {"legacyroutingserver": name} if name else {}
        return world.hooks.install_blockers(world, server, "HubTransport", "2007SP3", given)

    assert "LegacyRoutingServer" in against("")[0]
    assert "is not an Exchange 2000 or Exchange 2003 server" in against("nosuch.contoso.com")[0]
    assert against("ex03.contoso.com") == []
    install(world, "MAIL2007", "HubTransport", level="2007SP3", legacyroutingserver="ex03.contoso.com")
    assert world.hooks.install_blockers(world, world.server("MAIL2010"), "HubTransport", "2010SP3", {}) == []


def test_prepare_ad_accepts_the_domains_of_the_recipient_policies(shell):
    rows = shell.run(
        "Get-AcceptedDomain | ForEach-Object { '' + $_.DomainName + ' ' + $_.DomainType + ' ' + $_.Default }"
    )
    assert sorted(rows) == [
        "contoso.com Authoritative True",
        "sales.contoso.com Authoritative False",
        "shared.example InternalRelay False",
    ]


def test_the_first_mailbox_server_of_2007_brings_a_public_folder_database():
    shell = Console(with_2007(build()), "MAIL2007")
    row = shell.text(
        "$d = Get-MailboxDatabase -Server MAIL2007; '' + $d.Identity + '|' + $d.PublicFolderDatabase"
    )
    assert row == (
        r"MAIL2007\First Storage Group\Mailbox Database|MAIL2007\Second Storage Group\Public Folder Database"
    )
    shell.world.clock.advance(600) if hasattr(shell, "world") else None


def test_2010_brings_none_and_uses_that_of_2003():
    shell = Console(with_2010(build()), "MAIL2010")
    assert shell.run("Get-PublicFolderDatabase") == []
    assert "Public Folder Store (EX03)" in shell.text("'' + (Get-MailboxDatabase DB01).PublicFolderDatabase")


def test_servers_of_2003_are_listed_without_roles(shell, version):
    rows = shell.run(
        "Get-ExchangeServer | ForEach-Object { '' + $_.Name + '|' + $_.AdminDisplayVersion + '|' + $_.ServerRole + '|' + "
        "$_.IsExchange2007OrLater }"
    )
    assert rows[:3] == [
        f"{name}|Version 6.5 (Build 7638.2)|None|False" for name in ("EX03", "EX03B", "EX03FE")
    ]
    assert rows[3].startswith(HOST[version])


def test_mailboxes_of_2003_are_legacy_and_have_the_dn_of_their_group(shell):
    row = shell.text(
        "$m = Get-Mailbox anna; '' + $m.RecipientTypeDetails + '|' + $m.ExchangeVersion + '|' + $m.LegacyExchangeDN"
    )
    assert (
        row == "LegacyMailbox|0.0 (6.5.6500.0)|/o=Contoso/ou=First Administrative Group/cn=Recipients/cn=anna"
    )
    assert len(shell.run("Get-Mailbox -Server EX03B")) == 1


def test_stores_of_2003_are_shown_only_when_asked_for(shell, version):
    assert len(shell.run("Get-MailboxDatabase")) == 1
    assert shell.run("Get-MailboxDatabase -Server EX03") == []
    assert len(shell.run(f"Get-MailboxDatabase -IncludePreExchange{version}")) == 3
    found = shell.text(f"'' + (Get-MailboxDatabase -Server EX03 -IncludePreExchange{version}).Identity")
    assert found == rf"EX03\First Storage Group\{STORE}"
    assert shell.text(f"'' + (Get-MailboxDatabase '{found}').Identity") == found


def test_what_2003_holds_is_read_with_its_own_tools_only(shell):
    for line in (
        "Get-MailboxStatistics anna",
        "Get-MailboxStatistics -Server EX03",
        "Get-PublicFolderStatistics -Server EX03",
        "Get-PublicFolder -Server EX03",
    ):
        assert "running Exchange 2003" in refused(shell, line)


def test_its_mailboxes_are_edited_but_not_made_or_given_a_voice(shell):
    shell.run("Set-Mailbox anna -DisplayName 'Anna A.'")
    assert shell.text("(Get-Mailbox anna).DisplayName") == "Anna A."
    password = "(ConvertTo-SecureString 'Secret-9' -AsPlainText -Force)"
    line = (
        f"New-Mailbox -Name Neu -UserPrincipalName neu@contoso.com -Database '{STORE}' -Password {password}"
    )
    assert "can't be managed" in refused(shell, line)
    assert "Unified Messaging" in refused(
        shell, "Enable-UMMailbox anna -UMMailboxPolicy P -Extensions 4711 -PIN 123456"
    )


def kinds(shell, cmdlet):
    rows = shell.run(f"{cmdlet} | ForEach-Object {{ $_.Name + '=' + $_.RecipientFilterType }}")
    return dict(row.split("=") for row in rows)


def test_policies_and_lists_are_legacy_until_they_get_an_opath_filter(world, shell):
    assert kinds(shell, "Get-EmailAddressPolicy") == {"Default Policy": "Legacy", "Sales": "Legacy"}
    assert set(kinds(shell, "Get-EmailAddressPolicy -IncludeMailboxSettingOnlyPolicy")) == {
        "Default Policy",
        "Sales",
        "Clean up",
    }
    assert set(kinds(shell, "Get-AddressList").values()) == {"Legacy"}
    assert "NonInteractive" in refused(shell, "Set-AddressList 'All Users' -IncludedRecipients MailboxUsers")
    assert "'Legacy'" in refused(shell, "Set-AddressList 'All Users' -ForceUpgrade")
    shell.run(
        "Set-EmailAddressPolicy 'Default Policy' -IncludedRecipients AllRecipients -ForceUpgrade; "
        "Set-AddressList 'All Users' -IncludedRecipients MailboxUsers -ForceUpgrade; "
        "Set-AddressList 'Public Folders' -RecipientFilter {RecipientType -eq 'PublicFolder'} -ForceUpgrade; "
        "Set-GlobalAddressList 'Default Global Address List' -RecipientFilter {(Alias -ne $null -and "
        "(ObjectClass -eq 'user' -or ObjectClass -eq 'group'))} -ForceUpgrade"
    )
    lists = kinds(shell, "Get-AddressList")
    assert (lists["All Users"], lists["Public Folders"], lists["All Groups"]) == (
        "Precanned",
        "Custom",
        "Legacy",
    )
    assert kinds(shell, "Get-EmailAddressPolicy")["Default Policy"] == "Precanned"
    assert kinds(shell, "Get-GlobalAddressList") == {"Default Global Address List": "Custom"}
    filters = world.hooks.state(world)["filters"]
    assert filters["AddressList"]["Address Lists Container/All Address Lists/All Users"] == "Precanned"
    controller = world.forest.find(writable=True)
    found = controller.search(
        controller.forest.configuration_dn, "(&(objectClass=addressBookContainer)(cn=All Users))"
    )[0]
    assert "mailNickname=*" in found.text("purportedSearch")
    assert len(controller.search(controller.domain_dn, found.text("purportedSearch"))) >= 7


def test_a_policy_with_mailbox_manager_settings_is_refused_and_a_bad_filter_too(shell):
    line = "Set-EmailAddressPolicy Sales -RecipientFilter {Department -eq 'Sales'} -ForceUpgrade"
    assert "mailbox manager settings" in refused(shell, line)
    line = "Set-AddressList 'All Groups' -RecipientFilter {Departmint -eq 'x'} -ForceUpgrade"
    assert "not a recognized filterable property" in refused(shell, line)
    assert kinds(shell, "Get-AddressList")["All Groups"] == "Legacy"


def test_exchange_2000_shows_its_version():
    shell = Console(with_2007(build("2000SP3")), "MAIL2007")
    row = shell.text(
        "$s = Get-ExchangeServer EX03; '' + $s.AdminDisplayVersion + '|' + $s.IsExchange2003OrLater"
    )
    assert row == "Version 6.0 (Build 6249.4)|False"


@pytest.mark.parametrize(
    ("level", "given", "shown"),
    [
        ("2007", "-ExternalAuthenticationMethod Ntlm", "ExternalAuthenticationMethod"),
        ("2007SP3", "-ClientAuthenticationMethod Ntlm", "ClientAuthenticationMethod"),
    ],
)
def test_outlook_anywhere_has_the_parameters_of_its_service_pack(level, given, shown):
    world = build()
    prepare(world, level)
    install(world, "MAIL2007", "ClientAccess", level=level)
    shell = Console(world, "MAIL2007")
    other = "-ClientAuthenticationMethod Ntlm" if level == "2007" else "-ExternalAuthenticationMethod Ntlm"
    line = "Enable-OutlookAnywhere -Server MAIL2007 -ExternalHostname mail.contoso.com -SSLOffloading:$false"
    assert "parameter" in refused(shell, f"{line} {other}").lower()
    shell.run(f"{line} {given} | Out-Null")
    assert shell.text(f"(Get-OutlookAnywhere).{shown}") == "Ntlm"


def get(world, server, path, secure=True):
    with world.access():
        return world.hooks.http(
            world, world.server(server), "GET", path, {"host": "mail.contoso.com"}, secure
        )


def test_a_client_access_server_answers_for_the_paths_of_2003_too(world, version):
    answer = get(world, HOST[version], "/exchange/")
    assert answer.status == 302
    assert answer.headers["Location"].endswith("url=https://mail.contoso.com/exchange&reason=0")


def test_2003_offers_what_its_directories_allow_and_speaks_smtp(world):
    offered = get(world, "EX03", "/Microsoft-Server-ActiveSync", secure=False)
    assert offered.status == 401
    assert "Negotiate" not in offered.headers["WWW-Authenticate"]
    assert "Negotiate" in get(world, "EX03", "/exchange", secure=False).headers["WWW-Authenticate"]
    assert get(world, "EX03", "/owa", secure=False) is None
    with world.access():
        server = world.server("EX03")
        assert b"220 ex03.contoso.com Microsoft ESMTP" in world.hooks.banner(world, server, 25, "10.0.0.9")
        talk = {"port": "25"}
        said = [
            world.hooks.smtp(world, server, "10.0.0.9", line, talk)
            for line in (
                "EHLO x",
                "MAIL FROM:<a@b.example>",
                "RCPT TO:<anna@contoso.com>",
                "RCPT TO:<x@example.org>",
            )
        ]
    assert [text[:3] for text in said] == ["250", "250", "250", "550"]
