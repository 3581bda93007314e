"""`exmigrate discover` against the twin of a shipped plan, over the wire: the archive, what a person adds, the next plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exmigrate.discover import by_hand, queries
from exmigrate.plan import load
from tests.acceptance.twin import Rehearsal
from tests.catalog.scripts import catalog

pytestmark = pytest.mark.acceptance


PLAN, SPEED = "single-site-2007-2010", 600


def discover(rehearsal: Rehearsal, file: Path, *more: str) -> tuple[int, str, dict[str, Any]]:
    """Exit code, what was said, and the items of the archive."""
    done = rehearsal.run(
        "discover", str(rehearsal.plan), "--endpoints", str(rehearsal.endpoints), "-o", str(file), *more
    )
    return done.returncode, done.stderr, json.loads(file.read_bytes())["items"]


def test_the_archive_is_whole_and_a_person_completes_it(rehearsal: Rehearsal) -> None:
    archive = rehearsal.folder / "inventory.json"
    code, said, found = discover(rehearsal, archive, "--exit-code")
    topology = load(rehearsal.plan).topology
    assert topology is not None
    asked, refused = queries(topology, catalog())
    tasks = by_hand(topology)
    assert refused == ()
    assert set(found) == {q.item for q in asked} | {t.id for t in tasks}
    assert {item: r["why"] for item, r in found.items() if r["confidence"] == "missing"} == {}
    assert code == 10
    for task in tasks:
        assert f"bring: {task.id}: {task.what}; found at: {task.where}" in said
    assert f"{len(asked)} items there, 0 missing, {len(tasks)} for a person to bring" in said

    document = json.loads(archive.read_bytes())
    for task in tasks:
        document["items"][task.id]["value"] = f"told by {task.id}"
    archive.write_text(json.dumps(document), "utf-8")
    code, said, found = discover(rehearsal, archive, "--exit-code")
    assert (code, "bring:" in said) == (0, False), said
    assert {found[t.id]["value"] for t in tasks} == {f"told by {t.id}" for t in tasks}
    assert found["inv-relays@MAIL2007"]["value"]["complete"] is True

    planned = rehearsal.run(
        "plan", str(rehearsal.plan), "--endpoints", str(rehearsal.endpoints), "--inventory", str(archive),
        "-o", str(rehearsal.change),
    )  # fmt: skip
    assert planned.returncode == 0, planned.stderr
    assert "not read:" not in planned.stderr
    findings = json.loads(rehearsal.change.read_bytes())["findings"]
    # The twin is what the plan says: nothing that was found may break a rule that the plan alone keeps.
    alone = {(f.rule, f.message) for f in load(rehearsal.plan).findings}
    new = [
        f
        for f in findings
        if (f["rule"], f["message"]) not in alone and f["severity"] in ("error", "warning")
    ]
    assert new == []


def test_a_file_of_another_organization_is_not_written_over(rehearsal: Rehearsal) -> None:
    file = rehearsal.folder / "other.json"
    for text, word in (
        (
            '{"format": "exmigrate.inventory/1", "organization": "Northwind", "items": {}}',
            "is the inventory of Northwind",
        ),
        ("minutes of a meeting", "is no inventory"),
    ):
        file.write_text(text, "utf-8")
        done = rehearsal.run(
            "discover", str(rehearsal.plan), "--endpoints", str(rehearsal.endpoints), "-o", str(file)
        )
        assert done.returncode == 2
        assert word in done.stderr
        assert file.read_text("utf-8") == text
    file.write_bytes(b"")
    assert discover(rehearsal, file)[0] == 0
