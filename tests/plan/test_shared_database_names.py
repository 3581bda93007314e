"""Several databases of today with one name: told where the name alone is not enough, and known by server and group."""

from __future__ import annotations

from tests.plan.broken import FOLDER, broken, codes

FIRST = "        - name: Mailbox Database\n"
SECOND = "        - {name: Mailbox Database, storage_group: Third Storage Group}\n"
TWO = (FIRST, SECOND + FIRST)
PEOPLE = (FOLDER / "mailboxes.csv").read_text("utf-8")
IDENTITIES = r"MAIL2007\Third Storage Group\Mailbox Database, MAIL2007\First Storage Group\Mailbox Database"


def test_a_name_of_two_is_told_with_both() -> None:
    result = broken(TWO)
    found = result.errors[0]
    assert (found.code, found.location.file, found.location.line) == ("EXM-L031", "mailboxes.csv", 2)
    assert found.message == "2 databases are called 'Mailbox Database'"
    assert found.remedy == f"write one of: {IDENTITIES}"


def test_mailboxes_name_server_group_and_name() -> None:
    csv = PEOPLE.replace("Mailbox Database", r"mail2007\first storage group\mailbox database")
    result = broken(TWO, csv={"mailboxes.csv": csv.encode()})
    assert result.topology is not None, [str(p) for p in result.errors]
    assert result.topology.source is not None
    homes = {m.database for m in result.topology.source.mailboxes}
    assert homes == {r"MAIL2007\First Storage Group\Mailbox Database"}
    assert homes < set(result.topology.database_by_key)


def test_the_long_form_is_always_good() -> None:
    csv = PEOPLE.replace("Mailbox Database", r"MAIL2007\First Storage Group\Mailbox Database")
    result = broken(csv={"mailboxes.csv": csv.encode()})
    assert result.topology is not None, [str(p) for p in result.errors]
    assert result.topology.source is not None
    assert {m.database for m in result.topology.source.mailboxes} == {"Mailbox Database"}


def test_a_key_of_the_plan_is_told_too() -> None:
    result = broken(
        TWO,
        (
            "        - name: Public Folder Database\n",
            "        - {name: Public Folder Database, kind: public-folder, storage_group: Fourth Storage Group}\n"
            "        - name: Public Folder Database\n",
        ),
    )
    told = [p for p in result.errors if p.location.file == "plan.yaml"]
    assert {p.code for p in told} == {"EXM-L031"}
    assert all("2 databases are called 'Public Folder Database'" in p.message for p in told)


def test_one_identity_twice() -> None:
    again = "        - {name: mailbox database, storage_group: first storage group}\n"
    result = broken((FIRST, again + FIRST))
    assert "EXM-L031" in codes(result)
    assert any("stands twice" in p.message for p in result.errors)


def test_a_new_database_with_the_name_of_one_of_today() -> None:
    result = broken(("- name: EX2010DB01", "- name: MAILBOX DATABASE"))
    told = [p for p in result.errors if "today" in p.message]
    assert [(p.code, p.remedy) for p in told] == [("EXM-L031", "give the new one another name")]
