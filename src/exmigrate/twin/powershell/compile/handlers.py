"""try, catch and finally (about_Try_Catch_Finally)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import Emit, Run
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.runtime.flow import Halt, Leave
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.compile.statements import Statements
    from exmigrate.twin.powershell.runtime.session import Session

FAULTS = (PSError, NetFault, RecursionError)


def compile_try(compiler: Statements, node: ast.Try) -> Run:
    """A try statement as a closure."""
    body = compiler.block(node.body)
    catches = [([kind.name for kind in clause.types], compiler.block(clause.body)) for clause in node.catches]
    guarded = _catching(compiler, node, body, catches) if catches else body
    if node.final is None:
        return guarded
    final = compiler.block(node.final)

    def run(session: Session, emit: Emit) -> Leave | None:
        try:
            leave = guarded(session, emit)
        except Halt:
            raise
        except BaseException:
            session.in_finally(final, emit)
            raise
        session.in_finally(final, emit)
        return leave

    return run


def _catching(compiler: Statements, node: ast.Try, body: Run, catches: list[tuple[list[str], Run]]) -> Run:
    source, extent = compiler.source, (node.body.start, node.body.end)

    def run(session: Session, emit: Emit) -> Leave | None:
        outer = session.catching
        session.catching = True
        try:
            return body(session, emit)
        except FAULTS as fault:
            session.catching = outer
            caught = session.caught(fault, source, extent)
            handler = _handler(session, caught, catches)
            if handler is None:
                raise caught from None
            # the traceback would hold this frame, which holds the error
            caught.__traceback__ = None
        finally:
            session.catching = outer
        return session.handle(caught, handler, emit)

    return run


def _handler(session: Session, caught: PSError, catches: list[tuple[list[str], Run]]) -> Run | None:
    """The catch clause for an error: the most derived type that fits, clauses in order, inner exceptions too."""
    exception: Any = caught.record.exception
    while exception is not None:
        best: tuple[int, Run] | None = None
        names = [name.lower() for name in exception.kinds()]
        for types, handler in catches:
            for kind in types:
                full = session.exception_name(kind).lower()
                if full in names and (best is None or names.index(full) < best[0]):
                    best = (names.index(full), handler)
        if best is not None:
            return best[1]
        exception = exception.inner
    for types, handler in catches:
        if not types:
            return handler
    return None
