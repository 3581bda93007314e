"""Files that are no plan: each has its own word, and a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from exmigrate.plan import load, template
from tests.plan.broken import TEXT, changed


def only(data: bytes) -> tuple[str, int, int]:
    result = load(data, "plan.yaml")
    assert result.topology is None
    assert len(result.problems) == 1, [str(p) for p in result.problems]
    problem = result.problems[0]
    assert problem.message
    assert problem.remedy
    return problem.code, problem.location.line, problem.location.column


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   \n", b"\xef\xbb\xbf"])
def test_empty_file(data: bytes) -> None:
    assert only(data) == ("EXM-L002", 1, 1)


def test_only_comments() -> None:
    assert only(b"# nothing yet\n") == ("EXM-L013", 1, 1)


def test_ten_megabytes() -> None:
    assert only(TEXT.encode() + b"# padding\n" * 1_000_000) == ("EXM-L003", 1, 1)


def test_more_values_than_any_plan() -> None:
    code, line, _ = only(b"format: [\n" + b"1,\n" * 250_000 + b"]\n")
    assert code == "EXM-L003"
    assert line > 190_000


@pytest.mark.parametrize("data", [b"format: \x00\x01", b"\x7fELF\x02\x01\x01\x00", b"a: 1\nb: \x1b[31m\n"])
def test_binary(data: bytes) -> None:
    assert only(data)[0] == "EXM-L004"


def test_binary_names_the_byte() -> None:
    assert only(b"format: x\nname: a\x01b\n") == ("EXM-L004", 2, 8)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16(encoding: str) -> None:
    assert only(TEXT.encode(encoding))[0] == "EXM-L005"


def test_windows_1252_names_the_byte() -> None:
    assert only("format: x\nname: Zürich\n".encode("cp1252")) == ("EXM-L005", 2, 8)


def test_utf8_with_mark_and_windows_line_ends_loads() -> None:
    text = template()["plan.yaml"].replace("\n", "\r\n")
    assert load(b"\xef\xbb\xbf" + text.encode(), "plan.yaml").topology is not None


def test_every_tab_is_told() -> None:
    result = load(
        changed(("  organization: Contoso\n", "\torganization: Contoso\n\tversion: 2007\n")).encode(),
        "plan.yaml",
    )
    assert [(p.code, p.location.line, p.location.column) for p in result.problems] == [
        ("EXM-L006", 56, 1),
        ("EXM-L006", 57, 1),
    ]


def test_a_tab_inside_a_text_is_no_mistake() -> None:
    text = changed(
        ("change: CHG-2011-0117", 'change: "CHG\t2011"'),
        text=TEXT.replace("members_csv: everyone.csv", "members: [eva.egli]"),
    )
    assert "EXM-L006" not in [p.code for p in load(text.encode(), "plan.yaml").problems]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("format: [a, b\nname: x\n", 2, 1),
        ("format: 'x\n", 2, 1),
        ("format: a: b\n", 1, 10),
        ("a: 1\n  b: 2\n", 2, 4),
        ('path: "D:\\Media"\n', 1, 10),
        ("format: @x\n", 1, 9),
        ("}\n", 1, 1),
    ],
)
def test_syntax_errors_have_a_place(text: str, line: int, column: int) -> None:
    code, got_line, got_column = only(text.encode())
    assert code == "EXM-L007"
    assert abs(got_line - line) <= 1
    assert got_column >= 1


def bomb(levels: int, width: int) -> bytes:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines).encode()


def test_alias_bomb_is_refused_without_unfolding() -> None:
    code, line, _ = only(bomb(60, 10))
    assert code == "EXM-L009"
    assert line == 6


def test_an_alias_that_contains_itself() -> None:
    assert only(b"a: &a [1, *a]\n") == ("EXM-L009", 1, 11)


def test_an_unknown_alias() -> None:
    assert only(b"a: 1\nb: *nowhere\n")[:2] == ("EXM-L009", 2)


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "{a: " * 5000, "- " * 5000 + "x", "a:\n" + "".join(" " * n + "b:\n" for n in range(1, 400))],
)
def test_deep_nesting(text: str) -> None:
    assert only(text.encode())[0] == "EXM-L010"


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "42\n", "''\n"])
def test_not_a_mapping(text: str) -> None:
    assert only(text.encode())[0] == "EXM-L013"


def test_a_second_document() -> None:
    assert only(b"format: x\n---\nname: y\n") == ("EXM-L012", 2, 1)


def test_a_key_that_is_a_list() -> None:
    result = load(b"format: x\n? [a, b]\n: c\n", "plan.yaml")
    assert ("EXM-L014", 2) in [(p.code, p.location.line) for p in result.problems]


def test_no_such_file(tmp_path: Path) -> None:
    result = load(tmp_path / "none.yaml")
    assert [p.code for p in result.problems] == ["EXM-L001"]


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert [p.code for p in load(tmp_path).problems] == ["EXM-L001"]


def test_the_name_of_a_file_is_the_one_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("format: wrong\n", "utf-8")
    assert {p.location.file for p in load(path).problems} == {str(path)}
