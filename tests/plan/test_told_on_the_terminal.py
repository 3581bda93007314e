"""What a person sees: no more than can be read, the right next command, one word for a file that is something else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exmigrate.plan import load, template
from exmigrate.report.problems import problems_text
from tests.plan.broken import TEXT, broken, changed


def run(*arguments: object) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "exmigrate", *(str(a) for a in arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    return ran.returncode, ran.stderr


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "my plan.yaml"
    path.write_text(template()["plan.yaml"], "utf-8")
    return path


def test_a_change_is_not_read_as_a_plan(tmp_path: Path) -> None:
    text = json.dumps({"basis_digest": "x", "format": "exmigrate.change/1", "steps": []})
    result = load(text.encode(), "x.change")
    assert [p.code for p in result.problems] == ["EXM-L013"]
    assert "exmigrate.change/1" in result.problems[0].message


def test_a_file_without_any_key_of_a_plan_is_told_once() -> None:
    result = load(b"apiVersion: v1\nkind: Pod\n", "pod.yaml")
    assert [p.code for p in result.problems] == ["EXM-L013"]
    assert "exmigrate init" in result.problems[0].remedy


def test_a_plan_whose_format_is_missing_is_still_read() -> None:
    assert [p.code for p in broken(("format: exmigrate.plan/1\n", "")).errors] == ["EXM-L022"]


def test_a_missing_folder_of_step_kinds_is_told_with_the_rest(tmp_path: Path) -> None:
    text = changed(("policy:\n", "step_kinds: kinds\npolicy:\n"), ("soak: 7d", "soak: 7 days"), text=TEXT)
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    result = load(tmp_path / "plan.yaml")
    told = [p for p in result.errors if "'kinds'" in p.message]
    assert [p.source_line for p in told] == ["step_kinds: kinds"]
    assert "EXM-L024" in [p.code for p in result.errors]


def test_the_place_in_a_long_line_is_shown() -> None:
    disks = ", ".join(f'"{chr(68 + n)}:": 100GB' for n in range(20))
    result = broken(('"C:": 80GB', f'{disks}, "C:": 80'))
    problem = result.errors[0]
    assert problem.location.column > 200
    text = problems_text([problem]).splitlines()
    assert text[1][text[2].index("^")] == "8"


def test_of_many_mistakes_alike_the_first_are_shown_and_the_others_are_named() -> None:
    rows = "".join(f"u{n},U,Nowhere,1MB,1\n" for n in range(100))
    result = broken(csv={"mailboxes.csv": f"alias,name,database,size,items\n{rows}".encode()})
    text = problems_text(result.problems)
    assert len(text.splitlines()) < 200
    assert "mailboxes.csv: 80 more of EXM-L030, in lines 22, 23," in text


def test_a_refusal_ends_with_the_next_command(plan: Path) -> None:
    plan.write_text(plan.read_text("utf-8").replace("soak: 7d", "soak: 7 days"), "utf-8")
    code, err = run("validate", plan)
    assert code == 2
    assert err.rstrip().endswith(f"exmigrate validate '{plan}'")


def test_a_plan_that_the_catalog_refuses_is_not_told_to_go_on(plan: Path) -> None:
    text = plan.read_text("utf-8").replace("optional: [clean-2007-groups]", "optional: [clean-2007-grups]")
    plan.write_text(text, "utf-8")
    code, err = run("validate", plan)
    assert code == 2
    assert "compiles" not in err
    assert "1 finding of severity error" in err


@pytest.mark.parametrize("versions", [["--from", "2003,2007"], ["--from", "2003", "--from", "2007"]])
def test_init_takes_two_versions(tmp_path: Path, versions: list[str]) -> None:
    assert run("init", tmp_path / "plan.yaml", *versions, "--to", "2010")[0] == 0
    assert "version: 2003" in (tmp_path / "plan.yaml").read_text("utf-8")


def test_init_does_not_offer_to_overwrite_a_folder(tmp_path: Path) -> None:
    code, err = run("init", tmp_path)
    assert code == 2
    assert "--force" not in err
    assert str(tmp_path / "plan.yaml") in err


def test_a_pipe_is_refused_by_a_command() -> None:
    code, err = run("validate", "/dev/null")
    assert code == 2
    assert "a pipe or a device" in err


def test_what_stands_far_out_in_a_line_has_its_place_and_no_excerpt() -> None:
    unknown = ", ".join(f"nobody{n}" for n in range(400))
    result = broken(("members: [anna.ammann,", f"members: [{unknown}, anna.ammann,"))
    assert result.errors[0].source_line
    assert result.errors[-2].location.column > 2_000
    assert result.errors[-2].source_line == ""
