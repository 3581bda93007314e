"""From a file to a topology, with every problem on the way."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from exmigrate.model import Finding
from exmigrate.model.errors import Location
from exmigrate.model.topology import Topology

from .members import Reader
from .nodes import compose
from .plain import Plain, to_plain
from .problems import Problem, Source, nearest, ordered, scrubbed, shown
from .references import dangling, gather
from .resolve import Context, read_sheets, resolve
from .shape import known_keys
from .text import LARGEST, decode
from .validate import bound, check

MOST = 200
"""Problems that are told at once; a file with more is something else than a plan."""

_NAMES = ("EXM-L030", "EXM-L031")
"""Where one of these is not mended, the rules would judge another organization than the one that was meant."""


@dataclass(frozen=True)
class LoadResult:
    """What loading gives.

    Attributes:
        topology: the resolved plan; None where there are errors, broken rules among them.
        provisional: what could be made of the plan in spite of its errors, for tools that show it; never to be run.
        problems: everything that is wrong, in the order of the text.
    """

    topology: Topology | None
    problems: tuple[Problem, ...]
    provisional: Topology | None = None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the plan without an inventory, what refuses it left out: that is in `problems`."""
        from .rules import evaluate

        return evaluate(self.topology) if self.topology else ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse the plan."""
        return tuple(p for p in self.problems if p.severity == "error")


def load_file(path: FilePath, name: str = "") -> LoadResult:
    """Load a plan from a file, its CSV files from beside it."""
    name = name or str(path)
    try:
        data = _bytes(path)
    except OSError as error:
        said = error.strerror or "it cannot be read"
        problem = Problem(
            "EXM-L001", "error", said, Location(name), "", "the plan cannot be read",
            "name the plan file; `exmigrate init` writes a new one",
        )  # fmt: skip
        return LoadResult(None, (problem,))
    result = load_bytes(data, name, lambda other: _bytes(path.parent / other))
    return _with_step_kinds(result, path.parent, Source(name, data.decode("utf-8-sig", "replace")))


def _with_step_kinds(result: LoadResult, folder: FilePath, source: Source) -> LoadResult:
    """The same result with the folder of step kinds found beside the plan, or missed beside every other problem."""
    topology = result.provisional
    if topology is None or not topology.step_kinds_folder:
        return result
    found = folder / topology.step_kinds_folder
    if found.is_dir():
        whole = result.topology and replace(result.topology, step_kinds_folder=str(found))
        return replace(result, topology=whole)
    where = topology.where("step_kinds")
    problem = source.problem(
        "EXM-L040",
        f"there is no folder '{shown(topology.step_kinds_folder)}' beside the plan",
        where.line,
        where.column,
        why="the plan names step kinds of its own in it",
        remedy="make the folder, or take step_kinds out",
    )
    return replace(result, topology=None, problems=ordered((*result.problems, problem), source.name))


def load_bytes(data: bytes, name: str, reader: Reader | None = None) -> LoadResult:
    """Load a plan from bytes; `reader` gives the bytes of files that it names."""
    text = decode(data, name)
    if isinstance(text, Problem):
        return LoadResult(None, (text,))
    with _without_collection():
        problems, topology = _read(Source(name, text), text, reader or _nothing)
    problems = list(ordered(problems, name))
    if len(problems) > MOST:
        more = len(problems) - MOST
        last = Problem("EXM-L016", "error", f"{more} more problems are not told", Location(name))
        problems = [*problems[:MOST], last]
    wrong = any(p.severity == "error" for p in problems)
    return LoadResult(None if wrong else topology, tuple(problems), topology)


def _read(source: Source, text: str, reader: Reader) -> tuple[list[Problem], Topology | None]:
    root, problems = compose(source, text)
    if root is None:
        return problems or [_no_plan(source, "nothing but comments", 1, 1)], None
    if root.kind != "map":
        what = "a list" if root.kind == "list" else "a single value"
        return [*problems, _no_plan(source, what, root.line, root.column)], None
    plain, found = to_plain(source, root)
    other = _other_file(source, plain)
    if other is not None:
        return [other], None
    problems += found
    checked = check(source, plain)
    names = gather(source, plain)
    sheets = read_sheets(source, plain, reader, names.index)
    astray = dangling(source, plain, names, mailboxes=sheets.complete)
    if astray.meant:
        bound(checked, astray.meant)
    problems += names.problems + sheets.problems + checked.problems
    topology = None
    if checked.document is not None:
        ctx = Context(checked.document, plain, source, checked.guessed | {*astray.meant})
        topology = resolve(ctx, sheets, names.index)
        problems += ctx.problems
        unsure = checked.guessed or sheets.broken or ctx.incomplete or astray.lost
        if not (unsure or any(p.code in _NAMES for p in (*names.problems, *ctx.problems))):
            problems += _broken_rules(source, topology)
    # A list that turned out to be wrong while it was resolved does not say which mailboxes there are.
    problems += [p for p in astray.problems if sheets.complete or p.code != "EXM-L043"]
    problems += [p for sheet in sheets.all for p in sheet.problems]
    return [scrubbed(p, checked.secrets) for p in problems], topology


def _broken_rules(source: Source, topology: Topology) -> list[Problem]:
    """Rules that refuse the plan, as problems, so that they are told beside every other mistake."""
    from .rules import blocking, evaluate, rules

    return [
        source.problem(
            f"EXM-R-{f.rule}",
            f.message,
            f.line,
            f.column,
            why=f"rule {f.rule}: {rules()[f.rule].when}" if f.rule in rules() else "",
            remedy=f.remedy,
        )
        for f in blocking(evaluate(topology))
    ]


def _other_file(source: Source, plain: Plain) -> Problem | None:
    """What is wrong with a file that was written to be something else, instead of all that a plan would need."""
    said = plain.data.get("format")
    mark = plain.mark(("format",))
    if isinstance(said, str) and said.startswith("exmigrate.") and not said.startswith("exmigrate.plan/"):
        kind = said.removeprefix("exmigrate.").partition("/")[0]
        return source.problem(
            "EXM-L013",
            f"the file is no plan, it says that it is '{shown(said)}'",
            mark.line,
            mark.column,
            why=f"what is of use for a plan is none for a file of kind {shown(kind)}",
            remedy="name the plan that it was made from"
            + ("; or, for show and apply, give it a name that ends in .change" if kind == "change" else ""),
        )
    known = known_keys(())
    if said is None and not any(nearest(str(key), known) for key in plain.data):
        return _no_plan(source, "no key of a plan", mark.line, mark.column)
    return None


def _no_plan(source: Source, what: str, line: int, column: int) -> Problem:
    return source.problem(
        "EXM-L013",
        f"the file holds {what}",
        line,
        column,
        why="a plan is a mapping that begins with 'format: exmigrate.plan/1'",
        remedy="write a new plan with `exmigrate init`",
    )


def _bytes(path: FilePath) -> bytes:
    if path.exists() and not path.is_file() and not path.is_dir():  # reading it might never end
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _nothing(name: str) -> bytes:
    raise FileNotFoundError(2, "no such file beside the plan", name)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Cyclic garbage collection off: thousands of small values are made and all are kept."""
    import gc

    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
