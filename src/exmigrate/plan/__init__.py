"""The YAML language: a plan file to a topology, with the place of every mistake; the schema, the rules, a new plan.

Nothing heavy is imported before it is used, so that `exmigrate --help` stays fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .problems import PlanRefused, Problem

if TYPE_CHECKING:
    from .loading import LoadResult

__all__ = ["LoadResult", "PlanRefused", "Problem", "json_schema", "load", "template"]


def load(
    plan: Path | str | bytes, name: str = "", reader: Callable[[str], bytes] | None = None
) -> LoadResult:
    """Load a plan.

    Args:
        plan: a path, or the bytes of a plan.
        name: how problems name the file; the path itself when left out.
        reader: gives the bytes of CSV files that a plan of bytes names; raises OSError.

    Returns:
        The topology and every problem. It never raises for what is wrong with the plan.
    """
    from .loading import load_bytes, load_file

    if isinstance(plan, bytes):
        return load_bytes(plan, name or "plan.yaml", reader)
    return load_file(Path(plan), name)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the plan language, for editors and other tools."""
    from .document import json_schema as made

    return made()


def template(
    name: str = "plan.yaml", sources: Iterable[str] = ("2007",), target: str = "2010"
) -> Mapping[str, str]:
    """A commented plan to begin with: texts by the path of the file they belong into, `name` first.

    Args:
        sources: versions of today; target: the one to come.

    Raises:
        Refused: this version has no such transition.
    """
    from .document import template as made

    return {name: made(sources, target)}


def __getattr__(name: str) -> Any:
    if name == "LoadResult":
        from .loading import LoadResult

        return LoadResult
    raise AttributeError(name)
