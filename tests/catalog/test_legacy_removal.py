"""Moves, public folders and the removal of Exchange 2000 and 2003: whole small transitions, there and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from exmigrate.model import Topology
from exmigrate.model.topology import AddressList, AddressPolicy
from tests.catalog.bench import Bench, ScriptFailed
from tests.catalog.scripts import catalog
from tests.plan.topologies import legacy_a, legacy_d

pytestmark = pytest.mark.long

Look = Callable[[Bench, str], None]

MOVES = {"move-mailboxes", "replicate-system-folders", "replicate-public-folders", "move-expansion-servers"}
REMOVAL = {"drain-legacy-pf-replicas", "upgrade-address-policies-and-lists", "remove-legacy-rgc"}
GROUPS = {"empty-legacy-groups", "clean-legacy-groups"}
NEW_SERVER = {"create-mailbox-database", "create-public-folder-database", "configure-databases"}
NEW_SERVER |= {"create-test-mailboxes", "install-mailbox", "set-product-key"}
GATES = {
    "clear-mailbox-manager-policies",
    "delete-legacy-stores",
    "move-pf-hierarchy",
    "delete-rus",
    "uninstall-legacy-server",
    "remove-legacy-routing-groups",
}
MEMBER = "CN=EX03,CN=Computers,DC=contoso,DC=local"


def see(word: str) -> Look:
    """Before a step: it is needed, and says why."""

    def look(at: Bench, step: str) -> None:
        found = at.run(step, "Check")
        assert (found["state"], word in found["message"]) == ("needed", True), found

    return look


def blocked(at: Bench, step: str, word: str) -> None:
    found = at.run(step, "Check")
    assert (found["state"], word in found["message"]) == ("blocked", True), found


def carry_out(at: Bench, thorough: set[str], before: Mapping[str, Look]) -> None:
    """The whole transition; each thorough kind is taken back once and done again."""
    taken_back: set[str] = set()
    for step in at.order():
        kind = at.change.by_id[step].kind
        if kind in before and kind not in taken_back:
            before[kind](at, step)
        again = kind in thorough and kind not in taken_back
        outcome = at.carry_out_thoroughly(step) if again else at.carry_out(step)
        at.done.add(step)
        if outcome == "done":
            taken_back.add(kind)


def every_function(at: Bench, kinds: set[str]) -> None:
    """No function of these kinds was left out; what changes something was seen before and after."""
    wanted = {(k, f) for k in kinds for f in catalog().kinds[k].functions}
    assert wanted - {(k, f) for k, f, _ in at.calls} == set()
    for kind in kinds:
        states = {s for k, f, s in at.calls if (k, f) == (kind, "Check")}
        assert states >= {"satisfied", "needed"}, f"{kind}: {states}"


def to_2007() -> Topology:
    """The small plan to 2007 with a policy that cleans mailboxes, and a mailbox with three items that nothing reads."""
    topology = legacy_a()
    source = topology.source
    assert source is not None
    cleaning = AddressPolicy(
        "Clean-up",
        ("SMTP:%g.%s@contoso.com",),
        3,
        legacy=True,
        mailbox_manager="mixed",
        recipients="MailboxUsers",
    )
    mailboxes = tuple(
        replace(m, corrupt_items=3) if m.alias == "carla.christen" else m for m in source.mailboxes
    )
    return replace(
        topology,
        address_policies=(*topology.address_policies, cleaning),
        source=replace(source, address_policies=(*source.address_policies, cleaning), mailboxes=mailboxes),
    )


def _moves_of_2007(at: Bench, step: str) -> None:
    """Who is left, who is not there, and what Move-Mailbox refuses."""
    seen = at.run("gate-decommission@site:Zurich", "Check")
    assert (seen["state"], "Anna Ammann" in seen["message"]) == ("needed", True), seen
    seen = at.run("delete-legacy-stores@EX03", "Check")
    assert (seen["state"], "mailboxes are still on EX03" in seen["message"]) == ("needed", True), seen
    assert at.change.by_id[step].run == "job"
    nobody = at.run(step, "Check", ["nobody.at.all"])
    assert nobody["state"] == "blocked"
    everyone = at.change.by_id["move-mailboxes@batch:everyone"]
    none = replace(everyone, arguments={**everyone.arguments, "bad_items": 0})
    refused = at.run(none, "Apply", ["carla.christen"])["members"]["carla.christen"]
    assert refused["state"] == "failed", refused
    left = at.run(everyone, "Verify", ["carla.christen"])
    assert (left["state"], left["members"]["carla.christen"]["state"]) == ("failed", "failed")


def _book_stays(at: Bench, step: str) -> None:
    """An address book that 2003 generated is given back by a person only."""
    with pytest.raises(ScriptFailed, match="Exchange System Manager"):
        at.run("move-oab", "Rollback")


def _used_again(at: Bench, step: str) -> None:
    """Somebody puts a member into a group that is about to be deleted."""
    group = "CN=Exchange Domain Servers,CN=Users,DC=contoso,DC=local"
    change = (
        f"$g = [ADSI]'LDAP://dc01.contoso.local/{group}';"
        "[void]$g.psbase.Properties['member'].%s('CN=Administrator,CN=Users,DC=contoso,DC=local');"
        "$g.psbase.CommitChanges()"
    )
    at.administer("MAIL07", change % "Add")
    blocked(at, step, "members again")
    at.administer("MAIL07", change % "Remove")


def test_from_2003_to_2007_and_each_step_back() -> None:
    """Offline moves, storage groups, replicas by instances, and nothing of 2003 left."""
    at = Bench(to_2007())
    before: dict[str, Look] = {
        "clear-mailbox-manager-policies": see("Clean-up"),
        "move-mailboxes": _moves_of_2007,
        "drain-legacy-pf-replicas": _book_stays,
        "delete-legacy-stores": see("Public Folder Store (EX03)"),
        "move-pf-hierarchy": see("First Administrative Group"),
        "delete-rus": see("Recipient Update Service (CONTOSO)"),
        "uninstall-legacy-server": see("is in the organization as 'Version 6.5"),
        "remove-legacy-routing-groups": see("Perimeter"),
        "clean-legacy-groups": _used_again,
    }
    kinds = MOVES - {"move-expansion-servers"} | REMOVAL | GROUPS | NEW_SERVER
    carry_out(at, kinds, before)
    every_function(at, kinds | GATES)
    assert ("drain-legacy-pf-replicas", "Verify", "pending") in at.calls
    finished = at.run("post-install-verification@site:Zurich", "Check")
    assert "Nothing of 2003 is left" in finished["message"]


def test_from_2003_and_2007_to_2010_and_each_step_back() -> None:
    """A batch of each source version: a request that waits and one that does all at once."""
    at = Bench(legacy_d())
    kinds = MOVES - {"move-expansion-servers"} | REMOVAL | GROUPS
    kinds |= {"sync-mailboxes", "move-public-folder-replicas"}
    carry_out(at, kinds, {"remove-legacy-rgc": see("First Routing Group")})
    every_function(at, kinds)
    assert "sync-mailboxes@batch:old" not in at.change.by_id
    assert at.change.by_id["move-mailboxes@batch:old"].run == "inline"


def prepared(topology: Topology) -> Bench:
    """An organization of 2003 with its 2007 server, before the first move."""
    at = Bench(topology)
    at.up_to("create-mailbox-database@database:MB07-01")
    return at


def test_filters_that_nobody_has_translated() -> None:
    """A list without a planned filter, and a policy for whom the plan says no more than everybody."""
    topology = legacy_a()
    source = topology.source
    assert source is not None
    own = AddressList("Board", "(&(mailNickname=*)(title=Director))")
    narrow = AddressPolicy(
        "Labs", ("SMTP:%s@contoso.com",), 4, "(&(mailNickname=*)(department=Labs))", True, recipients=""
    )
    wide = replace(narrow, name="Staff", priority=5, recipients="AllRecipients")
    at = prepared(
        replace(
            topology,
            address_lists=(*topology.address_lists, own),
            address_policies=(*topology.address_policies, narrow, wide),
            source=replace(
                source,
                address_lists=(*source.address_lists, own),
                address_policies=(*source.address_policies, narrow, wide),
            ),
        )
    )
    found = at.run("upgrade-address-policies-and-lists", "Check")
    assert found["state"] == "blocked"
    assert sorted(found["facts"]["without"]) == ["Board", "Labs"]


def test_first_database_of_2007_gets_the_planned_name_and_its_own_back() -> None:
    """Setup of 2007 knows no /MdbName: its database is renamed."""
    topology = legacy_a()
    databases = tuple(
        replace(d, created_by_setup=True) if d.name == "MB07-01" else d for d in topology.databases
    )
    at = Bench(replace(topology, databases=databases))
    step = "create-mailbox-database@database:MB07-01"
    at.up_to(step)
    assert "/MdbName" not in str(at.change.by_id["install-mailbox@MAIL07"].arguments)
    assert "Mailbox Database" in at.run(step, "Check")["message"]
    assert at.carry_out_thoroughly(step) == "done"
    assert at.administer("MAIL07", "(Get-MailboxDatabase).Name | Write-Host", "shell-e07").split() == [
        "MB07-01"
    ]


def test_mailboxes_of_2003_in_no_batch_hold_up_the_removal() -> None:
    """2003 knows no types of mailboxes: nobody can say that one of them is only a room."""
    topology = legacy_a()
    at = prepared(replace(topology, batches=tuple(b for b in topology.batches if b.pilot)))
    blocked(at, "move-special-mailboxes", "in no batch")


def test_instances_are_read_where_cmdlets_cannot() -> None:
    """While the lists still name the old store, and when its WMI does not answer."""
    at = Bench(legacy_a())
    at.up_to("replicate-public-folders")
    seen = at.run("drain-legacy-pf-replicas@EX03", "Verify")
    assert (seen["state"], "still name" in seen["message"]) == ("failed", True), seen
    server = at.world.server("EX03")
    assert server is not None
    server.go_down()
    with pytest.raises(ScriptFailed, match="RPC server is unavailable"):
        at.run("drain-legacy-pf-replicas@EX03", "Check")
