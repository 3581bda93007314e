"""Topology and catalog to a graph of steps, proven against the invariants of the field, scheduled, with rollback markers.

Pure: values in, values out. The step kinds decide what a step is; this room decides where it runs and what it waits for.
"""

from .arguments import references
from .build import Compiled, compile_plan, digest
from .errors import CompileError, CycleError, ExpressionError, InvariantError, VantageError
from .graph import Graph
from .invariants import Violation, violations
from .schedule import Schedule, schedule

__all__ = [
    "CompileError",
    "Compiled",
    "CycleError",
    "ExpressionError",
    "Graph",
    "InvariantError",
    "Schedule",
    "VantageError",
    "Violation",
    "compile_plan",
    "digest",
    "references",
    "schedule",
    "violations",
]
