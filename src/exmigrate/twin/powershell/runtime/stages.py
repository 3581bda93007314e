"""Stages of a pipeline: functions and script blocks; stages with changed streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.binder import Binding
from exmigrate.twin.powershell.runtime.code import CommandInfo, ScriptBlock
from exmigrate.twin.powershell.runtime.common import function_preferences
from exmigrate.twin.powershell.runtime.flow import RETURN, Leave, LeaveError
from exmigrate.twin.powershell.runtime.param_variables import special_of, too_deep, unbound_value
from exmigrate.twin.powershell.runtime.parameters import Spec, Table
from exmigrate.twin.powershell.runtime.piped import PipelineBinder
from exmigrate.twin.powershell.runtime.scope import Frame, Scope, Variable
from exmigrate.twin.powershell.runtime.streams import Sinks
from exmigrate.twin.powershell.scalars import Switch

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

Emit = Callable[[Any], None]


class Stage:
    """One command at work in a pipeline.

    Attributes:
        emit: Takes its output objects.
        failed: Whether it reported an error, which makes ``$?`` false.
        site: Where it stands in the script, or None.
        command: Its command info.
    """

    __slots__ = ("command", "emit", "failed", "session", "site")

    def __init__(self, session: Session, command: CommandInfo, site: Any) -> None:
        self.session = session
        self.command = command
        self.site = site
        self.failed = False
        self.emit: Emit = _nowhere

    def set_emit(self, emit: Emit) -> None:
        """Say where output goes."""
        self.emit = emit

    def begin(self) -> None:
        """Before any input."""

    def wired(self) -> None:
        """All stages have begun; output goes straight on from now."""

    def push(self, value: Any) -> None:
        """One input object."""

    def run_process(self) -> None:
        """The process part of a command that nothing is piped to."""

    def finish(self) -> None:
        """After all input."""

    def abandon(self) -> None:
        """The pipeline broke off."""

    def release(self) -> None:
        """It is over: let go of whatever leads back to it, so that it need not wait for the garbage collector."""

    def run_alone(self) -> None:
        """The whole command without a pipeline."""
        self.begin()
        self.run_process()
        self.finish()


def _nowhere(value: Any) -> None:
    raise AssertionError("the stage is not wired")


class GuardedStage(Stage):
    """A stage that runs with other streams than its neighbours (redirection, -ErrorVariable)."""

    __slots__ = ("inner", "outer", "sinks")

    def __init__(self, inner: Stage, sinks: Sinks) -> None:
        super().__init__(inner.session, inner.command, inner.site)
        self.inner = inner
        self.sinks = sinks
        self.outer = inner.session.sinks

    def set_emit(self, emit: Emit) -> None:
        """Output leaves with the streams of the surroundings."""
        self.emit = emit
        self.inner.set_emit(self._outwards)

    def _outwards(self, value: Any) -> None:
        session = self.session
        mine, session.sinks = session.sinks, self.outer
        try:
            self.emit(value)
        finally:
            session.sinks = mine

    def _guard(self, action: Callable[..., None], *args: Any) -> None:
        session = self.session
        outer, session.sinks = session.sinks, self.sinks
        self.outer = outer
        try:
            action(*args)
        finally:
            session.sinks = outer
            self.failed = self.inner.failed

    def begin(self) -> None:
        self._guard(self.inner.begin)

    def wired(self) -> None:
        self.inner.wired()

    def push(self, value: Any) -> None:
        self._guard(self.inner.push, value)

    def run_process(self) -> None:
        self._guard(self.inner.run_process)

    def finish(self) -> None:
        self._guard(self.inner.finish)

    def run_alone(self) -> None:
        self._guard(self.inner.run_alone)

    def abandon(self) -> None:
        self.inner.abandon()

    def release(self) -> None:
        self.inner.release()
        self.inner.set_emit(_nowhere)


class FunctionStage(Stage):
    """A function, filter, script or script block at work."""

    __slots__ = (
        "binding",
        "block",
        "code",
        "common",
        "dot",
        "frame",
        "piped",
        "pipeline",
        "ran",
        "scope",
        "state",
    )

    def __init__(
        self, session: Session, command: CommandInfo, block: ScriptBlock, args: list[Arg], site: Any, piped: bool,
        dot: bool = False, kind: str = "function",
    ) -> None:  # fmt: skip
        super().__init__(session, command, site)
        code = block.code
        self.block = block
        self.code = code
        self.piped = piped
        self.dot = dot
        self.pipeline: PipelineBinder | None = None
        self.common: dict[str, Any] | None = None
        self.ran = False
        state = block.state
        current = session.scope if state is session.state else state.scope
        self.state = state
        frame = Frame(command, session.frame, site, code)
        frame.piped = []
        frame.expecting_input = piped
        self.frame = frame
        self.scope = current if dot else Scope(current, kind, frame, state)
        table = code.table(session) if code.make_table is not None else None
        self.binding: Binding | None = None
        if table is None:
            self._no_parameters(args)
        else:
            self._bind(table, args)

    # Binding -----------------------------------------------------------------------------------------------

    def _no_parameters(self, args: list[Arg]) -> None:
        frame = self.frame
        frame.rest = args
        frame.bound = {}

    def _bind(self, table: Table, args: list[Arg]) -> None:
        session = self.session
        if table.plain and len(args) <= len(table.specs) and all(arg.name is None for arg in args):
            self._bind_plain(table, args)
            return
        binding = self.binding = Binding(session, table, True)
        self.frame.bound = binding.values
        if self.code.dynamic is not None:
            args = self._dynamic(table, binding, args)
        try:
            binding.bind_arguments(args)
            if table.set_names or table.mandatory:
                binding.settle(self.piped and bool(table.piped))
        except PSError as fault:
            raise self._own(fault) from None
        self.frame.rest = binding.rest
        if binding.common:
            self.common = binding.common
        specs = binding.pipeline_specs() if table.piped and self.piped else None
        if specs:
            self.pipeline = PipelineBinder(session, binding, specs)
        self._declare(binding)

    def _bind_plain(self, table: Table, args: list[Arg]) -> None:
        """Positional arguments to parameters without types or attributes: what most calls are."""
        variables = self.scope.vars
        bound: dict[str, Any] = {}
        position, count = 0, len(args)
        waiting = False
        for spec in table.simple_positions or ():
            value = None
            if position < count:
                value = bound[spec.name] = args[position].value
                position += 1
            elif spec.default is not None:
                waiting = True
            variables[spec.key] = Variable(spec.name, value)
        self.frame.bound = bound
        if waiting:
            self._defaults(
                [spec for spec in table.specs if spec.default is not None and spec.name not in bound]
            )

    def _dynamic(self, table: Table, binding: Binding, args: list[Arg]) -> list[Arg]:
        """Run dynamicparam with what can be bound so far, and add what it gives to the table."""
        from exmigrate.twin.powershell.runtime.dynamic import with_dynamic

        return with_dynamic(self, table, binding, args)

    def _own(self, fault: PSError) -> PSError:
        """An error of the binder with this command's name and place."""
        record = fault.record
        if not record.command_id:
            record.command_id = self.command.command_id
        if record.position is None and self.site is not None:
            record.position = self.site.position()
        record.invocation = record.invocation or self.frame
        record.activity = record.activity or self.command.name
        return fault

    def _declare(self, binding: Binding) -> None:
        """Make the parameter variables: bound values, then defaults in order."""
        variables = self.scope.vars
        values = binding.values
        session = self.session
        waiting: list[Spec] = []
        for spec in binding.table.specs:
            if spec.name in values:
                variables[spec.key] = Variable(spec.name, values[spec.name], special_of(spec))
            else:
                waiting.append(spec)
        if not waiting:
            return
        for spec in waiting:
            if spec.default is None:
                variables[spec.key] = Variable(spec.name, unbound_value(session, spec), special_of(spec))
        if any(spec.default is not None for spec in waiting):
            self._defaults([spec for spec in waiting if spec.default is not None])

    def _defaults(self, specs: list[Spec]) -> None:
        """Work out parameter defaults in order, within the function's scope."""
        variables = self.scope.vars
        saved = self._enter()
        try:
            for spec in specs:
                variables[spec.key] = Variable(spec.name, self._default(spec), special_of(spec))
        except PSError as fault:
            raise self._own(fault) from None
        finally:
            self._leave(saved)

    def _initial(self, spec: Spec) -> Any:
        """What a parameter goes back to that the next pipeline object does not bind."""
        if spec.default is None:
            return unbound_value(self.session, spec)
        saved = self._enter()
        try:
            return self._default(spec)
        finally:
            self._leave(saved)

    def _default(self, spec: Spec) -> Any:
        assert spec.default is not None
        value = spec.default(self.session)
        if spec.kind == "object" or (value is None and spec.kind not in ("string", "switch")):
            return value
        if spec.kind == "switch":
            return (
                value
                if isinstance(value, Switch)
                else Switch(bool(convert(value, spec.type(self.session), self.session)))
            )
        return convert(value, spec.type(self.session), self.session)

    # Running -----------------------------------------------------------------------------------------------

    def _enter(self) -> tuple[Any, ...]:
        session = self.session
        saved = (session.scope, session.state, session.frame, session.strict, session.depth, self.scope.frame)
        session.depth += 1
        if session.depth > session.limits.depth:
            session.depth -= 1
            raise too_deep(session)
        if session.state is not self.state:
            session.state.scope = session.scope
            session.state = self.state
        session.scope = self.scope
        session.frame = self.scope.frame = self.frame
        return saved

    def _leave(self, saved: tuple[Any, ...]) -> None:
        session = self.session
        session.scope, session.state, session.frame, session.strict, session.depth, self.scope.frame = saved

    def _run(self, run: Callable[..., Leave | None]) -> None:
        """Run one block of the code in the function's scope."""
        session = self.session
        saved = self._enter()
        try:
            leave = run(session, self.emit)
        except LeaveError as left:
            if left.leave.kind != "return":
                raise
            leave = None
        finally:
            session.scope, session.state, session.frame, session.strict, session.depth, self.scope.frame = (
                saved
            )
        if leave is not None and leave is not RETURN:
            raise LeaveError(leave)

    def begin(self) -> None:
        """Common parameters into preference variables; the begin block."""
        if self.common is not None or self.code.advanced:
            function_preferences(self)
        if self.code.begin is not None:
            self._run(self.code.begin)

    def push(self, value: Any) -> None:
        """Bind the object; run the process block, or keep it for ``$input``."""
        if self.pipeline is not None and not self._bind_piped(value):
            return
        self.ran = True
        if self.code.process is None:
            self.frame.piped.append(value)  # type: ignore[union-attr]
            return
        self.frame.piped = [value]
        variables = self.scope.vars
        under = variables.get("_")
        if under is None or self.dot:
            variables["_"] = Variable("_", value)
        else:
            under.value = value
        try:
            self._run(self.code.process)
        finally:
            if self.dot and under is not None:
                variables["_"] = under

    def _bind_piped(self, value: Any) -> bool:
        assert self.pipeline is not None
        binder = self.pipeline
        for spec in binder.reset():
            self.scope.vars[spec.key] = Variable(spec.name, self._initial(spec), special_of(spec))
        try:
            binder.bind(value)
        except PSError as fault:
            self.failed = True
            self.session.report(self._own(fault).record, None)
            return False
        values = binder.binding.values
        for spec in binder.bound:
            self.scope.vars[spec.key] = Variable(spec.name, values[spec.name], special_of(spec))
        return True

    def run_process(self) -> None:
        """The process block once, when nothing is piped to the function."""
        if self.code.process is not None and not self.piped:
            self.frame.piped = []
            self._run(self.code.process)

    def finish(self) -> None:
        """The end block."""
        if self.code.finish is not None:
            if self.code.process is not None:
                self.frame.piped = []
            self._run(self.code.finish)

    def run_alone(self) -> None:
        """The whole function in one go when it has an end block only."""
        code = self.code
        if code.begin is None and code.process is None and self.common is None and not code.advanced:
            if code.finish is not None:
                self._run(code.finish)
            return
        self.begin()
        self.run_process()
        self.finish()
