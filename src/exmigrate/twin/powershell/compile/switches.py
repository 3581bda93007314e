"""switch in all its forms (about_Switch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile import operations
from exmigrate.twin.powershell.compile.base import Emit, Run
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.runtime.flow import CONTINUE, NOTHING, Leave, LeaveError
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.compile.statements import Statements
    from exmigrate.twin.powershell.runtime.session import Session


def compile_switch(compiler: Statements, node: ast.Switch) -> Run:
    """A switch statement as a closure."""
    subject = compiler.raw(node.subject)
    test = _tester(node.flags)
    cases: list[tuple[Any, Any, Run]] = []
    for condition, body in node.cases:
        if isinstance(condition, ast.BlockExpr):
            cases.append((None, _predicate(compiler, condition), compiler.block(body)))
        else:
            cases.append((compiler.value(condition), None, compiler.block(body)))
    default = compiler.block(node.default) if node.default is not None else None
    label, from_file = node.label, "file" in node.flags

    def one(session: Session, item: Any, emit: Emit) -> Leave | None:
        matched = False
        for read, predicate, body in cases:
            if predicate(session, item) if predicate is not None else test(session, item, read(session)):
                matched = True
                session.set_under(item)
                leave = _guarded(body, session, emit)
                if leave is not None:
                    return leave
        if not matched and default is not None:
            session.set_under(item)
            return _guarded(default, session, emit)
        return None

    def run(session: Session, emit: Emit) -> Leave | None:
        value = subject(session)
        items = session.lines_of_file(value) if from_file else [] if value is NOTHING else session.each(value)
        saved = session.under_variable()
        try:
            with session.loop_variable("switch"):
                for item in items:
                    session.tick()
                    leave = one(session, item, emit)
                    if leave is None or leave is CONTINUE:
                        continue
                    if leave.kind == "return" or (leave.label and leave.label != label):
                        return leave
                    if leave.kind == "break":
                        return None
        finally:
            session.restore_under(saved)
        return None

    return run


def _guarded(body: Run, session: Session, emit: Emit) -> Leave | None:
    try:
        return body(session, emit)
    except LeaveError as error:
        return error.leave


def _predicate(compiler: Statements, node: ast.BlockExpr) -> Any:
    """A condition in braces runs with ``$_`` as the item; its output is the answer."""
    code = compiler.script_body(node.body)

    def test(session: Session, item: Any) -> bool:
        session.set_under(item)
        output: list[Any] = []
        session.run_in_place(code, output.append)
        return to_bool(output[0] if len(output) == 1 else output)

    return test


def _tester(flags: set[str]) -> Any:
    """``f(session, item, condition) -> bool`` of the statement's mode."""
    cased = "c" if "casesensitive" in flags else ""
    if "regex" in flags:
        match = operations.apply(cased + "match")

        def regex(session: Session, item: Any, condition: Any) -> bool:
            return to_bool(match(session.text(item), condition, session))

        return regex
    if "wildcard" in flags:
        like = operations.apply(cased + "like")

        def wildcard(session: Session, item: Any, condition: Any) -> bool:
            return to_bool(like(session.text(item), condition, session))

        return wildcard
    equal = operations.apply(cased + "eq")

    def exact(session: Session, item: Any, condition: Any) -> bool:
        if condition is None or item is None:
            return condition is None and item is None
        return to_bool(equal(item, condition, session))

    return exact
