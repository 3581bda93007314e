"""What the language says of itself agrees with what it does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from exmigrate.model import Refused
from exmigrate.plan import json_schema, load, template
from exmigrate.plan.nodes import compose
from exmigrate.plan.plain import to_plain
from exmigrate.plan.problems import Source
from exmigrate.plan.reference import pages
from tests.plan.broken import changed
from tests.plan.cases import PLAN
from tests.plan.topologies import PLANS

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHIPPED = sorted(PLANS.glob("*/plan.yaml"))


def plain(text: str) -> Any:
    source = Source("plan.yaml", text)
    root, problems = compose(source, text)
    assert root is not None
    assert not problems
    return to_plain(source, root)[0].data


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.parent.name)
def test_shipped_plans_fit_the_schema(path: Path) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(plain(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "name", ["wrong-type", "wrong-unit", "unknown-key", "unknown-word", "missing-key", "literal-password"]
)
def test_the_schema_refuses_what_the_loader_refuses(name: str) -> None:
    errors = list(jsonschema.Draft202012Validator(json_schema()).iter_errors(plain(changed(*PLAN[name]))))
    assert errors


def test_every_key_is_described() -> None:
    for name, model in json_schema()["$defs"].items():
        for key, entry in model.get("properties", {}).items():
            assert entry.get("description") or "$ref" in entry, f"{name}.{key}"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.parent.name)
def test_shipped_plans_load_without_a_word(path: Path) -> None:
    result = load(path)
    assert result.problems == ()
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=../../docs/plan.schema.json\n")


@pytest.mark.parametrize(
    ("sources", "target"),
    [
        (["2007"], "2010"),
        (["2003"], "2007"),
        (["2003", "2000"], "2007"),
        (["2003"], "2010"),
        (["2007", "2003"], "2010"),
    ],
)
def test_the_template_loads_without_a_word(sources: list[str], target: str) -> None:
    ((name, text),) = template("mine.yaml", sources, target).items()
    assert name == "mine.yaml"
    assert text.startswith("# yaml-language-server: $schema=")
    result = load(text.encode(), name)
    assert result.problems == ()
    assert result.topology is not None
    assert result.topology.target.version == target
    assert set(result.topology.versions) == {*sources} - {"2000"}


def test_there_is_no_template_of_a_transition_that_is_not() -> None:
    with pytest.raises(Refused, match="from 2000 to 2010"):
        template("mine.yaml", ["2000"], "2010")


def test_the_reference_pages_are_up_to_date() -> None:
    for path, text in pages(DOCS).items():
        assert path.read_text("utf-8") == text, (
            f"write it again: python -m exmigrate.plan.reference docs ({path.name})"
        )


def test_the_written_schema_is_json() -> None:
    assert json.loads((DOCS / "plan.schema.json").read_text("utf-8")) == json_schema()


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys, exmigrate.plan; print([m for m in ('pydantic', 'yaml', 'networkx') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
