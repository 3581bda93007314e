"""Topology and catalog to a graph of steps, proven against the invariants of the field, scheduled, with rollback markers.

Pure: values in, values out. The step kinds decide what a step is; this room decides where it runs and what it waits for.
"""

from .arguments import arguments, references
from .bind import Bound
from .build import Compiled, compile_plan, digest, libraries_of
from .errors import CompileError, CycleError, ExpressionError, InvariantError, VantageError
from .graph import Graph
from .hosts import Placement, place
from .invariants import Violation, violations
from .schedule import Schedule, schedule
from .scopes import common_names, enumerate_scopes

__all__ = [
    "Bound",
    "CompileError",
    "Compiled",
    "CycleError",
    "ExpressionError",
    "Graph",
    "InvariantError",
    "Placement",
    "Schedule",
    "VantageError",
    "Violation",
    "arguments",
    "common_names",
    "compile_plan",
    "digest",
    "enumerate_scopes",
    "libraries_of",
    "place",
    "references",
    "schedule",
    "violations",
]
