"""Mail between Exchange 2003 and later versions: routing group connectors, receive connectors, queues."""

import pytest

from tests.exchange.beside_2003.words import AG12, HOST, RG12, connectors, flow, moved, refused
from tests.exchange.harness import install, org_of
from tests.exchange.legacy import build, prepare, with_2007
from tests.exchange.scripts import Console


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
