"""Cmdlets at work: what a cmdlet's Python function gets, and the stage that drives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.clixml_values import Progress
from exmigrate.twin.powershell.compile.base import emit_value
from exmigrate.twin.powershell.convert import convert, to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError, Severity, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import UNSET, Cmdlet
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.binder import Binding
from exmigrate.twin.powershell.runtime.code import CmdletInfo
from exmigrate.twin.powershell.runtime.common import action_of
from exmigrate.twin.powershell.runtime.flow import ExitError, Halt, LeaveError, StopUpstream
from exmigrate.twin.powershell.runtime.parameters import Table, cmdlet_table
from exmigrate.twin.powershell.runtime.piped import PipelineBinder
from exmigrate.twin.powershell.runtime.stages import Stage
from exmigrate.twin.powershell.types.faults_of import machine_fault
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

PASSING = (PSError, LeaveError, ExitError, StopUpstream, Halt, RecursionError)


class CmdletCall:
    """One call of a cmdlet; see :class:`~exmigrate.twin.powershell.packs.Call` for the public part."""

    __slots__ = (
        "bound",
        "cmdlet",
        "common",
        "error_action",
        "has_input",
        "input",
        "invoked_as",
        "session",
        "stage",
        "state",
    )

    def __init__(
        self, session: Session, cmdlet: Cmdlet, stage: CmdletStage, bound: dict[str, Any], piped: bool
    ) -> None:
        self.session = session
        self.cmdlet = cmdlet
        self.stage = stage
        self.bound = bound
        self.has_input = piped
        self.input: Any = None
        self.invoked_as = cmdlet.name
        self.state: dict[str, Any] = {}
        self.common: dict[str, Any] = {}
        self.error_action: str | None = None

    @property
    def name(self) -> str:
        return self.cmdlet.name

    @property
    def given(self) -> set[str]:
        return set(self.stage.binding.values)

    @property
    def set_name(self) -> str:
        return self.stage.binding.set_name

    @property
    def machine(self) -> Any:
        return self.session.machine

    @property
    def level(self) -> str:
        return self.session.level

    def get(self, name: str, default: Any = None) -> Any:
        return self.bound.get(name, default)

    def flag(self, name: str) -> bool:
        value = self.bound.get(name)
        return False if value is None else to_bool(value)

    # Output ------------------------------------------------------------------------------------------------

    def write(self, value: Any) -> None:
        self.stage.emit(value)

    def write_all(self, values: Any) -> None:
        if values is None:
            return
        emit_value(self.session, list(values) if isinstance(values, tuple) else values, self.stage.emit)

    def write_error(
        self, message: str, error_id: str = "NotSpecified", category: str = "NotSpecified", target: Any = None, *,
        exception: str = "System.Management.Automation.RuntimeException", inner: Any = None, recommended: str = "",
        raw_id: bool = False,
    ) -> None:  # fmt: skip
        record = ErrorRecord(NetException(exception, message, inner), error_id, category, target)
        record.recommended = recommended
        if raw_id:
            record.command_id = ""
            self._report(record)
            return
        self.write_error_record(record)

    def write_error_record(self, record: ErrorRecord) -> None:
        if not record.command_id:
            record.command_id = self.cmdlet.error_class()
        self._report(record)

    def _report(self, record: ErrorRecord) -> None:
        stage = self.stage
        stage.failed = True
        record.activity = record.activity or self.cmdlet.name
        stage.place(record)
        self.session.report(record, self.error_action)

    def throw(
        self, message: str, error_id: str = "NotSpecified", category: str = "NotSpecified", target: Any = None, *,
        exception: str = "System.Management.Automation.RuntimeException", inner: Any = None,
    ) -> PSError:  # fmt: skip
        fault = error(message, error_id, category, target, exception=exception, inner=inner)
        fault.record.command_id = self.cmdlet.error_class()
        fault.record.activity = self.cmdlet.name
        return fault

    def _preference(self, variable: str, parameter: str) -> str:
        if parameter in self.common:
            return action_of(self.common[parameter], self.session, parameter)
        return self.session.preference(variable)

    def warning(self, text: str) -> None:
        self.session.write_record("warning", text, self._preference("WarningPreference", "WarningAction"))

    def verbose(self, text: str) -> None:
        self.session.write_record("verbose", text, self._switched("Verbose", "VerbosePreference"))

    def debug(self, text: str) -> None:
        self.session.write_record("debug", text, self._switched("Debug", "DebugPreference"))

    def _switched(self, parameter: str, variable: str) -> str:
        if parameter in self.common:
            return "Continue" if to_bool(self.common[parameter]) else "SilentlyContinue"
        return self.session.preference(variable)

    def progress(self, activity: str, status: str = "", percent: int = -1) -> None:
        if self._preference("ProgressPreference", "ProgressAction") == "Continue":
            self.session.sinks.progress(Progress(activity, 0, status, percent))

    def information(self, value: Any, tags: Sequence[str] = (), source: str = "") -> None:
        action = self._preference("InformationPreference", "InformationAction")
        self.session.write_information(value, tuple(tags), source or self.cmdlet.name, action)

    def host(self, text: str, newline: bool = True) -> None:
        self.session.write_host(text + "\n" if newline else text)

    # Asking ------------------------------------------------------------------------------------------------

    def should_process(self, target: str, action: str = "") -> bool:
        return self.session.should_process(
            target,
            action or self.cmdlet.name,
            self.cmdlet.impact,
            self.common.get("WhatIf"),
            self.common.get("Confirm"),
        )

    def should_continue(self, query: str, caption: str = "") -> bool:
        return self.session.ask(query, caption)

    # Running script code -----------------------------------------------------------------------------------

    def invoke(
        self, block: Any, args: Sequence[Any] = (), *, dollar_under: Any = UNSET, new_scope: bool = True
    ) -> list[Any]:
        if not new_scope:
            output: list[Any] = []
            self.session.block_runner(block)(None if dollar_under is UNSET else dollar_under, output.append)
            return output
        return self.session.invoke(block, list(args), dollar_under=dollar_under)

    def runner(self, block: Any) -> Any:
        """``(item, emit)``: runs the block in the caller's scope with ``$_`` as the item, for hot paths."""
        return self.session.block_runner(block)

    def run_command(self, name: str, parameters: Mapping[str, Any]) -> list[Any]:
        args = [Arg(key, value, f"-{key}:") for key, value in parameters.items()]
        output: list[Any] = []
        stage = self.session.commands.stage(name, args, self.stage.site, False)
        stage.set_emit(output.append)
        stage.run_alone()
        return output

    def stop_upstream(self) -> None:
        if self.session.language.has("stop-upstream"):
            raise StopUpstream(self.stage.face or self.stage)

    def convert(self, value: Any, type_name: str) -> Any:
        return convert(value, self.session.type_named(type_name), self.session)


class CmdletStage(Stage):
    """A cmdlet at work in a pipeline."""

    __slots__ = ("binding", "call", "cmdlet", "face", "invoked_as", "pipeline", "process", "ran")

    def __init__(
        self, session: Session, info: CmdletInfo, args: list[Arg], site: Any, piped: bool, invoked_as: str
    ) -> None:
        super().__init__(session, info, site)
        cmdlet = info.cmdlet
        self.cmdlet = cmdlet
        self.face: Stage | None = None
        self.invoked_as = invoked_as
        table = session.table_of(cmdlet)
        binding = self.binding = Binding(session, table, False)
        self.call = call = CmdletCall(session, cmdlet, self, binding.values, piped)
        call.invoked_as = invoked_as
        try:
            if session.has_defaults:
                args = session.with_default_parameters(cmdlet.name, table, args)
            if cmdlet.dynamic is not None:
                table = self._dynamic(table, args)
            binding.bind_arguments(args)
            self._common()
            binding.settle(piped and bool(table.piped))
        except PSError as fault:
            raise self._own(fault) from None
        for spec in table.specs:
            if spec.default_value is not UNSET and spec.name not in binding.values:
                if call.bound is binding.values:
                    call.bound = _Bound(binding.values)
                call.bound.defaults[spec.name] = spec.default_value  # type: ignore[attr-defined]
        specs = binding.pipeline_specs() if piped and table.piped else None
        self.pipeline = PipelineBinder(session, binding, specs) if specs is not None else None
        self.process = cmdlet.process

    def _dynamic(self, table: Table, args: list[Arg]) -> Table:
        """Add the dynamic parameters that what is bound so far calls for."""
        from exmigrate.twin.powershell.runtime.dynamic import cmdlet_with_dynamic

        return cmdlet_with_dynamic(self, table, args)

    def _common(self) -> None:
        common = self.call.common = self.binding.common
        if "ErrorAction" in common:
            self.call.error_action = action_of(common["ErrorAction"], self.session)

    def place(self, record: ErrorRecord) -> None:
        """Fill in where it happened and by what command."""
        if record.position is None and self.site is not None:
            record.position = self.site.position()
        if record.invocation is None:
            record.invocation = self

    def _own(self, fault: PSError) -> PSError:
        record = fault.record
        if record.position is None:
            if not record.command_id:
                record.command_id = self.cmdlet.error_class()
            record.activity = record.activity or self.cmdlet.name
            self.place(record)
        return fault

    def _guard(self, action: Any) -> None:
        """Run a part of the cmdlet; whatever goes wrong in it is an error of its own."""
        try:
            action(self.call)
        except PSError as fault:
            if fault.record.position is None:
                self._terminating(fault)
            raise
        except PASSING:
            raise
        except NetFault as fault:
            raise self._own(_plain_error(fault)) from None
        except MachineError as fault:
            raise self._own(_plain_error(machine_fault(fault))) from None
        except Exception as exception:
            raise self._own(_internal(self.cmdlet.name, exception)) from exception

    def _terminating(self, fault: PSError) -> None:
        """A terminating error of the cmdlet, under its ErrorAction."""
        self._own(fault)

    def begin(self) -> None:
        if self.cmdlet.begin is not None:
            self._guard(self.cmdlet.begin)

    def wired(self) -> None:
        if self.cmdlet.streaming is not None:
            self._guard(self._stream)

    def _stream(self, call: Any) -> None:
        assert self.cmdlet.streaming is not None
        fast = self.cmdlet.streaming(call)
        if fast is not None:
            self.process = lambda inner: fast(inner.input)

    def push(self, value: Any) -> None:
        pipeline = self.pipeline
        call = self.call
        call.input = value
        if pipeline is None:
            self._unbound(value)
            return
        only = pipeline.only
        if only is not None and pipeline._settled:
            self.binding.values[only.name] = value
        elif not self._bind(value):
            return
        process = self.process
        if process is not None:
            try:
                process(call)
            except PASSING as fault:
                if type(fault) is PSError and fault.record.position is None:
                    self._terminating(fault)
                raise
            except Exception:
                self._guard(_reraise)

    def _unbound(self, value: Any) -> None:
        from exmigrate.twin.powershell.runtime.validate import binding_error

        self.failed = True
        fault = self._own(binding_error(
            "The input object cannot be bound to any parameters for the command either because the command does not take "
            "pipeline input or the input and its properties do not match any of the parameters that take pipeline input.",
            "InputObjectNotBound",
            target=value,
        ))  # fmt: skip
        self.session.report(fault.record, self.call.error_action)

    def _bind(self, value: Any) -> bool:
        assert self.pipeline is not None
        self.pipeline.reset()
        try:
            self.pipeline.bind(value)
        except PSError as fault:
            self.failed = True
            self.session.report(self._own(fault).record, self.call.error_action)
            return False
        return True

    def run_process(self) -> None:
        if not self.call.has_input and self.process is not None:
            self._guard(self.process)

    def finish(self) -> None:
        if self.pipeline is not None and self.pipeline.only is None:
            self.pipeline.reset()
        self.call.input = None
        if self.cmdlet.end is not None:
            self._guard(self.cmdlet.end)

    def release(self) -> None:
        self.process = self.face = None
        del self.call


class _Bound(dict[str, Any]):
    """Bound values with the declared defaults behind them."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__()
        self.values_now = values
        self.defaults: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self.values_now[key] if key in self.values_now else self.defaults[key]

    def __contains__(self, key: object) -> bool:
        return key in self.values_now or key in self.defaults

    def get(self, key: str, default: Any = None) -> Any:
        """The bound value, the declared default, or the default given."""
        if key in self.values_now:
            return self.values_now[key]
        return self.defaults.get(key, default)

    def __iter__(self) -> Any:
        return iter({**self.defaults, **self.values_now})

    def keys(self) -> Any:
        """Names bound or with a default."""
        return {**self.defaults, **self.values_now}.keys()

    def items(self) -> Any:
        """Names with values."""
        return {**self.defaults, **self.values_now}.items()


def _reraise(call: Any) -> None:
    raise


def _plain_error(fault: NetFault) -> PSError:
    exception = NetException(fault.kind, fault.message, fault.inner, fault.properties)
    return PSError(ErrorRecord(exception, fault.kind, "NotSpecified"))


def _internal(name: str, exception: Exception) -> PSError:
    """What the simulation itself could not do; it names the cmdlet and never passes in silence."""
    text = to_text(str(exception) or type(exception).__name__)
    return error(
        f"Not simulated: {name} with these arguments ({type(exception).__name__}: {text}).",
        "NotSimulated",
        "NotImplemented",
        exception="System.NotSupportedException",
        severity=Severity.SCRIPT,
    )


__all__ = ["CmdletCall", "CmdletStage", "cmdlet_table"]
