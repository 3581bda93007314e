"""What a new user does before any server is touched: init, validate, plan, show, graph; and what they do wrong."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

PLANS = Path(__file__).resolve().parents[2] / "plans"
SINGLE = PLANS / "single-site-2007-2010" / "plan.yaml"
TWO = PLANS / "two-site-2007-2010" / "plan.yaml"

pytestmark = pytest.mark.acceptance


def test_a_new_plan_validates_and_compiles(exmigrate, tmp_path: Path) -> None:
    assert exmigrate("init", "plan.yaml").returncode == 0
    checked = exmigrate("validate", "plan.yaml")
    assert checked.returncode == 0, checked.stderr
    assert "compiles to" in checked.stderr
    assert "next: exmigrate plan plan.yaml" in checked.stderr


def test_init_does_not_overwrite(exmigrate, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("mine")
    refused = exmigrate("init", "plan.yaml")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert (tmp_path / "plan.yaml").read_text() == "mine"


@pytest.mark.parametrize("plan", [SINGLE, TWO], ids=["single-site", "two-site"])
def test_the_change_is_the_same_bytes_each_time(exmigrate, tmp_path: Path, plan: Path) -> None:
    shutil.copytree(plan.parent, tmp_path / "plan")
    for name in ("a.change", "b.change"):
        made = exmigrate("plan", "plan/plan.yaml", "--offline", "-o", name)
        assert made.returncode == 0, made.stderr
    assert (tmp_path / "a.change").read_bytes() == (tmp_path / "b.change").read_bytes()


def test_the_preview_names_what_cannot_be_undone(exmigrate) -> None:
    shown = exmigrate("plan", TWO, "--offline")
    assert shown.returncode == 0, shown.stderr
    assert "Cannot be undone" in shown.stdout
    assert "prepare-schema" in shown.stdout
    assert "Waits for a person" in shown.stdout
    assert "\x1b[" not in shown.stdout


def test_the_json_has_the_published_shape(exmigrate) -> None:
    document = json.loads(exmigrate("plan", TWO, "--offline", "--format", "json").stdout)
    assert document["format"] == "exmigrate.change/1"
    assert document["transition"] == {"from": ["2007"], "to": "2010"}
    assert {
        "effect_digest",
        "basis_digest",
        "policy",
        "phases",
        "steps",
        "scripts",
        "sets",
        "markers",
    } <= set(document)
    step = next(s for s in document["steps"] if s["kind"] == "install-cas")
    assert step["effect"] == "once"
    assert step["run"] == "job"
    assert step["script"] in document["scripts"]
    assert len([m for members in document["sets"].values() for m in members]) == 400


@pytest.mark.parametrize(
    ("format", "begins"), [("markdown", "# "), ("dot", "digraph"), ("mermaid", "flowchart")]
)
def test_other_forms_of_the_preview(exmigrate, format: str, begins: str) -> None:
    shown = exmigrate("plan", SINGLE, "--offline", "--format", format)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(begins)


def test_show_prints_the_script_as_it_would_be_sent(exmigrate, tmp_path: Path) -> None:
    exmigrate("plan", SINGLE, "--offline", "-o", "x.change")
    document = json.loads((tmp_path / "x.change").read_text())
    step = next(s for s in document["steps"] if s["kind"] == "install-cas")
    shown = exmigrate("show", step["id"], "x.change")
    assert shown.returncode == 0
    for sha in [*step["libraries"], step["script"]]:
        assert document["scripts"][sha]["text"].rstrip("\n") in shown.stdout


def test_show_suggests_the_nearest_step(exmigrate) -> None:
    refused = exmigrate("show", "install-cas@MAIL2011", SINGLE)
    assert refused.returncode == 2
    assert "install-cas@MAIL2010" in refused.stderr


def test_pending_changes_have_their_exit_code(exmigrate) -> None:
    assert exmigrate("plan", SINGLE, "--offline", "--exit-code").returncode == 10


def test_a_broken_plan_tells_every_fault_with_its_place(exmigrate, tmp_path: Path) -> None:
    shutil.copytree(SINGLE.parent, tmp_path / "plan")
    plan = tmp_path / "plan" / "plan.yaml"
    text = (
        plan.read_text()
        .replace("name: single-site-2007-2010", "nmae: x")
        .replace("env:EXMIGRATE_PASSWORD", "geheim")
    )
    plan.write_text(text)
    refused = exmigrate("validate", "plan/plan.yaml")
    assert refused.returncode == 2
    assert "did you mean" in refused.stderr.lower() or "name" in refused.stderr
    assert "plan/plan.yaml:" in refused.stderr
    assert "geheim" not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr
    as_json = json.loads(exmigrate("validate", "plan/plan.yaml", "--format", "json").stdout)
    assert len(as_json["problems"]) >= 2
    assert all(p["line"] for p in as_json["problems"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plan", "nothing.yaml", "--offline"], "nothing.yaml"),
        (["apply", "nothing.change"], "nothing.change"),
        (["status", "nothing.db"], "nothing.db"),
        (["approve", "x.change"], "no command 'approve'"),
        (["rehearse", "x"], "no command 'rehearse'"),
        (["gates", "confirm", "x"], "gates confirm STEP PLAN"),
        (["plan", str(SINGLE), "--offline", "--format", "pdf"], "pdf"),
        (["plan", "--wrong"], "--wrong"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(exmigrate, arguments: list[str], says: str) -> None:
    refused = exmigrate(*arguments)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_tampered_change_is_refused(exmigrate, tmp_path: Path) -> None:
    exmigrate("plan", SINGLE, "--offline", "-o", "x.change")
    path = tmp_path / "x.change"
    path.write_bytes(path.read_bytes().replace(b"MAIL2010", b"MAIL2011"))
    refused = exmigrate("apply", "x.change")
    assert refused.returncode == 4
    assert "altered" in refused.stderr


def test_every_command_answers_to_help(exmigrate) -> None:
    listed = exmigrate("--help").stdout
    names = [
        line.split()[0] for line in listed.splitlines() if line.startswith("  ") and "  " in line.strip()
    ]
    commands = [n for n in names if n.isalpha() and n in listed]
    assert {"init", "plan", "apply", "gates", "resolve", "twin"} <= set(commands)
    for name in ("plan", "apply", "gates", "resolve", "twin"):
        assert exmigrate(name, "--help").returncode == 0


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_coexistence_says_where_an_old_mailbox_is_found_after_the_cut_over(exmigrate, format: str) -> None:
    shown = exmigrate("coexistence", SINGLE, "--format", format)
    assert shown.returncode == 0, shown.stderr
    assert "After the cut-over of Zurich" in shown.stdout
    assert "legacy.contoso.com" in shown.stdout
    if format == "json":
        document = json.loads(shown.stdout)
        assert document["format"] == "exmigrate.coexistence/1"
        assert {"stage", "site", "mailbox", "protocol", "behaviour", "host", "users"} <= set(
            document["rows"][0]
        )


def test_validate_writes_sarif_whatever_the_plan_is_like(exmigrate, tmp_path: Path) -> None:
    clean = exmigrate("validate", TWO, "--format", "sarif")
    assert clean.returncode == 0, clean.stderr
    assert json.loads(clean.stdout)["version"] == "2.1.0"
    (tmp_path / "plan.yaml").write_text("format: exmigrate.plan/1\nnmae: x\n")
    broken = exmigrate("validate", "plan.yaml", "--format", "sarif")
    assert broken.returncode == 2
    [run] = json.loads(broken.stdout)["runs"]
    assert {r["level"] for r in run["results"]} == {"error"}


def test_every_command_of_the_house_is_on_the_command_line(exmigrate) -> None:
    from exmigrate import cli

    folder = Path(cli.__file__ or "").parent
    modules = [f for f in folder.glob("*.py") if "def register(app" in f.read_text()]
    names = {name for f in modules for name in re.findall(r'app\.command\("([a-z]+)"\)', f.read_text())}
    shown = exmigrate("--help").stdout
    assert {"apply", "rollback", "validate"} <= names
    assert [name for name in sorted(names) if f"\n  {name} " not in shown] == []
