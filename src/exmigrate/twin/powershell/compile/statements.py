"""Statements: blocks, conditions, loops, switch, assignment, flow.

Source: Windows PowerShell Language Specification 3.0, chapter 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.assignments import Assignments
from exmigrate.twin.powershell.compile.base import SCALARS, Emit, Run, Value, emit_value
from exmigrate.twin.powershell.compile.switches import compile_switch
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.runtime.flow import BREAK, CONTINUE, NOTHING, RETURN, Leave, LeaveError
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

FAULTS = (PSError, NetFault, RecursionError)


class Statements(Assignments):
    """The part of the compiler that handles statements other than commands and definitions."""

    def statement(self, node: ast.Node) -> Run:
        """A node as a statement."""
        method = STATEMENTS.get(type(node))
        if method is not None:
            run: Run = method(self, node)
            return run
        return self.expression_statement(node)

    def expression_statement(self, node: ast.Node) -> Run:
        """An expression whose value goes to the output."""
        if isinstance(node, ast.Step):
            step = self.value(node)

            def count(session: Session, emit: Emit) -> None:
                step(session)
                session.ok = True

            return count
        read = self.raw(node)

        def run(session: Session, emit: Emit) -> None:
            value = read(session)
            kind = type(value)
            if kind in SCALARS:
                emit(value)
            elif kind is list:
                for item in value:
                    emit(item)
            elif value is not NOTHING:
                session.emit_other(value, emit)
            session.ok = True

        return run

    # Blocks ------------------------------------------------------------------------------------------------

    def block(self, node: ast.Block) -> Run:
        """Statements in order; an error ends its statement, and traps may take it."""
        pairs = [(self.statement(item), (item.start, item.end)) for item in node.statements]
        source = self.source
        if node.traps:
            return self._trapped_block(node, pairs)
        if not pairs:
            return lambda session, emit: None
        if len(pairs) == 1:
            only, extent = pairs[0]

            def run_one(session: Session, emit: Emit) -> Leave | None:
                session.fuel -= 1
                if session.fuel < 0:
                    session.refuel()
                try:
                    return only(session, emit)
                except FAULTS as fault:
                    session.statement_failed(fault, source, extent)
                    return None

            return run_one

        def run(session: Session, emit: Emit) -> Leave | None:
            session.fuel -= 1
            if session.fuel < 0:
                session.refuel()
            for statement, extent in pairs:
                try:
                    leave = statement(session, emit)
                except FAULTS as fault:
                    session.statement_failed(fault, source, extent)
                    continue
                if leave is not None:
                    return leave
            return None

        return run

    def _trapped_block(self, node: ast.Block, pairs: list[tuple[Run, tuple[int, int]]]) -> Run:
        traps = [(trap.type.name if trap.type else "", self.block(trap.body)) for trap in node.traps]
        source = self.source

        def run(session: Session, emit: Emit) -> Leave | None:
            session.tick()
            outer = session.catching
            for statement, extent in pairs:
                session.catching = True
                try:
                    leave = statement(session, emit)
                except FAULTS as fault:
                    session.catching = outer
                    leave = session.trap(session.caught(fault, source, extent), traps, emit)
                finally:
                    session.catching = outer
                if leave is not None:
                    return leave
            return None

        return run

    # Conditions and loops ----------------------------------------------------------------------------------

    def condition(self, node: ast.Node) -> Value:
        """A condition as a Python truth value."""
        read = self.value(node)

        def test(session: Session) -> bool:
            value = read(session)
            return value if type(value) is bool else to_bool(value)

        return test

    def _if(self, node: ast.If) -> Run:
        clauses = [(self.condition(test), self.block(body)) for test, body in node.clauses]
        otherwise = self.block(node.otherwise) if node.otherwise is not None else None
        if len(clauses) == 1:
            test, body = clauses[0]

            def run_one(session: Session, emit: Emit) -> Leave | None:
                if test(session):
                    return body(session, emit)
                return otherwise(session, emit) if otherwise is not None else None

            return run_one

        def run(session: Session, emit: Emit) -> Leave | None:
            for test, body in clauses:
                if test(session):
                    return body(session, emit)
            return otherwise(session, emit) if otherwise is not None else None

        return run

    def _while(self, node: ast.While) -> Run:
        test = self.condition(node.condition)
        body = self.block(node.body)
        label, test_first, negate = node.label, node.test_first, node.negate

        def run(session: Session, emit: Emit) -> Leave | None:
            first = not test_first
            while first or test(session) is not negate:
                first = False
                session.fuel -= 1
                if session.fuel < 0:
                    session.refuel()
                try:
                    leave = body(session, emit)
                except LeaveError as error:
                    leave = error.leave
                if leave is not None and leave is not CONTINUE:
                    if leave.kind == "return" or (leave.label and leave.label != label):
                        return leave
                    if leave.kind == "break":
                        return None
            return None

        return run

    def _for(self, node: ast.For) -> Run:
        nothing: Run = lambda session, emit: None  # noqa: E731
        init = self.statement(node.init) if node.init is not None else nothing
        test = self.condition(node.condition) if node.condition is not None else None
        step = self.statement(node.step) if node.step is not None else nothing
        body = self.block(node.body)
        label = node.label

        def drop(_: Any) -> None:
            return None

        def run(session: Session, emit: Emit) -> Leave | None:
            init(session, drop)
            while test is None or test(session):
                session.fuel -= 1
                if session.fuel < 0:
                    session.refuel()
                try:
                    leave = body(session, emit)
                except LeaveError as error:
                    leave = error.leave
                if leave is not None and leave is not CONTINUE:
                    if leave.kind == "return" or (leave.label and leave.label != label):
                        return leave
                    if leave.kind == "break":
                        return None
                step(session, drop)
            return None

        return run

    def _foreach(self, node: ast.ForEach) -> Run:
        items = self.raw(node.items)
        assign = self.assign_variable(node.variable.name)
        body = self.block(node.body)
        label = node.label
        skips_null = self.level.has("foreach-skips-null")

        def run(session: Session, emit: Emit) -> Leave | None:
            value = items(session)
            if value is NOTHING or (value is None and skips_null):
                return None
            with session.loop_variable("foreach"):
                for item in session.each(value):
                    session.fuel -= 1
                    if session.fuel < 0:
                        session.refuel()
                    assign(session, item)
                    try:
                        leave = body(session, emit)
                    except LeaveError as error:
                        leave = error.leave
                    if leave is not None and leave is not CONTINUE:
                        if leave.kind == "return" or (leave.label and leave.label != label):
                            return leave
                        if leave.kind == "break":
                            return None
            return None

        return run

    def _switch(self, node: ast.Switch) -> Run:
        return compile_switch(self, node)

    # Flow --------------------------------------------------------------------------------------------------

    def _flow(self, node: ast.Flow) -> Run:
        if node.kind in ("break", "continue"):
            return self._leave(node)
        if node.kind == "return":
            return self._return(node)
        read = self.value(node.value) if node.value is not None else None
        if node.kind == "exit":
            return lambda session, emit: session.exit(read(session) if read is not None else None)
        source, extent = self.source, (node.start, node.end)
        return lambda session, emit: session.throw(
            read(session) if read is not None else NOTHING, source.position(*extent)
        )

    def _leave(self, node: ast.Flow) -> Run:
        plain = BREAK if node.kind == "break" else CONTINUE
        if node.value is None:
            return lambda session, emit: plain
        if isinstance(node.value, ast.Text):
            fixed = Leave(node.kind, node.value.value.lower())
            return lambda session, emit: fixed
        read = self.value(node.value)
        return lambda session, emit: Leave(node.kind, session.text(read(session)).lower())

    def _return(self, node: ast.Flow) -> Run:
        if node.value is None:
            return lambda session, emit: RETURN
        if self.in_method:
            read = self.raw(node.value)

            def give(session: Session, emit: Emit) -> Leave:
                session.returned = read(session)
                return RETURN

            return give
        run = self.statement(node.value)

        def leave(session: Session, emit: Emit) -> Leave:
            run(session, emit)
            return RETURN

        return leave

    def _try(self, node: ast.Try) -> Run:
        from exmigrate.twin.powershell.compile.handlers import compile_try

        return compile_try(self, node)

    def _inner_block(self, node: ast.Block) -> Run:
        return self.block(node)

    def _data(self, node: ast.Data) -> Run:
        run = self.block(node.body)
        assign = self.assign_variable(node.name) if node.name else None

        def read(session: Session, emit: Emit) -> None:
            items: list[Any] = []
            session.run_inner(run, items.append)
            value = items[0] if len(items) == 1 else (items or None)
            if assign is not None:
                assign(session, value)
            else:
                emit_value(session, value, emit)

        return read


STATEMENTS: dict[type, Any] = {
    ast.Block: Statements._inner_block,
    ast.Assignment: Assignments._assignment,
    ast.If: Statements._if,
    ast.While: Statements._while,
    ast.For: Statements._for,
    ast.ForEach: Statements._foreach,
    ast.Switch: Statements._switch,
    ast.Flow: Statements._flow,
    ast.Try: Statements._try,
    ast.Data: Statements._data,
}
