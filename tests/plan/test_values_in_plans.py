"""Values that look right and are not: each is refused in words that a person can follow."""

from __future__ import annotations

import pytest

from tests.plan.broken import Change, broken

REFUSED: dict[str, tuple[Change, str, str]] = {
    "a drive without colon": (('"C:": 80GB', "C: 80GB"), "EXM-L024", "a drive such as C:"),
    "a name of the plan that is a path": (("\nname: ", "\nname: ../"), "EXM-L024", "letters, digits"),
    "a computer by its full name": (("    - name: MAIL2010\n      site", "    - name: mail2010.contoso.local\n      site"), "EXM-L024", "without its domain"),
    "a computer's name too long": (("    - name: MAIL2010\n      site", "    - name: MAIL2010MAIL2010\n      site"), "EXM-L024", "at most 15"),
    "a computer's name with a blank": (("    - name: MAIL2010\n      site", "    - name: MAIL 2010\n      site"), "EXM-L024", "a computer's name"),
    "a range that runs backwards": (("subnets: [10.1.0.0/16]", "subnets: [10.1.0.9-10.1.0.1]"), "EXM-L024", "a range"),
    "a size beyond any disk": (("memory: 16GB", "memory: 99999999999999999999GB"), "EXM-L024", "1024TB at most"),
    "a duration beyond any project": (("soak: 7d", "soak: 99999999999999999999d"), "EXM-L024", "ten years"),
    "a window of no length": (("length: 8h", "length: 0h"), "EXM-L026", "8h"),
    "a window longer than a week": (("length: 8h", "length: 8d"), "EXM-L026", "8h"),
    "a time zone without a name": (("timezone: Europe/Zurich", "timezone: ''"), "EXM-L024", "Europe/Zurich"),
    "a time zone misspelt": (("timezone: Europe/Zurich", "timezone: Europe/Belrin"), "EXM-L024", "'Europe/Berlin'"),
    "a number in quotes": (("os_service_pack: 2", 'os_service_pack: "2"'), "EXM-L020", "without quotes: 2"),
    "a number with a zero before it": (("os_service_pack: 2", "os_service_pack: 02"), "EXM-L020", "write 2"),
    "a text that looks like a fraction": (("change: CHG-2011-0117", "change: 1.10 # ours"), "EXM-L020", '"1.10"'),
    "a text that looks like a truth": (("change: CHG-2011-0117", "change: true"), "EXM-L020", '"true"'),
    "a key without value": (("  organization: Contoso\n", "  organization:\n"), "EXM-L022", "behind 'organization:'"),
    "an escape that colours the terminal": (("change: CHG-2011-0117", 'change: "\\e[31mCHG"'), "EXM-L024", "take it out"),
    "a path whose backslashes are escapes": (("folder: C:\\Media\\E2010SP3", 'folder: "C:\\Media\\bin"'), "EXM-L007", "for a backslash"),
    "a path whose backslash is an escape": (("folder: C:\\Media\\E2010SP3", 'folder: "C:\\bin"'), "EXM-L024", "written twice"),
    "a path with a tab in it": (("folder: C:\\Media\\E2010SP3", 'folder: "C:\\temp"'), "EXM-L024", "written twice"),
    "a name of two lines": (("username: CONTOSO\\exmigrate", 'username: "a\\nb"'), "EXM-L024", "on one line"),
    "a tag of another type": (("change: CHG-2011-0117", "change: !!binary aGFsbG8="), "EXM-L011", "take the tag out"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_is_refused_in_words(name: str) -> None:
    change, code, remedy = REFUSED[name]
    result = broken(change)
    assert code in [p.code for p in result.errors]
    told = next(p for p in result.errors if p.code == code)
    assert remedy in told.remedy
    assert "^" not in told.remedy


def test_a_tag_that_says_what_it_is_anyway_is_read() -> None:
    assert not broken(("change: CHG-2011-0117", "change: !!str 77")).errors


@pytest.mark.parametrize(
    ("change", "line", "message", "remedy"),
    [
        (("      memory: 16GB\n", "      memory 16GB\n"), "memory 16GB", "no ': ' follows", "a missing ':'"),
        (("      memory: 16GB\n", "      memory:16GB\n"), "memory:16GB", "no ': ' follows", "a missing blank"),
        (("      memory: 16GB\n", "     memory: 16GB\n"), "memory: 16GB", "indented", "as its neighbours"),
        (('length: 54h', 'length: "54h'), 'length: "54h', "a quote opens here", "close the quote"),
        (("memory: 16GB", "memory:\u00a016GB"), "memory:", "U+00A0", "an ordinary blank"),
        (("      memory: 16GB", "\u00a0     memory: 16GB"), "memory: 16GB", "U+00A0", "an ordinary blank"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told_where_it_is(change: Change, line: str, message: str, remedy: str) -> None:
    result = broken(change)
    assert [p.code for p in result.errors] == ["EXM-L007"]
    assert line in result.errors[0].source_line.replace("\N{REPLACEMENT CHARACTER}", " ")
    assert message in result.errors[0].message
    assert remedy in result.errors[0].remedy
