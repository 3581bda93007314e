"""The shells of 2007 and 2010 in organizations with Exchange 2003: what they see, change, move and refuse."""

import pytest

from exmigrate.twin.world import legacy
from exmigrate.twin.world.exchange.store import Store
from tests.exchange.harness import install, org_of
from tests.exchange.legacy import STORE, build, prepare, with_2007, with_2010
from tests.exchange.scripts import Console

SCRIPTS = {
    "2007": r"C:\Program Files\Microsoft\Exchange Server\Scripts",
    "2010": r"C:\Program Files\Microsoft\Exchange Server\V14\Scripts",
}
HOST = {"2007": "MAIL2007", "2010": "MAIL2010"}
RG12 = "Exchange Routing Group (DWBGZMFD01QNBJR)"
AG12 = "Exchange Administrative Group (FYDIBOHF23SPDLT)"


@pytest.fixture(params=["2007", "2010"])
def version(request):
    return request.param


@pytest.fixture
def world(version):
    return with_2007(build()) if version == "2007" else with_2010(build())


@pytest.fixture
def shell(world, version):
    return Console(world, HOST[version])


def refused(shell, text):
    """The words in which a line is refused."""
    result = shell.try_run(text)
    problems = [*result.errors, *([result.terminated] if result.terminated else [])]
    assert problems, result.output
    return problems[0].message


def connectors(world):
    controller = world.forest.find(writable=True)
    return legacy.routing_group_connectors(controller)


# Setup


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


# what the shells see


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


# routing group connectors


def test_a_connector_is_made_both_ways_changed_one_way_and_removed(world, shell, version):
    host = HOST[version]
    shell.run(
        f"New-RoutingGroupConnector -Name Branch -SourceTransportServers {host} -TargetTransportServers ex03b.contoso.com "
        "-Cost 100 -BiDirectional $true -PublicFolderReferralsEnabled $true | Out-Null"
    )
    assert {(c.sources, c.targets) for c in connectors(world) if c.name == "Branch"} == {
        ((host,), ("EX03B",)),
        (("EX03B",), (host,)),
    }
    assert world.hooks.state(world)["interop"] == ["EX03", "EX03B"]
    assert "multiple entries" in refused(shell, "Set-RoutingGroupConnector Branch -Cost 5")
    shell.run(rf"Set-RoutingGroupConnector '{AG12}\{RG12}\Branch' -Cost 5")
    assert sorted(c.cost for c in connectors(world) if c.name == "Branch") == [5, 100]
    shell.run("Get-RoutingGroupConnector Branch | Remove-RoutingGroupConnector -Confirm:$false")
    assert [c.name for c in connectors(world) if c.name == "Branch"] == []


def test_bridgeheads_replace_each_other_within_their_routing_group(world, shell, version):
    identity = rf"{RG12}\{HOST[version]}-EX03"
    shell.run(f"Set-RoutingGroupConnector '{identity}' -TargetTransportServers EX03,EX03FE")
    targets = {c.targets for c in connectors(world) if c.sources == (HOST[version],)}
    assert targets == {("EX03", "EX03FE")}
    assert "isn't in the routing group" in refused(
        shell, f"Set-RoutingGroupConnector '{identity}' -TargetTransportServers EX03B"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-SourceTransportServers EX03 -TargetTransportServers EX03B", "Exchange System Manager"),
        ("-SourceTransportServers {host} -TargetTransportServers EX03,EX03B", "in the same routing group"),
        ("-SourceTransportServers {host} -TargetTransportServers {host}", "connects two routing groups"),
        ("-SourceTransportServers {host} -TargetTransportServers EX03B -Cost 0", "from 1 through 100"),
        ("-SourceTransportServers {host} -TargetTransportServers nosuch", "could"),
    ],
)
def test_a_connector_that_cannot_be(world, shell, version, line, words):
    before = connectors(world)
    assert words in refused(shell, f"New-RoutingGroupConnector -Name X {line.format(host=HOST[version])}")
    assert connectors(world) == before


def test_a_hub_that_is_a_source_cannot_be_uninstalled(world, shell, version):
    server = world.server(HOST[version])
    assert "routing group connector" in world.hooks.uninstall_blockers(world, server, "HubTransport")[0]
    shell.run("Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false")
    assert world.hooks.uninstall_blockers(world, server, "HubTransport") == []


# mail


def flow(world, sender, recipient):
    message = org_of(world).mail.deliver(f"{sender}@contoso.com", f"{recipient}@contoso.com", "test")
    return message.hops, message.status


def moved(shell, version, alias="anna"):
    if version == "2007":
        shell.run(
            rf"Move-Mailbox {alias} -TargetDatabase 'MAIL2007\First Storage Group\Mailbox Database' -Confirm:$false | Out-Null"
        )
    else:
        shell.run(
            f"New-MoveRequest {alias} -TargetDatabase DB01 | Out-Null; Start-Sleep 900; Remove-MoveRequest {alias} -Confirm:$false"
        )


def test_mail_crosses_the_versions_over_the_connector_only(world, shell, version):
    moved(shell, version)
    host = HOST[version]
    assert flow(world, "anna", "user001") == ([host, host, "EX03"], "Delivered")
    assert flow(world, "user001", "anna") == (["EX03", host, host], "Delivered")
    shell.run("Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false")
    assert "no routing group connector leads" in flow(world, "anna", "user001")[1]
    assert "no routing group connector leads" in flow(world, "user001", "anna")[1]
    assert "*FAILURE*" in [
        str(o)
        for o in shell.try_run(
            "(Test-Mailflow -TargetEmailAddress user001@contoso.com).TestMailflowResult"
        ).output
    ]


def test_without_interop_2003_may_not_send_to_the_hub(world, shell, version):
    moved(shell, version)
    controller = world.forest.find(writable=True)
    group = "CN=ExchangeLegacyInterop,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com"
    with world.access():
        controller.modify(group, {"member": None})
    assert "ExchangeLegacyInterop" in flow(world, "user001", "anna")[1]
    assert flow(world, "anna", "user001")[1] == "Delivered"


def test_a_receive_connector_that_drops_legacy_servers_breaks_their_mail(world, shell, version):
    moved(shell, version)
    host = HOST[version]
    shell.run(
        rf"Set-ReceiveConnector '{host}\Default {host}' -PermissionGroups 'AnonymousUsers, ExchangeUsers, ExchangeServers'"
    )
    assert "does not let legacy Exchange servers in" in flow(world, "user001", "anna")[1]


def test_mail_leaves_by_the_connector_of_2003_until_a_cheaper_one_is_there(world, shell, version):
    host = HOST[version]

    def out(sender):
        return org_of(world).mail.deliver(f"{sender}@contoso.com", "x@example.org", "test").hops

    moved(shell, version)
    assert out("anna") == [host, host, "EX03", "example.org"]
    shell.run(
        f"New-SendConnector -Name Internet -Usage Internet -AddressSpaces '*' -SourceTransportServers {host} | Out-Null"
    )
    assert out("anna") == [host, host, "example.org"]
    assert out("user001") == ["EX03", "example.org"]
    assert "Exchange System Manager" in refused(shell, "Remove-SendConnector 'Internet 2003' -Confirm:$false")


# moves


def test_move_mailbox_validates_moves_reports_and_moves_back():
    world = with_2007(build())
    shell = Console(world, "MAIL2007")
    target = r"MAIL2007\First Storage Group\Mailbox Database"
    dry = shell.text(
        f"$r = Move-Mailbox anna -TargetDatabase '{target}' -ValidateOnly; '' + $r.StatusCode + '|' + $r.StatusMessage"
    )
    assert dry == "0|This mailbox can be moved to the target database."
    assert shell.text("'' + (Get-Mailbox anna).RecipientTypeDetails") == "LegacyMailbox"
    result = shell.try_run(
        rf"Get-Mailbox -Server EX03 | Move-Mailbox -TargetDatabase '{target}' -BadItemLimit 2 -MaxThreads 4 "
        r"-ReportFile C:\exmig\b1.xml -Confirm:$false | ForEach-Object { $_.Alias + ' ' + $_.StatusCode }"
    )
    assert "anna 0" in result.output
    assert "broken -1056749164" in result.output
    assert "maximum number of corrupted items" in result.errors[0].message
    assert shell.text("'' + (Get-Mailbox anna).RecipientTypeDetails") == "UserMailbox"
    assert shell.text("'' + (Get-Mailbox broken).RecipientTypeDetails") == "LegacyMailbox"
    report = shell.run(
        r"([xml](Get-Content C:\exmig\b1.xml)).'Move-Mailbox'.TaskDetails.Item | ForEach-Object { $_.MailboxName + ' ' + $_.Result.ErrorCode }"
    )
    assert "Anna Ammann 0" in report
    shell.run(
        rf"Move-Mailbox anna -TargetDatabase 'EX03\First Storage Group\{STORE}' -Confirm:$false | Out-Null"
    )
    assert (
        shell.text("'' + (Get-Mailbox anna).RecipientTypeDetails + (Get-Mailbox anna).ServerName")
        == "LegacyMailboxex03"
    )


def test_a_move_request_from_2003_is_offline_and_keeps_the_user_out_until_it_is_over():
    world = with_2010(build())
    shell = Console(world, "MAIL2010")
    shell.run(
        "New-MoveRequest anna -TargetDatabase DB01 -SuspendWhenReadyToComplete | Out-Null; Start-Sleep 900"
    )
    assert "Offline" in shell.text("(Get-MoveRequest anna).Flags")
    assert shell.text("'' + (Get-MoveRequest anna).Status") == "AutoSuspended"
    box = next(b for b in org_of(world).state.mailboxes.values() if b.name == "Anna Ammann")
    assert box.locked
    shell.run("Resume-MoveRequest anna; Start-Sleep 300")
    assert shell.text("'' + (Get-MoveRequest anna).Status") == "Completed"
    assert not box.locked
    shell.run("Remove-MoveRequest anna -Confirm:$false")
    shell.run(
        rf"New-MoveRequest anna -TargetDatabase 'EX03\First Storage Group\{STORE}' | Out-Null; Start-Sleep 900"
    )
    assert shell.text("'' + (Get-Mailbox anna).RecipientTypeDetails") == "LegacyMailbox"


def test_below_sp2_2003_is_no_source_of_move_requests():
    shell = Console(with_2010(build("2003SP1")), "MAIL2010")
    assert "isn't supported for moves" in refused(shell, "New-MoveRequest anna -TargetDatabase DB01")


# public folders, address books


def test_folders_get_a_new_replica_in_time_and_leave_2003_when_it_holds_all(world, shell, version):
    host, scripts = HOST[version], SCRIPTS[version]
    if version == "2010":
        shell.run("New-PublicFolderDatabase -Name PF10 -Server MAIL2010 | Out-Null; Mount-Database PF10")
    world.clock.advance(900)
    for top in ("\\NON_IPM_SUBTREE", "\\"):
        shell.run(rf"& '{scripts}\AddReplicaToPFRecursive.ps1' -TopPublicFolder '{top}' -ServerToAdd {host}")
    count = f"(Get-PublicFolderStatistics -Server {host} | Where-Object {{ $_.Name -eq 'Sales' }}).ItemCount"
    assert shell.text(count) == "0"
    shell.run("Start-Sleep 2400")
    assert shell.text(count) == "100"
    shell.run(rf"& '{scripts}\MoveAllReplicas.ps1' -Server EX03 -NewServer {host}")
    assert len(org_of(world).folders.instances("EX03")) > 2
    shell.run("Start-Sleep 4000")
    assert org_of(world).folders.instances("EX03") == []


def test_no_replica_fills_without_a_connector(world, shell, version):
    host = HOST[version]
    if version == "2010":
        shell.run("New-PublicFolderDatabase -Name PF10 -Server MAIL2010 | Out-Null; Mount-Database PF10")
    world.clock.advance(900)
    shell.run("Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false")
    shell.run(
        rf"& '{SCRIPTS[version]}\AddReplicaToPFRecursive.ps1' -TopPublicFolder '\Sales' -ServerToAdd {host}; Start-Sleep 7200"
    )
    rows = shell.run(
        f"Get-PublicFolderStatistics -Server {host} | Where-Object {{ $_.Name -eq 'Sales' }} | ForEach-Object {{ [int]$_.ItemCount }}"
    )
    assert rows == [0]


def test_the_address_book_of_2003_moves(shell, version):
    host = HOST[version]
    assert shell.text("'' + (Get-OfflineAddressBook).Server") == "EX03"
    shell.run(
        f"Move-OfflineAddressBook 'Default Offline Address List' -Server {host} -Confirm:$false; "
        f"Set-OfflineAddressBook 'Default Offline Address List' -VirtualDirectories '{host}\\OAB (Default Web Site)' "
        "-Versions Version2,Version3,Version4 -PublicFolderDistributionEnabled $true; "
        "Update-OfflineAddressBook 'Default Offline Address List'"
    )
    assert (
        shell.text("$b = Get-OfflineAddressBook; '' + $b.Server + '|' + $b.Versions")
        == f"{host}|Version2 Version3 Version4"
    )


def test_an_expansion_server_of_2003_is_replaced(shell, version):
    more = " -ForceUpgrade" if version == "2010" else ""
    assert shell.text("(Get-DistributionGroup 'All Staff').ExpansionServer").endswith("cn=EX03")
    shell.run(f"Set-DistributionGroup 'All Staff' -ExpansionServer {HOST[version]}{more}")
    assert shell.text("(Get-DistributionGroup 'All Staff').ExpansionServer").endswith(f"cn={HOST[version]}")


# policies and lists


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


# both old versions


def test_2010_takes_the_connector_over_from_2007_and_its_hub_may_go():
    world = with_2007(build())
    prepare(world, "2010SP3")
    install(world, "MAIL2010", "ClientAccess", "HubTransport", "Mailbox", mdbname="DB01")
    assert len(connectors(world)) == 2
    old, new = Console(world, "MAIL2007"), Console(world, "MAIL2010")
    new.run(
        rf"Set-RoutingGroupConnector '{RG12}\MAIL2007-EX03' -SourceTransportServers MAIL2010; "
        r"Set-RoutingGroupConnector 'First Routing Group\MAIL2007-EX03' -TargetTransportServers MAIL2010"
    )
    assert {(c.sources, c.targets) for c in connectors(world)} == {
        (("MAIL2010",), ("EX03",)),
        (("EX03",), ("MAIL2010",)),
    }
    assert world.hooks.uninstall_blockers(world, world.server("MAIL2007"), "HubTransport") == []
    old.run(
        r"Move-Mailbox anna -TargetDatabase 'MAIL2007\First Storage Group\Mailbox Database' -Confirm:$false | Out-Null"
    )
    assert flow(world, "user001", "anna")[1] == "Delivered"
    new.run(
        "New-MoveRequest user001 -TargetDatabase DB01 | Out-Null; New-MoveRequest anna -TargetDatabase DB01 | Out-Null; Start-Sleep 3600"
    )
    assert new.run("Get-MoveRequest | ForEach-Object { '' + $_.Status }") == ["Completed", "Completed"]


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


def test_mail_that_finds_no_way_waits_in_a_queue_for_that_routing_group(world, shell, version):
    moved(shell, version)
    host = HOST[version]
    shell.run("Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false")
    message = org_of(world).mail.deliver("anna@contoso.com", "user001@contoso.com", "late")
    row = shell.text(
        "$q = Get-Queue | Where-Object { $_.NextHopDomain -eq 'First Routing Group' }; "
        "'' + $q.Status + ' ' + $q.MessageCount + ' ' + $q.DeliveryType"
    )
    assert row == "Retry 1 SmtpRelayToTiRg"
    assert not message.delivered
    shell.run(
        f"New-RoutingGroupConnector -Name Again -SourceTransportServers {host} -TargetTransportServers EX03 "
        "-BiDirectional $true | Out-Null; Start-Sleep 700"
    )
    assert message.delivered
    assert message.hops[-1] == "EX03"
    assert shell.run("Get-Queue | Where-Object { $_.MessageCount }") == []
