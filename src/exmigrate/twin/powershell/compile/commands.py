"""Pipelines and commands.

A command compiles to a function ``(session) -> Stage`` that looks the command up, works out its arguments and binds
them; the pipeline then wires the stages and drives them. Arguments travel as `Arg` tuples until they are bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import Emit, Run, Value, emit_value
from exmigrate.twin.powershell.compile.statements import STATEMENTS, Statements
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.runtime.args import ABSENT, Arg
from exmigrate.twin.powershell.runtime.pipeline import run_stages
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

FAULTS = (PSError, NetFault)


class CallSite:
    """Where a command stands: for error positions and ``$MyInvocation``.

    Attributes:
        source: The text.
        start, end: Extent of the command.
        operator: '', '&' or '.'.
    """

    __slots__ = ("end", "operator", "source", "start")

    def __init__(self, source: Any, node: ast.Command) -> None:
        self.source = source
        self.start = node.start
        self.end = node.end
        self.operator = node.operator

    def position(self) -> Any:
        """The command's position."""
        return self.source.position(self.start, self.end)


class Commands(Statements):
    """The part of the compiler that handles pipelines and commands."""

    def _pipeline(self, node: ast.Pipeline) -> Run:
        if node.background:
            return self._background(node)
        elements = node.elements
        first = elements[0]
        if len(elements) == 1 and isinstance(first, ast.CommandExpr):
            if first.redirections:
                return self._redirected_expression(first)
            return self.expression_statement(first.expr)
        if len(elements) == 1:
            return self._single(first)  # type: ignore[arg-type]
        head = self.raw(first.expr) if isinstance(first, ast.CommandExpr) else None
        commands = [item for item in elements if isinstance(item, ast.Command)]
        makers = [self._stage(item) for item in commands]
        redirections = [self._redirections(item.redirections) for item in elements]
        if not any(redirections):
            redirections = []
        elif head is not None:
            redirections = redirections[1:]

        def run(session: Session, emit: Emit) -> None:
            run_stages(session, makers, head, redirections, emit)

        return run

    def _single(self, node: ast.Command) -> Run:
        maker = self._stage(node)
        redirections = self._redirections(node.redirections)
        if redirections:
            makers, all_redirections = [maker], [redirections]

            def run_redirected(session: Session, emit: Emit) -> None:
                run_stages(session, makers, None, all_redirections, emit)

            return run_redirected

        def run(session: Session, emit: Emit) -> None:
            stage = maker(session, False)
            stage.set_emit(emit)
            session.ok = True
            stage.run_alone()
            session.ok = not stage.failed
            stage.release()

        return run

    def _redirected_expression(self, node: ast.CommandExpr) -> Run:
        read = self.raw(node.expr)
        redirections = self._redirections(node.redirections)

        def run(session: Session, emit: Emit) -> None:
            with session.redirected(redirections, emit) as target:
                emit_value(session, read(session), target)
            session.ok = True

        return run

    def _redirections(self, nodes: list[ast.Redirection]) -> list[tuple[int, int, bool, Value | None]]:
        return [
            (
                node.stream,
                node.merge,
                node.append,
                self.value(node.target) if node.target is not None else None,
            )
            for node in nodes
        ]

    def _background(self, node: ast.Pipeline) -> Run:
        text = self.source.text[node.start : node.end].rstrip().rstrip("&")
        return lambda session, emit: session.start_background(text, emit)

    def _chain(self, node: ast.Chain) -> Run:
        left, right, wanted = self.statement(node.left), self.statement(node.right), node.op == "&&"
        source, extent = self.source, (node.left.start, node.left.end)

        def run(session: Session, emit: Emit) -> Any:
            try:
                leave = left(session, emit)
            except FAULTS as fault:
                session.statement_failed(fault, source, extent)
                leave = None
            if leave is None and session.ok is wanted:
                return right(session, emit)
            return leave

        return run

    # One command -------------------------------------------------------------------------------------------

    def _stage(self, node: ast.Command) -> Any:
        site = CallSite(self.source, node)
        args = self._arguments(node.args)
        if isinstance(node.name, ast.Text) and (node.name.bare or not node.operator):
            name = node.name.value
            if self._looks_like_call(node):
                return self._checked_call(name, args, site)

            def make_named(session: Session, piped: bool) -> Any:
                return session.commands.stage(name, args(session), site, piped)

            return make_named
        read = self.value(node.name)

        def make(session: Session, piped: bool) -> Any:
            target = read(session)
            return session.commands.stage_of(target, args(session), site, piped)

        return make

    def _looks_like_call(self, node: ast.Command) -> bool:
        """``f(1, 2)``: the only argument touches the name and holds a list."""
        if (
            len(node.args) != 1
            or not isinstance(node.args[0], ast.Paren)
            or node.args[0].start != node.name.end
        ):
            return False
        inner = node.args[0].pipeline
        return isinstance(inner, ast.Pipeline) and isinstance(inner.elements[0], ast.CommandExpr) and isinstance(
            inner.elements[0].expr, ast.ArrayLiteral
        )  # fmt: skip

    def _checked_call(self, name: str, args: Any, site: CallSite) -> Any:
        def make(session: Session, piped: bool) -> Any:
            if session.strict >= 2:
                raise error(
                    "The function or command was called as if it were a method. Parameters should be separated by spaces. "
                    "For information about parameters, see the about_Parameters Help topic.",
                    "StrictModeFunctionCallWithParens",
                    "InvalidOperation",
                )
            return session.commands.stage(name, args(session), site, piped)

        return make

    def _arguments(self, nodes: list[ast.Node]) -> Any:
        """``(session) -> list[Arg]``."""
        makers = [self._argument(node) for node in nodes]
        if not makers:
            return lambda session: []
        if all(kind != "splat" for kind, _ in makers):
            plain = [make for _, make in makers]
            return lambda session: [make(session) for make in plain]

        def build(session: Session) -> list[Arg]:
            made: list[Arg] = []
            for kind, make in makers:
                if kind == "splat":
                    made.extend(make(session))
                else:
                    made.append(make(session))
            return made

        return build

    def _argument(self, node: ast.Node) -> tuple[str, Any]:
        if isinstance(node, ast.CommandParam):
            return "named", self._named_argument(node)
        if isinstance(node, ast.Variable) and node.splat:
            name = node.name
            return "splat", lambda session: session.splat(name)
        if isinstance(node, ast.Const):
            fixed = Arg(None, node.value, node.text)
            return "value", lambda session: fixed
        if isinstance(node, ast.Text):
            fixed = Arg(None, node.value, None)
            if node.bare and node.value == "--":
                fixed = Arg("--", ABSENT, None)
            return "value", lambda session: fixed
        read = self.value(node) if not isinstance(node, ast.ArrayLiteral) else self._argument_array(node)
        return "value", lambda session: Arg(None, read(session), None)

    def _argument_array(self, node: ast.ArrayLiteral) -> Value:
        return self.value(node)

    def _named_argument(self, node: ast.CommandParam) -> Any:
        name, text = node.name, node.text
        if node.argument is None:
            fixed = Arg(name, ABSENT, text)
            return lambda session: fixed
        read = self.value(node.argument)
        return lambda session: Arg(name, read(session), text + ":")


STATEMENTS[ast.Pipeline] = Commands._pipeline
STATEMENTS[ast.Chain] = Commands._chain
