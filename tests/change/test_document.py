"""The change document: bytes, digests, and what makes them differ."""

import json
from dataclasses import replace

import pytest

from exmigrate.change import (
    DigestMismatch,
    NotAChange,
    basis_digest,
    canonical,
    effect_digest,
    parse,
    to_bytes,
    to_json,
)
from exmigrate.model import Change
from tests.compile.small import compiled
from tests.plan.topologies import single_site


def change() -> Change:
    return compiled(
        single_site(),
        cas__one="scope: server\neffect: convergent\nidentity: local\narguments: {name: server.name}\nreason: r",
        hub__two="scope: organization\neffect: gate\nneeds: [one@all]\ngate: {closes: person, instructions: Do it}",
    ).change


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert to_bytes(change()) == to_bytes(change())


def test_reading_back_gives_the_same_change() -> None:
    assert to_bytes(parse(to_bytes(change()))) == to_bytes(change())


def test_states_estimates_and_findings_are_not_effect() -> None:
    one = change()
    seen = one.with_steps(tuple(s.with_state("satisfied", "is installed") for s in one.steps))
    assert effect_digest(seen) == effect_digest(one)
    assert basis_digest(seen) != basis_digest(one)


@pytest.mark.parametrize("field", ["script", "host", "needs", "arguments", "window"])
def test_what_runs_is_effect(field: str) -> None:
    one = change()
    other = {"script": "sha256:0", "host": "X", "needs": ("two",), "arguments": {"a": 1}, "window": "policy"}[
        field
    ]
    steps = (replace(one.steps[0], **{field: other}), *one.steps[1:])
    assert effect_digest(replace(one, steps=steps)) != effect_digest(one)


def test_order_of_display_is_not_effect() -> None:
    one = change()
    assert effect_digest(replace(one, steps=tuple(reversed(one.steps)))) == effect_digest(one)


def test_frozen_facts_are_effect_and_basis() -> None:
    one = change()
    other = replace(one, facts={"inv-oa@CAS": "Basic"})
    assert effect_digest(other) != effect_digest(one)
    assert basis_digest(other) != basis_digest(one)


def test_an_altered_change_is_refused() -> None:
    document = to_json(change())
    document["steps"][0]["host"] = "EVIL"
    with pytest.raises(DigestMismatch):
        parse(canonical(document))


def test_an_altered_script_is_refused() -> None:
    one = change()
    sha, script = next(iter(one.scripts.items()))
    altered = replace(one, scripts={**one.scripts, sha: replace(script, text="evil")})
    with pytest.raises(DigestMismatch):
        parse(to_bytes(altered))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format":"exmigrate.change/9"}',
        b'{"format":"exmigrate.change/1"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_change_is_refused(data: bytes) -> None:
    with pytest.raises(NotAChange):
        parse(data)


def test_a_change_holds_no_fractions() -> None:
    document = json.loads(to_bytes(change()))
    document["makespan_s"]["p50"] = 1.5
    with pytest.raises(NotAChange):
        parse(json.dumps(document).encode())
