"""The language: every mistake at once, each with its place; what is written is what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from exmigrate.plan import load, template
from exmigrate.plan.plain import scalar
from exmigrate.plan.problems import CODES, masked
from tests.plan.broken import TEXT, broken, changed, codes
from tests.plan.cases import CSV, PLAN

MANY = (
    "wrong-type",
    "wrong-unit",
    "unknown-key",
    "unknown-word",
    "duplicate-key",
    "dangling-database",
    "literal-password",
    "approvals",
    "in-two-batches",
)


def test_one_error_does_not_hide_the_others() -> None:
    single = {name: broken(*PLAN[name]) for name in MANY}
    expected = {
        (p.code, p.message)
        for result in single.values()
        for p in result.errors
        if not p.code.startswith("EXM-R")
    }
    text = TEXT
    for name in MANY:
        for change in PLAN[name]:
            if change[0] in text:
                text = changed(change, text=text)
    found = {(p.code, p.message.replace("line 249", "line 248")) for p in broken(text=text).problems}
    missing = [e for e in expected if e not in found and "stands twice" not in e[1]]
    assert not missing
    assert len(found) >= 14


@pytest.mark.parametrize("name", [*PLAN, *CSV])
def test_every_problem_says_where_why_and_what_to_do(name: str) -> None:
    result = broken(*PLAN[name]) if name in PLAN else broken(csv=dict([CSV[name]]))
    assert result.problems
    for problem in result.problems:
        assert problem.code in CODES or problem.code.startswith("EXM-R-")
        assert problem.location.line >= 1
        assert problem.location.column >= 1
        assert problem.why
        assert problem.remedy
        assert problem.to_json()["code"] == problem.code


def test_problems_stand_in_the_order_of_the_text() -> None:
    places = [p.location.line for p in broken(*PLAN["wrong-unit"], *PLAN["unknown-word"]).problems]
    assert places == sorted(places)


def test_a_caret_stands_under_the_place() -> None:
    problem = broken(*PLAN["wrong-unit"]).problems[0]
    assert problem.source_line[len(problem.caret) - 1 :] == "16"


def test_a_misspelt_key_is_read_as_what_was_meant() -> None:
    result = broken(("internet_facing: true ", "internet_facin: true "), ("memory: 16GB", "memroy: 16"))
    assert codes(result) == ["EXM-L021", "EXM-L021", "EXM-L024"]
    assert "source.servers[0].memroy" in result.problems[2].message


def test_a_broken_list_item_does_not_break_the_rest() -> None:
    result = broken(
        ("addresses: [10.1.0.2]", "addresses: [10.1.0.999]"),
        ("targets: [EX2010DB01]\n    concurrency", "targets: [Nowhere]\n    concurrency"),
    )
    assert codes(result) == ["EXM-L024", "EXM-L030"]


@pytest.mark.parametrize(
    "secret", ["S3cret!", "hunter2 with blanks", "env", "vault:secret/exchange", "12345678"]
)
def test_a_literal_password_is_quoted_nowhere(secret: str) -> None:
    result = broken(("password: env:EXMIGRATE_PASSWORD", f"password: {secret}"))
    assert "EXM-L025" in codes(result)
    shown = "\n".join(str(p) for p in result.problems)
    assert f"password: {secret}" not in shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  password: geheim", "  password: ********"),
        ("pwd: x # comment", "pwd: ********"),
        ("{user: a, passphrase: b}", "{user: a, passphrase: ********"),
        ("password: env:X", "password: env:X"),
        ("product_key: AAAA", "product_key: ********"),
        ("name: x\x1b[31m", "name: x\N{REPLACEMENT CHARACTER}[31m"),
    ],
)
def test_lines_are_shown_without_secrets_and_control_characters(line: str, shown: str) -> None:
    assert masked(line) == shown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22:00", "22:00"), ("no", "no"), ("on", "on"), ("2011-05-06", "2011-05-06"), ("0123", "0123"), ("12", 12),
        ("-3", -3), ("1.5", 1.5), ("14.3.123.4", "14.3.123.4"), ("true", True), ("null", None), ("~", None),
        ("1e5", 100000.0), ("9" * 40, "9" * 40), ("0x10", "0x10"), ("1_000", "1_000"),
    ],
)  # fmt: skip
def test_unquoted_words_mean_what_they_look_like(written: str, meant: object) -> None:
    assert scalar(written) == meant


def test_versions_may_be_written_as_numbers() -> None:
    result = broken(("{version: 2007, service_pack: SP3}", '{version: "2007", service_pack: SP3}'))
    assert result.topology is not None
    assert result.topology.sources[0].version == "2007"


def test_empty_sections_count_as_left_out() -> None:
    result = broken(("  optional: [clean-2007-groups]\n", "  optional:\n"))
    assert result.topology is not None
    assert result.topology.policy.optional == ()


def test_names_are_compared_without_case() -> None:
    result = broken(
        ("    inbound: [MAIL2007]", "    inbound: [mail2007]"),
        ("sources: [MAIL2010]}", "sources: [mail2010]}"),
    )
    assert result.topology is not None
    assert result.topology.source is not None
    assert result.topology.source.inbound == ("MAIL2007",)
    assert result.topology.mail_flow.send_connectors[0].sources == ("MAIL2010",)


def test_too_many_problems_are_cut() -> None:
    lines = "".join(f"    - {{name: w{n}, days: [mon], start: soon, length: 1h}}\n" for n in range(300))
    result = broken(("  windows:\n", "  windows:\n" + lines))
    assert len(result.problems) == 201
    assert result.problems[-1].code == "EXM-L016"


def test_the_other_version_pairs_are_refused_by_name() -> None:
    for source, target in (("2000", "2010"), ("2007", "2013"), ("2010", "2016"), ("2010", "2007")):
        result = broken(
            ("{version: 2007, service_pack: SP3}", f"{{version: {source}}}"),
            ("to: {version: 2010, service_pack: SP3}", f"to: {{version: {target}}}"),
        )
        assert f"from {source} to {target} is not in this version" in "\n".join(
            p.message for p in result.errors
        )


def test_bytes_without_a_reader_have_no_csv() -> None:
    assert [p.code for p in load(TEXT.encode()).errors] == ["EXM-L040", "EXM-L040"]


def test_a_folder_of_step_kinds_stands_beside_the_plan(tmp_path: Path) -> None:
    text = template()["plan.yaml"] + "\nstep_kinds: own-steps\n"
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    refused = load(tmp_path / "plan.yaml")
    assert [p.code for p in refused.errors] == ["EXM-L040"]
    (tmp_path / "own-steps").mkdir()
    result = load(tmp_path / "plan.yaml")
    assert result.topology is not None
    assert result.topology.step_kinds_folder == str(tmp_path / "own-steps")


@pytest.mark.parametrize("key", ["virtual_directories", "oab_server"])
def test_settings_that_this_version_does_not_take_are_refused_by_name(key: str) -> None:
    (problem,) = broken(("    outlook_anywhere: true", f"    outlook_anywhere: true\n    {key}: x")).errors
    assert problem.code == "EXM-L050"
    assert f"'{key}'" in problem.message
