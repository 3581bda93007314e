"""The front matter of the catalog: whole, compilable, connected."""

from __future__ import annotations

import pytest

from exmigrate.catalog import StepKind, check_texts
from tests.catalog import scripts

KINDS = sorted(scripts.catalog().kinds)


def kind(name: str) -> StepKind:
    return scripts.catalog().kinds[name]


@pytest.mark.parametrize("name", KINDS)
def test_expressions_and_templates_compile(name: str) -> None:
    """No front matter fails when it is needed."""
    check_texts(kind(name))


@pytest.mark.parametrize("name", KINDS)
def test_needs_and_libraries_exist(name: str) -> None:
    """A need on a kind that does not exist would be void for ever."""
    loaded = scripts.catalog()
    assert {n.kind for n in (*kind(name).needs, *kind(name).before)} <= set(loaded.kinds)
    assert set(kind(name).libraries) <= set(loaded.libraries)


@pytest.mark.parametrize("name", KINDS)
def test_kind_belongs_to_a_transition_in_its_own_phase(name: str) -> None:
    """Folder and transitions agree, so that a reader finds the file where the preview shows the step."""
    phases = [t.phase_of[name] for t in scripts.catalog().transitions if name in t.phase_of]
    assert phases, "no transition has this kind"
    assert set(phases) == {kind(name).phase}


@pytest.mark.parametrize("name", KINDS)
def test_functions_fit_the_effect(name: str) -> None:
    """What changes something can be undone or says why not; a gate says what to do and how to take it back."""
    found = kind(name)
    if found.effect in ("convergent", "once"):
        reversible = found.reversibility == "reversible"
        assert ("Rollback" in found.functions) == reversible, "Rollback and reversibility disagree"
        assert found.rights, "no rights named"
    if found.effect == "gate":
        assert found.gate is not None
        assert found.gate.instructions.strip()
        assert found.gate.undo.strip()
        assert ("Check" in found.functions) == (found.gate.closes != "person")
    if found.effect == "once":
        assert found.run == "job"


@pytest.mark.parametrize("name", KINDS)
def test_no_secret_reaches_a_job(name: str) -> None:
    """A job's argument lies on the server's disk."""
    secret = any(isinstance(v, dict) and "$secret" in v for v in kind(name).arguments.values())
    assert not (secret and kind(name).run == "job")
