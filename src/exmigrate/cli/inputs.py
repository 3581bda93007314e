"""What commands read: plans, change files, inventories."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exmigrate import __version__
from exmigrate.model import Refused, Topology

from . import output

if TYPE_CHECKING:
    from exmigrate.compile import Compiled
    from exmigrate.model import Change
    from exmigrate.plan import LoadResult

CHANGE_SUFFIX = ".change"


class NoSuchFile(Refused):
    """The file cannot be read."""

    code = "EXM-U001"


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        NoSuchFile: it cannot be read.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        # A plan is read with the files beside it, a change by more than one command: a pipe serves neither.
        raise NoSuchFile(
            f"{path} cannot be read.", why="it is a pipe or a device", next="save it as a file and name that"
        )
    try:
        return path.read_bytes()
    except OSError as fault:
        raise NoSuchFile(
            f"{path} cannot be read.",
            why=fault.strerror or str(fault),
            next="check the path, or write one: exmigrate init",
        ) from None


def load_plan(path: Path, *, as_json: bool = False) -> tuple[Topology, LoadResult]:
    """Load and validate a plan; problems are printed and end the command with exit 2."""
    from exmigrate.plan import load

    if not path.is_file():
        read_bytes(path)
    result = load(path)
    if result.topology is None or any(p.severity == "error" for p in result.problems):
        refuse_problems(result, path, as_json)
    assert result.topology is not None
    return result.topology, result


def refuse_problems(result: LoadResult, path: Path, as_json: bool) -> None:
    """Print all problems of a plan and end with exit 2."""
    from exmigrate.report.problems import problem_json, problems_text

    if as_json:
        output.json_data({"problems": [problem_json(p) for p in result.problems]})
    else:
        output.note(problems_text(result.problems))
        errors = sum(p.severity == "error" for p in result.problems)
        output.note(
            f"\n{errors} error{'s' if errors != 1 else ''}. Nothing was compiled, nothing was touched.\n"
            f"next: mend {'them' if errors != 1 else 'it'}, then exmigrate validate {shlex.quote(str(path))}"
        )
    output.finish(2)


def compile_topology(
    topology: Topology,
    result: LoadResult,
    inventory: Mapping[str, Any] | None = None,
    digest: str = "",
    asked: Collection[str] = (),
) -> Compiled:
    """Compile a loaded plan with the package's catalog and the plan's own step kinds.

    Args:
        inventory: values by `item@scope`; the rules judge them too.
        asked: items that were asked for, such as `inv-org`: missing among those is an error.
    """
    from exmigrate.catalog import load_catalog
    from exmigrate.compile import compile_plan
    from exmigrate.plan.rules import evaluate

    compiled = compile_plan(
        topology,
        load_catalog(topology.step_kinds_folder),
        inventory=inventory,
        inventory_digest=digest,
        findings=evaluate(topology, inventory, asked=asked) if inventory or asked else result.findings,
        tool={"name": "exmigrate", "version": __version__},
    )
    return _with_windows(topology, compiled)


def _with_windows(topology: Topology, compiled: Compiled) -> Compiled:
    """With findings on windows too short for what keeps them: a run would wait for ever."""
    change = compiled.change
    if not change.policy["windows"]:
        return compiled
    from exmigrate.runner import SystemAmbient, window_findings

    told = tuple(window_findings(topology, change, SystemAmbient().now()))
    return replace(compiled, change=replace(change, findings=(*change.findings, *told)))


def load_change(path: Path) -> tuple[Change, bytes]:
    """A change from a change file, or compiled offline from a plan."""
    from exmigrate.change import parse, to_bytes

    if path.suffix == CHANGE_SUFFIX:
        raw = read_bytes(path)
        return parse(raw, str(path)), raw
    topology, result = load_plan(path)
    change = compile_topology(topology, result).change
    return change, to_bytes(change)


def load_inventory(path: Path | None) -> tuple[Mapping[str, Any], str]:
    """An inventory file as `exmigrate discover` writes it: values by `item@scope`, and its digest.

    Raises:
        NotAnInventory: the file is none.
    """
    if path is None:
        return {}, ""
    from exmigrate.discover.inventory import parse

    raw = read_bytes(path)
    return parse(raw, str(path)).values, "sha256:" + hashlib.sha256(raw).hexdigest()


def state_path(given: Path | None, subject: Path, name: str) -> Path:
    """The journal: the one named, else `.exmigrate/<plan name>.db` beside the plan or change."""
    return given or subject.resolve().parent / ".exmigrate" / f"{name}.db"
