"""Microsoft's scripts and everyday lines, run by the organization's own PowerShell."""

import pytest

from tests.exchange.harness import org_of
from tests.exchange.scripts import Console

SCRIPTS_10 = r"C:\Program Files\Microsoft\Exchange Server\V14\Scripts"


@pytest.fixture
def shell10(both):
    return Console(both, "MAIL2010")


@pytest.fixture
def shell07(both):
    return Console(both, "MAIL2007")


def test_no_cmdlet_is_there_before_its_snap_in(both):
    bare = Console(both, "MAIL2010", snapin=False)
    result = bare.try_run("Get-Mailbox")
    assert result.errors[0].fully_qualified_id == "CommandNotFoundException"
    foreign = bare.try_run("Add-PSSnapin Microsoft.Exchange.Management.PowerShell.Admin")
    assert foreign.errors or foreign.terminated


def test_adding_the_snap_in_takes_its_time(both):
    before = both.clock.now()
    Console(both, "MAIL2010")
    assert (both.clock.now() - before).total_seconds() >= 6


def test_an_error_has_exchanges_words_and_form(shell10):
    result = shell10.try_run("Get-Mailbox nosuch")
    error = result.errors[0]
    assert (
        error.message
        == "The operation couldn't be performed because object 'nosuch' couldn't be found on 'dc1.contoso.com'."
    )
    number, _, task = error.fully_qualified_id.partition(",")
    assert len(number) == 8
    assert task == "Microsoft.Exchange.Management.RecipientTasks.GetMailbox"
    assert shell10.run("Get-Mailbox nosuch -ErrorAction SilentlyContinue; 5") == [5]
    assert shell10.run(
        "try { Get-Mailbox nosuch -ErrorAction Stop } catch { $_.Exception.GetType().Name }"
    ) == ["ManagementObjectNotFoundException"]


def test_a_parameter_of_the_other_version_is_a_binding_error(shell07, shell10):
    result = shell07.try_run("Get-MailboxDatabase -IncludePreExchange2010")
    assert result.errors[0].fully_qualified_id.startswith("NamedParameterNotFound")
    assert shell10.run("@(Get-MailboxDatabase -IncludePreExchange2010).Count") == [2]


def test_one_result_is_no_array_and_several_are(shell10):
    assert shell10.run("(Get-Mailbox anna) -is [array]") == [False]
    assert shell10.run("(Get-Mailbox) -is [array]") == [True]


def test_objects_go_down_the_pipeline(both, shell10):
    shell10.run(
        "Get-Mailbox user00* | New-MoveRequest -TargetDatabase DB01 -BatchName W1 -Confirm:$false | Out-Null"
    )
    both.clock.advance(36000)
    assert shell10.run("@(Get-MoveRequest -BatchName W1 -MoveStatus Completed).Count") == [9]
    shell10.run("Get-MoveRequest -BatchName W1 -MoveStatus Completed | Remove-MoveRequest -Confirm:$false")
    assert shell10.run("@(Get-MoveRequest).Count") == [0]
    assert shell10.run(
        "Get-Mailbox user001 | Get-MailboxStatistics | ForEach-Object { $_.DatabaseName }"
    ) == ["DB01"]


def test_a_certificate_goes_from_import_to_enable(both, shell10):
    org_of(both).people.own_certificate(["mail.contoso.com"], "pw", "MAIL2010", r"C:\cert.pfx")
    shell10.run(
        r"""
        $secret = ConvertTo-SecureString 'pw' -AsPlainText -Force
        $bytes = [byte[]](Get-Content C:\cert.pfx -Encoding Byte -ReadCount 0)
        Import-ExchangeCertificate -FileData $bytes -Password $secret -PrivateKeyExportable $true |
            Enable-ExchangeCertificate -Services IIS,POP,IMAP,SMTP -Force
        """
    )
    assert shell10.run("(Get-ExchangeCertificate | Where-Object { $_.Services -match 'IIS' }).Subject") == [
        "CN=mail.contoso.com"
    ]


def test_replicas_are_added_to_a_whole_tree_and_moved_away(both, shell10):
    shell10.run("New-PublicFolderDatabase -Name PF10 -Server MAIL2010 | Out-Null")
    shell10.run("Mount-Database PF10")
    both.clock.advance(600)
    shell10.run(
        rf"& '{SCRIPTS_10}\AddReplicaToPFRecursive.ps1' -TopPublicFolder '\NON_IPM_SUBTREE' -ServerToAdd MAIL2010"
    )
    shell10.run(rf"& '{SCRIPTS_10}\AddReplicaToPFRecursive.ps1' -TopPublicFolder '\' -ServerToAdd MAIL2010")
    folders = org_of(both).state.folders.values()
    assert {len(folder.replicas) for folder in folders} == {2}
    both.clock.advance(7200)
    shell10.run(rf"Set-Location '{SCRIPTS_10}'; .\MoveAllReplicas.ps1 -Server MAIL2007 -NewServer MAIL2010")
    assert {len(folder.replicas) for folder in folders} == {1}
    both.clock.advance(7200)
    assert shell10.run("@(Get-PublicFolderStatistics -Server MAIL2007).Count") == [0]


def test_a_test_mailbox_is_made_by_script(shell10):
    shell10.run(
        rf"""
        Push-Location '{SCRIPTS_10}'
        $secret = ConvertTo-SecureString 'Long-Enough-1' -AsPlainText -Force
        Get-MailboxServer MAIL2010 | .\New-TestCasConnectivityUser.ps1 -OU Users -Password $secret | Out-Null
        Pop-Location
        """
    )
    assert shell10.run("@(Get-Mailbox extest_*).Count") == [1]
    assert shell10.run("(Test-MAPIConnectivity -Identity (Get-Mailbox extest_*).Alias).Result") == ["Success"]


def test_sizes_convert_and_show(shell07, shell10):
    assert shell10.run("(Get-MailboxStatistics anna).TotalItemSize.Value.ToMB()") == [640]
    assert shell10.text('"$((Get-MailboxStatistics anna).TotalItemSize)"') == "640 MB (671,088,640 bytes)"
    assert shell07.text("\"$((Get-MailboxDatabase 'Mailbox Database').IssueWarningQuota)\"") == "1991680KB"


def test_what_if_changes_nothing(shell10):
    result = shell10.try_run("Remove-SendConnector 'Internet Connector' -WhatIf")
    assert "What if" in result.host_text
    assert shell10.run("(Get-SendConnector).Name") == ["Internet Connector"]


def test_cmdlets_and_ldap_read_one_truth(shell10):
    script = """
        Set-SendConnector 'Internet Connector' -SourceTransportServers MAIL2010 -Confirm:$false
        $dn = (Get-SendConnector 'Internet Connector').DistinguishedName
        ([ADSI]"LDAP://$dn").msExchSourceBridgeheadServersDN.Value
    """
    assert shell10.run(script)[0].startswith("CN=MAIL2010,CN=Servers,")


def test_multi_valued_properties_take_a_hashtable(shell10):
    shell10.run("Set-TransportConfig -InternalSMTPServers @{Add='10.0.0.1','10.0.0.2'}")
    shell10.run("Set-TransportConfig -InternalSMTPServers @{Remove='10.0.0.1'}")
    assert shell10.run("(Get-TransportConfig).InternalSMTPServers") == ["10.0.0.2"]
