"""Worlds in which a step must not go on: each Check says blocked, and why, before anything is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.catalog import worlds
from tests.catalog.bench import Bench

pytestmark = pytest.mark.long

BUILT = {"single-site": worlds.single_site, "two-site": worlds.few_mailboxes}


def bench(plan: str) -> Bench:
    return Bench(BUILT[plan]())


def blocked(at: Bench, step: str, word: str) -> None:
    """The step's Check says blocked, and its message has a word of the reason."""
    result = at.run(step, "Check")
    assert (result["state"], word in result["message"]) == ("blocked", True), result


def test_account_that_is_no_administrator() -> None:
    at = bench("single-site")
    of = at.token
    at.token = lambda server: replace(of(server), groups=frozenset({"Domain Users"}))  # type: ignore[method-assign]
    blocked(at, "preflight-remoting@MAIL2007", "administrator")


@pytest.mark.parametrize("step", ["prepare-ad", "fix-recipient-policies"])
def test_forest_without_exchange(step: str) -> None:
    at = bench("single-site")
    at.administer(
        at.topology.directory_host,
        "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext');"
        '([ADSI]"LDAP://CN=Services,$c").DeleteTree; '
        '([ADSI]"LDAP://CN=Microsoft Exchange,CN=Services,$c").psbase.DeleteTree()',
    )
    blocked(at, step, "no Exchange organization")


def test_media_that_cannot_be_read() -> None:
    topology = worlds.few_mailboxes()
    media = tuple(replace(m, source=r"\\files.contoso.local\nowhere\x") for m in topology.media)
    at = Bench(topology)
    at.change = Bench(replace(topology, media=media)).change
    blocked(at, "stage-media@MBX07-1", "nor can")


@pytest.mark.parametrize(
    "step", ["install-cas@EX10-CH1", "install-edge@EDGE10-1", "uninstall-2007-mailbox@MBX07-1"]
)
def test_windows_that_waits_for_a_restart(step: str) -> None:
    at = bench("two-site")
    host = at.change.by_id[step].host
    key = r"HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager"
    at.administer(
        host, f"Set-ItemProperty '{key}' PendingFileRenameOperations @('\\??\\C:\\x','') -Type MultiString"
    )
    blocked(at, step, "restart")


def test_connector_that_is_not_there() -> None:
    at = bench("two-site")
    at.up_to("move-send-connector-source@connector:Fax gateway")
    at.administer("CASHUB07-1", "Remove-SendConnector 'Fax gateway' -Confirm:$false", "shell-e07")
    blocked(at, "move-send-connector-source@connector:Fax gateway", "no send connector")


def test_array_with_another_name() -> None:
    at = bench("two-site")
    at.up_to("create-cas-array@site:Zurich")
    at.administer(
        "EX10-CH1", "[void](New-ClientAccessArray -Fqdn other.contoso.local -Site Zurich)", "shell-e10"
    )
    blocked(at, "create-cas-array@site:Zurich", "other.contoso.local")


def test_rules_made_on_2010_would_be_lost() -> None:
    at = bench("two-site")
    at.up_to("sync-transport-rules")
    at.administer(
        "EX10-CH1",
        "Get-TransportRule | Remove-TransportRule -Confirm:$false;"
        "[void](New-TransportRule -Name 'Own' -SubjectContainsWords 'x' -DeleteMessage $true)",
        "shell-e10",
    )
    blocked(at, "sync-transport-rules", "Own")


def test_database_name_taken_elsewhere() -> None:
    at = bench("two-site")
    at.up_to("create-mailbox-database@database:ZRH10-DB02")
    at.up_to("create-mailbox-database@database:ZRH10-DB04")
    at.administer("EX10-MB1", "[void](New-MailboxDatabase -Name ZRH10-DB04 -Server EX10-MB1)", "shell-e10")
    blocked(at, "create-mailbox-database@database:ZRH10-DB04", "unique")


def test_dial_plan_that_is_not_there() -> None:
    at = bench("two-site")
    plan = at.topology.dial_plans[0].name
    step = f"migrate-um@dialplan:{plan}"
    at.up_to("copy-um-prompts@dialplan:" + plan)
    other = replace(
        at.change.by_id[step], arguments={**at.change.by_id[step].arguments, "dialplan": "Nowhere"}
    )
    result = at.run(other, "Check")
    assert (result["state"], "no dial plan" in result["message"]) == ("blocked", True)


def test_people_that_no_batch_moves() -> None:
    at = Bench(worlds.forgotten_mailbox())
    at.up_to("move-special-mailboxes")
    blocked(at, "move-special-mailboxes", "in no batch")


def test_mailbox_that_is_not_there_and_one_in_another_batch() -> None:
    at = bench("single-site")
    (pilot,) = [b for b in at.topology.batches if b.pilot]
    step = f"sync-mailboxes@batch:{pilot.name}"
    at.up_to(step)
    first, *_ = pilot.members
    at.administer(
        "MAIL2010",
        f"[void](New-MoveRequest -Identity '{first}' -TargetDatabase '{pilot.assignments[first]}' -BatchName other -Suspend)",
        "shell-e10",
    )
    found = at.run(step, "Check", [first, "nobody.at.all"])
    assert found["state"] == "blocked"
    assert "other" in found["members"][first]["message"]
    assert "no mailbox" in found["members"]["nobody.at.all"]["message"]
