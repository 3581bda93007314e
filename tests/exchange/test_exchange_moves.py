"""Move requests: their way through the queue, what they refuse, and what they leave."""

import pytest

from exmigrate.twin.world.exchange.spec import MailboxSeries
from exmigrate.twin.world.spec import FaultSpec
from tests.exchange.harness import CmdletFailed, Shell, build, install, org_of, source, with_2010


def status(shell, identity):
    return shell.one("Get-MoveRequest", Identity=identity)["Status"]


def move(shell, identity, **more):
    return shell.one("New-MoveRequest", Identity=identity, TargetDatabase="DB01", BatchName="W1", **more)


def test_a_request_waits_ready_until_it_is_resumed(both, e10):
    assert move(e10, "anna", SuspendWhenReadyToComplete=True)["Status"] == "Queued"
    both.clock.advance(60)
    both.clock.tick()
    assert status(e10, "anna") == "InProgress"
    both.clock.advance(3600)
    assert status(e10, "anna") == "AutoSuspended"
    assert e10.one("Get-Mailbox", Identity="anna")["Database"].values["Name"] == "Mailbox Database"
    e10("Resume-MoveRequest", Identity="anna")
    both.clock.advance(120)
    assert status(e10, "anna") == "Completed"
    mailbox = e10.one("Get-Mailbox", Identity="anna")
    assert mailbox["Database"].values["Name"] == "DB01"
    assert str(mailbox["ExchangeVersion"].values["ExchangeBuild"]) == "14.0.100.0"


def test_a_completed_request_blocks_the_next(both, e10):
    move(e10, "anna")
    both.clock.advance(3600)
    assert status(e10, "anna") == "Completed"
    with pytest.raises(CmdletFailed, match="already has a completed move request"):
        e10("New-MoveRequest", Identity="anna", TargetDatabase="Mailbox Database")
    e10("Remove-MoveRequest", Identity="anna")
    assert e10("Get-MoveRequest") == []
    back = e10.one("New-MoveRequest", Identity="anna", TargetDatabase="Mailbox Database")
    assert back["IsOffline"] is True


def test_a_second_request_for_one_mailbox_is_refused(e10):
    move(e10, "anna")
    with pytest.raises(CmdletFailed, match="is already being moved to 'DB01'"):
        move(e10, "anna")


def test_what_is_there_already_is_not_moved(both, e10):
    with pytest.raises(CmdletFailed, match="is already in the target database"):
        e10("New-MoveRequest", Identity="anna", TargetDatabase="Mailbox Database")


def test_unreadable_items_fail_a_request_and_a_higher_limit_lets_it_pass(both, e10):
    move(e10, "broken", BadItemLimit=2)
    both.clock.advance(3600)
    found = e10.one("Get-MoveRequestStatistics", Identity="broken")
    assert (found["Status"], found["FailureType"]) == ("Failed", "TooManyBadItemsPermanentException")
    assert "maximum number of corrupted items" in found["Message"]
    e10("Set-MoveRequest", Identity="broken", BadItemLimit=10)
    e10("Resume-MoveRequest", Identity="broken")
    both.clock.advance(3600)
    assert status(e10, "broken") == "CompletedWithWarning"
    assert (
        org_of(both)
        .state.mailboxes[org_of(both).moves.jobs[next(iter(org_of(both).moves.jobs))].mailbox]
        .items
        == 893
    )


def test_a_limit_over_fifty_has_to_be_accepted(e10):
    with pytest.raises(CmdletFailed, match="AcceptLargeDataLoss"):
        move(e10, "anna", BadItemLimit=60)


def test_only_so_many_mailboxes_enter_a_database_at_once():
    from dataclasses import replace

    world = with_2010(
        build(
            replace(
                source(), series=(MailboxSeries("user", 12, ("Mailbox Database",), min_mb=500, max_mb=500),)
            )
        )
    )
    shell = Shell(world, "MAIL2010", "2010")
    for number in range(1, 8):
        move(shell, f"user{number:03d}")
    world.clock.advance(30)
    found = [r["Status"] for r in shell("Get-MoveRequest")]
    assert found.count("InProgress") == 2
    assert found.count("Queued") == 5
    world.clock.advance(7200)
    assert {r["Status"] for r in shell("Get-MoveRequest")} == {"Completed"}


def test_a_fault_fails_one_move_with_its_words():
    world = with_2010(
        build(faults=(FaultSpec("move-fails", "anna", options={"message": "Error: it broke", "type": "X"}),))
    )
    shell = Shell(world, "MAIL2010", "2010")
    move(shell, "anna")
    world.clock.advance(3600)
    found = shell.one("Get-MoveRequestStatistics", Identity="anna")
    assert (found["Status"], found["Message"], found["FailureType"]) == ("Failed", "Error: it broke", "X")
    shell("Resume-MoveRequest", Identity="anna")
    world.clock.advance(3600)
    assert status(shell, "anna") == "Completed"


def test_without_the_replication_service_nothing_is_accepted(both, e10):
    both.server("MAIL2010").services.stop_if_running("MSExchangeMailboxReplication")
    with pytest.raises(CmdletFailed, match="no available Microsoft Exchange Mailbox Replication service"):
        move(e10, "anna")


def test_requests_are_found_by_batch_and_status(both, e10):
    move(e10, "anna", SuspendWhenReadyToComplete=True)
    e10("New-MoveRequest", Identity="user001", TargetDatabase="DB01", BatchName="W2")
    both.clock.advance(7200)
    assert [r["Alias"] for r in e10("Get-MoveRequest", BatchName="W1")] == ["anna"]
    assert [r["Alias"] for r in e10("Get-MoveRequest", MoveStatus="Completed")] == ["user001"]
    assert e10("Get-MoveRequest", BatchName="W1", MoveStatus="Completed") == []


def test_another_controller_hears_of_a_move_in_its_own_time(both, e10):
    both.clock.advance(3600)
    e10("New-MoveRequest", Identity="anna", TargetDatabase="DB01", DomainController="DC1")
    entry = org_of(both).recipients.find(both.forest.controller("DC2"), "anna")[0]
    assert entry.number("msExchMailboxMoveStatus") == 0
    both.clock.advance(16)
    entry = org_of(both).recipients.find(both.forest.controller("DC2"), "anna")[0]
    assert entry.number("msExchMailboxMoveStatus") != 0


def test_move_mailbox_of_2007_cannot_reach_2010(both, e07):
    with pytest.raises(CmdletFailed, match="later version of Exchange"):
        e07("Move-Mailbox", Identity="anna", TargetDatabase="DB01")


def test_arbitration_mailboxes_move_too(both, e10):
    install(both, "MAIL2010B", "Mailbox", mdbname="DB02")
    for mailbox in e10("Get-Mailbox", Arbitration=True):
        e10("New-MoveRequest", Identity=mailbox["Name"], TargetDatabase="DB02")
    both.clock.advance(3600)
    assert {m["Database"].values["Name"] for m in e10("Get-Mailbox", Arbitration=True)} == {"DB02"}


def test_the_services_configuration_file_sets_its_limits(both, e10):
    path = r"C:\Program Files\Microsoft\Exchange Server\V14\Bin\MSExchangeMailboxReplication.exe.config"
    files = both.server("MAIL2010").files
    text = bytes(files.read(path)).decode()
    assert 'MaxActiveMovesPerTargetMDB="2"' in text
    files.write(
        path, text.replace('MaxActiveMovesPerTargetMDB="2"', 'MaxActiveMovesPerTargetMDB="4"').encode()
    )
    for number in range(1, 8):
        move(e10, f"user{number:03d}")
    both.clock.advance(10)
    assert [r["Status"] for r in e10("Get-MoveRequest")].count("InProgress") == 4
