"""Public folders: replicas that fill and drain in their own time."""

import pytest

from tests.exchange.harness import CmdletFailed, org_of


def counts(shell, server):
    return {
        row["FolderPath"]: int(row["ItemCount"]) for row in shell("Get-PublicFolderStatistics", Server=server)
    }


@pytest.fixture
def pf10(both, e10):
    e10("New-PublicFolderDatabase", Name="PF10", Server="MAIL2010")
    both.clock.advance(60)
    e10("Mount-Database", Identity="PF10")
    return both


def replicas(shell, path):
    return [r.values["Name"] for r in shell.one("Get-PublicFolder", Identity=path)["Replicas"].items]


def test_a_new_database_has_no_folders_until_the_hierarchy_arrived(pf10, e10):
    assert len(e10("Get-PublicFolder", Server="MAIL2010", Recurse=True, ResultSize="Unlimited")) == 1
    pf10.clock.advance(400)
    assert len(e10("Get-PublicFolder", Server="MAIL2010", Recurse=True, ResultSize="Unlimited")) == 3


def test_a_server_holds_one_public_folder_database(pf10, e10):
    with pytest.raises(CmdletFailed, match="only one public folder database"):
        e10("New-PublicFolderDatabase", Name="PF11", Server="MAIL2010")


def test_a_replica_fills_after_the_replication_period(pf10, e10):
    pf10.clock.advance(400)
    e10("Set-PublicFolder", Identity="\\Sales", Replicas=["Public Folders", "PF10"])
    assert counts(e10, "MAIL2010") == {"Sales": 0}
    pf10.clock.advance(1200)
    assert counts(e10, "MAIL2010") == {"Sales": 100}
    assert counts(e10, "MAIL2007")["Sales"] == 100


def test_a_replica_drains_only_when_another_holds_everything(pf10, e10):
    pf10.clock.advance(400)
    e10("Set-PublicFolder", Identity="\\Sales", Replicas=["PF10"])
    assert replicas(e10, "\\Sales") == ["PF10"]
    pf10.clock.advance(880)
    assert "Sales" in counts(e10, "MAIL2007")
    pf10.clock.advance(2400)
    assert "Sales" not in counts(e10, "MAIL2007")
    assert counts(e10, "MAIL2010")["Sales"] == 100


def test_a_folder_keeps_a_replica(pf10, e10):
    pf10.clock.advance(400)
    with pytest.raises(CmdletFailed, match="at least one replica"):
        e10("Set-PublicFolder", Identity="\\Sales", Replicas=[])


def test_a_database_with_replicas_is_not_removed_and_an_empty_one_is(pf10, e10, e07):
    pf10.clock.advance(400)
    with pytest.raises(CmdletFailed, match="contains folder replicas"):
        e07("Remove-PublicFolderDatabase", Identity="MAIL2007\\Second Storage Group\\Public Folders")
    for folder in list(org_of(pf10).state.folders.values()):
        e10("Set-PublicFolder", Identity=folder.path, Replicas=["PF10"])
    pf10.clock.advance(7200)
    assert counts(e10, "MAIL2007") == {}
    with pytest.raises(CmdletFailed, match="is the default public folder database of mailbox"):
        e07("Remove-PublicFolderDatabase", Identity="MAIL2007\\Second Storage Group\\Public Folders")
    e07("Set-MailboxDatabase", Identity="Mailbox Database", PublicFolderDatabase="PF10")
    e10("Set-MailboxDatabase", Identity="DB01", PublicFolderDatabase="PF10")
    e07("Remove-PublicFolderDatabase", Identity="MAIL2007\\Second Storage Group\\Public Folders")
    assert "must remove the database file" in e07.warnings[0]
    assert [d["Name"] for d in e10("Get-PublicFolderDatabase", IncludePreExchange2010=True)] == ["PF10"]


def test_a_stuck_replication_keeps_a_replica_empty(pf10, e10):
    pf10.clock.advance(400)
    pf10.faults.arm("folder-replication-stuck", "\\Sales", times=-1)
    e10("Set-PublicFolder", Identity="\\Sales", Replicas=["Public Folders", "PF10"])
    pf10.clock.advance(36000)
    assert counts(e10, "MAIL2010") == {"Sales": 0}
    pf10.faults.disarm("folder-replication-stuck")
    pf10.clock.advance(1200)
    assert counts(e10, "MAIL2010") == {"Sales": 100}
