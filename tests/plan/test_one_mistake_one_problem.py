"""One mistake is told once, at its own place: what only follows from it is not told as if it were another."""

from __future__ import annotations

import pytest

from tests.plan.broken import TEXT, Change, broken

SOURCE = TEXT[TEXT.index("\nsource:\n") : TEXT.index("\ntarget:\n")]
TRANSITION = TEXT[TEXT.index("\ntransition:\n") : TEXT.index("\ncredentials:\n")]
FROM = "    - {version: 2007, service_pack: SP3}\n"

ONE: dict[str, tuple[Change, str, str]] = {
    "a version alone": (("  to: {version: 2010, service_pack: SP3}", "  to: 2010"), "EXM-L020", "{version: 2010}"),
    "a version in a list": ((FROM, "    - 2007\n"), "EXM-L020", "write {version: 2007}"),
    "a version for a list": ((f"  from:\n{FROM}", "  from: 2007\n"), "EXM-L020", "[{version: 2007}]"),
    "no transition": ((TRANSITION, "\n"), "EXM-L022", "transition"),
    "no facts": ((SOURCE, "\n"), "EXM-L022", "source"),
    "words in one text": (("roles: [cas, hub, mailbox]", "roles: cas, hub, mailbox"), "EXM-L020", "[cas, hub, mailbox]"),
    "misspelt servers": (("\n  servers:\n    - name: MAIL2007", "\n  server:\n    - name: MAIL2007"), "EXM-L021", "'servers'"),
    "misspelt batches": (("\nbatches:\n", "\nbatch:\n"), "EXM-L021", "'batches'"),
    "misspelt file of members": (("members_csv: everyone.csv", "member_csv: everyone.csv"), "EXM-L021", "'members_csv'"),
    "misspelt source": (("\nsource:\n", "\nsources:\n"), "EXM-L021", "'source'"),
    "misspelt member": (("members: [anna.ammann,", "members: [ana.ammann,"), "EXM-L043", "'anna.ammann'"),
    "misspelt site": (("name: MAIL2007\n      site: Zurich", "name: MAIL2007\n      site: Zürich"), "EXM-L030", "'Zurich'"),
    "misspelt connector": (
        ("{name: Internet, sources: [MAIL2010]}", "{name: Internat, sources: [MAIL2010]}"),
        "EXM-L030",
        "'Internet'",
    ),
    "a server that cannot have it": (
        ("use: internet, servers: [MAIL2010]", "use: internet, servers: [TOKYO]"),
        "EXM-L030",
        "Known: MAIL2010",
    ),
    "one target server twice": (
        ("\n  client_access:\n    outlook", "\n    - {name: MAIL2010, roles: [cas]}\n  client_access:\n    outlook"),
        "EXM-L031",
        "rename one",
    ),
    "a far key": (("memory: 16GB", "colour: blue\n      memory: 16GB"), "EXM-L021", "Known here: activesync"),
    "a key that belongs further out": (("policy:\n", "policy:\n  batches: []\n"), "EXM-L021", "a key of the plan"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_mistake_is_told_once(name: str) -> None:
    change, code, remedy = ONE[name]
    result = broken(change)
    assert [p.code for p in result.errors] == [code], [str(p) for p in result.errors]
    assert remedy in result.errors[0].remedy


def test_a_server_without_a_machine_is_not_taken_for_another() -> None:
    result = broken(("    - name: MAIL2010\n      roles", "    - name: MAIL2011\n      roles"))
    assert {p.code for p in result.errors} == {"EXM-L030"}


def test_rules_are_judged_beside_a_misspelt_name() -> None:
    result = broken(
        ("members: [anna.ammann,", "members: [ana.ammann,"),
        ("      primary: true\n", "      primary: true\n      role_order: [mailbox, hub, cas]\n"),
    )
    assert {p.code for p in result.errors} == {"EXM-L043", "EXM-R-TOP-002"}


@pytest.mark.parametrize(
    ("written", "meant"), [("pass", "password"), ("pasword", "password"), ("user", "username")]
)
def test_a_beginning_is_near(written: str, meant: str) -> None:
    result = broken(("    username: CONTOSO", f"    {written}: x\n    username: CONTOSO"))
    assert f"'{meant}'" in result.errors[0].remedy
