"""Lists of mailboxes in CSV files: what is wrong with one is told once, where it is, with a remedy that works."""

from __future__ import annotations

import pytest

from tests.plan.broken import FOLDER, broken

PEOPLE = (FOLDER / "mailboxes.csv").read_bytes()
REST = PEOPLE.split(b"\n", 1)[1]
HEAD = b"alias,name,database,size,items"

CASES: dict[str, tuple[bytes, str, int, str, str]] = {
    "no header": (REST, "EXM-L042", 1, "does not name the columns", "'alias,database,size'"),
    "tabs": (PEOPLE.replace(b",", b"\t"), "EXM-L042", 1, "separated by tabs", "commas or semicolons"),
    "a column misspelt": (PEOPLE.replace(b"alias", b"aliass", 1), "EXM-L042", 1, "'aliass'", "'alias'"),
    "a column missing": (PEOPLE.replace(b"size", b"corrupt_items", 1), "EXM-L042", 1, "'size' is missing", "add 'size' to this line"),
    "no size": (HEAD + b"\nzoe,Zoe,Mailbox Database,,1\n", "EXM-L024", 2, "the size is empty", "250MB"),
    "a quote that never closes": (HEAD + b'\nzoe,"Zoe,Mailbox Database,1MB,1\nyan,Yan,Mailbox Database,1MB,1\n', "EXM-L045", 2, "never closes", "quotes"),
    "a database of public folders": (HEAD + b"\nzoe,Zoe,Public Folder Database,1MB,1\n", "EXM-L030", 2, "does not exist", "Known: Mailbox Database"),
    "too large": (HEAD + b"\nzoe,Zoe,Mailbox Database,1MB,1" * 150_000, "EXM-L003", 1, "larger than 4 MB", "split the list"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_broken_list_is_told_once(name: str) -> None:
    data, code, line, message, remedy = CASES[name]
    result = broken(csv={"mailboxes.csv": data})
    found = [p for p in result.errors if p.location.file == "mailboxes.csv"]
    assert [(p.code, p.location.line) for p in found] == [(code, line)], [str(p) for p in result.errors]
    assert message in found[0].message
    assert remedy in found[0].remedy


def test_a_list_that_is_named_twice_is_told_once() -> None:
    result = broken(("mailboxes_csv: [mailboxes.csv]", "mailboxes_csv: [mailboxes.csv, mailboxes.csv]"))
    assert [(p.code, p.location.file) for p in result.errors] == [("EXM-L044", "plan.yaml")]
