"""What leaves Exchange 2003: mailboxes, public folders, address books, expansion servers."""

from tests.exchange.beside_2003.words import HOST, refused
from tests.exchange.harness import org_of
from tests.exchange.legacy import STORE, build, with_2007, with_2010
from tests.exchange.scripts import Console

SCRIPTS = {
    "2007": r"C:\Program Files\Microsoft\Exchange Server\Scripts",
    "2010": r"C:\Program Files\Microsoft\Exchange Server\V14\Scripts",
}


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
    more = " -ForceUpgrade -BypassSecurityGroupManagerCheck" if version == "2010" else ""
    assert shell.text("(Get-DistributionGroup 'All Staff').ExpansionServer").endswith("cn=EX03")
    shell.run(f"Set-DistributionGroup 'All Staff' -ExpansionServer {HOST[version]}{more}")
    assert shell.text("(Get-DistributionGroup 'All Staff').ExpansionServer").endswith(f"cn={HOST[version]}")
