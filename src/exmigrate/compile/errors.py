"""Errors of compilation: a plan and a catalog that do not make a graph that may run."""

from __future__ import annotations

from exmigrate.model import Refused


class CompileError(Refused):
    """The plan and the catalog do not make a graph."""

    code = "EXM-C010"


class ExpressionError(CompileError):
    """An expression of a step kind cannot be evaluated for a scope."""

    code = "EXM-C011"


class CycleError(CompileError):
    """Steps need each other in a circle."""

    code = "EXM-C012"


class InvariantError(CompileError):
    """The graph breaks a rule that every graph must keep."""

    code = "EXM-C013"


class VantageError(CompileError):
    """No host can run a step the way its kind demands."""

    code = "EXM-C014"
