"""The session: what compiled code runs against.

Its parts: variables and scopes (:mod:`.variables`), errors and streams (:mod:`.faults`), script blocks (:mod:`.blocks`),
the console and the outside (:mod:`.console`); here are the run itself, its limits, and what ties the parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell import members as _members  # noqa: F401  (declares every type)
from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.errors import (
    ErrorRecord,
    NetException,
    PSError,
    error,
    from_fault,
    unsupported,
)
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.runtime import (  # noqa: F401  (declare types)
    surface_code,
    surface_details,
    surface_errors,
    surface_host,
    surface_parse,
)
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.automatic import automatic_variables
from exmigrate.twin.powershell.runtime.blocks import Blocks
from exmigrate.twin.powershell.runtime.classes import ClassSupport
from exmigrate.twin.powershell.runtime.code import AliasInfo, Code, ScriptBlock, ScriptInfo
from exmigrate.twin.powershell.runtime.commands import Commands
from exmigrate.twin.powershell.runtime.console import Console
from exmigrate.twin.powershell.runtime.flow import ExitError, Halt, LeaveError, StopUpstream
from exmigrate.twin.powershell.runtime.modules import Modules
from exmigrate.twin.powershell.runtime.objects import Objects
from exmigrate.twin.powershell.runtime.parameters import Table
from exmigrate.twin.powershell.runtime.records import Faults
from exmigrate.twin.powershell.runtime.scope import Frame, Scope, SessionState
from exmigrate.twin.powershell.runtime.stages import FunctionStage
from exmigrate.twin.powershell.runtime.variables import VariableAccess
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.types.faults_of import machine_fault

if TYPE_CHECKING:
    from exmigrate.twin.powershell.host import Host, Result, StandardInput

FUEL = 2000
_FAULTS = (PSError, NetFault, RecursionError)


class Session(VariableAccess, Faults, Blocks, Console, Objects, ClassSupport):
    """One runspace's state.

    Attributes:
        level, number, language: The level as text, number and feature set.
        machine, registry, limits: Of the host.
        scope, state, frame: Where execution is.
        sinks: Receivers of the streams; ``plain_sinks`` those of the run itself.
        ok: ``$?``.
        catching: Whether an enclosing try or trap takes errors.
        strict: Set-StrictMode version, 0 for off.
        fuel: Steps until the next look at limits.
        depth: Nested calls.
        types: Types that packs and class statements added.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.machine = host.machine
        self.registry = host.registry
        self.language = host.registry.level
        self.level = host.level
        self.number = self.language.number
        self.limits = host.limits
        top = Scope(None, "global")
        self.global_state = SessionState(top)
        top.state = self.global_state
        self.state = self.global_state
        self.scope = top
        self.strict = 0.0
        self.ok = True
        self.catching = False
        self.depth = 0
        self.fuel = FUEL
        self.steps = 0
        self.stopped = False
        self.has_defaults = False
        self.tables: dict[Code, Table] = {}
        self.types: dict[str, Any] = dict(host.registry.types)
        self.frame = Frame(None, None, None, None)
        self.frame.bound = {}
        top.frame = self.frame
        self._init_streams()
        self._init_console()
        self.commands = Commands(self)
        self.modules = Modules(self)
        top.aliases = {key: AliasInfo(name, target) for key, (name, target) in host.registry.aliases.items()}
        top.functions = {}
        automatic_variables(self)
        for text in host.registry.functions:
            self._define_source(text)

    def _define_source(self, text: str) -> None:
        code = compile_script(text, self.language)
        self.run_in_place(code, lambda value: None)

    # Running -----------------------------------------------------------------------------------------------

    def run(
        self,
        text: str,
        *,
        stdin: StandardInput | None = None,
        file: str = "",
        args: Sequence[Any] = (),
        on_output: Callable[[Any], None] | None = None,
        on_host: Callable[[str], None] | None = None,
        on_record: Callable[[str, Any], None] | None = None,
        named: Sequence[Arg] | None = None,
    ) -> Result:
        """Run text; see :meth:`~exmigrate.twin.powershell.host.Runspace.run`."""
        from exmigrate.twin.powershell.host import Result

        result = Result()
        emit = self._begin_run(result, stdin, on_output, on_host, on_record)
        try:
            code = compile_script(text, self.language, file)
            self._check_requirements(code)
            self._run_code(code, file, args, emit, named)
        except ParseFailure as failure:
            self._end_with(result, failure.to_error())
        except _FAULTS as fault:
            self._end_with(result, self.as_error(fault))
        except ExitError as left:
            result.exit_code = left.code
        except (LeaveError, StopUpstream):
            pass
        except Halt as halt:
            self._end_with(result, self._halted(halt))
        except MachineError as refusal:
            self._end_with(result, from_fault(machine_fault(refusal)))
        except Exception as defect:
            self._end_with(result, self._defect(defect))
        finally:
            self._end_run(result)
        return result

    def _begin_run(
        self, result: Result, stdin: Any, on_output: Any, on_host: Any, on_record: Any
    ) -> Callable[[Any], None]:
        self.result = result
        self.stdin = stdin
        self.on_host = on_host
        self.steps = 0
        self.fuel = FUEL
        self.stopped = False
        self.started = self.machine.clock.now() if self.limits.seconds is not None else 0
        self.sinks = self.plain_sinks = self.make_sinks(result, on_record)
        if on_output is not None:
            taken: Callable[[Any], None] = on_output
            return taken
        kept = result.output
        limit = self.limits.output

        def keep(value: Any) -> None:
            if len(kept) >= limit:
                raise Halt("output", f"More than {limit} objects on the output stream.")
            kept.append(value)

        return keep

    def _run_code(
        self,
        code: Code,
        file: str,
        args: Sequence[Any],
        emit: Callable[[Any], None],
        named: Sequence[Arg] | None,
    ) -> None:
        made = list(named) if named is not None else [Arg(None, value, None) for value in args]
        name = file.replace("/", "\\").rpartition("\\")[2]
        info = ScriptInfo(name, file, ScriptBlock(code, self.state))
        stage = FunctionStage(self, info, info.block, made, None, False, dot=True)
        stage.frame.invoked_as = file
        self.scope.frame = stage.frame
        stage.set_emit(emit)
        stage.run_alone()

    def _end_with(self, result: Result, fault: PSError) -> None:
        self.remember(fault)
        result.terminated = fault.record
        result.terminated_by = fault.severity.value
        result.had_errors = True

    def _defect(self, defect: Exception) -> PSError:
        """What the simulation itself could not do: an error that says so, never a Python exception for the caller."""
        return unsupported(f"this use ({type(defect).__name__}: {defect})")

    def _halted(self, halt: Halt) -> PSError:
        limit = halt.limit or "stop"
        kind = (
            "System.TimeoutException"
            if limit == "seconds"
            else "System.Management.Automation.PipelineStoppedException"
        )
        return error(
            halt.message,
            f"Limit.{limit}" if halt.limit else "PipelineStopped",
            "OperationStopped",
            exception=kind,
        )

    def _end_run(self, result: Result) -> None:
        self.scope = self.global_state.top
        self.state = self.global_state
        self.state.scope = self.scope
        self.frame = Frame(None, None, None, None)
        self.frame.bound = {}
        self.scope.frame = self.frame
        self.depth = 0
        self.catching = False
        self.handled.clear()
        self.sinks = self.plain_sinks
        code = self.scope.vars.get("lastexitcode")
        result.last_exit_code = code.value if code is not None else None

    def as_error(self, fault: BaseException) -> PSError:
        """Any fault as a PSError."""
        if isinstance(fault, PSError):
            return fault
        if isinstance(fault, NetFault):
            return from_fault(fault)
        from exmigrate.twin.powershell.runtime.param_variables import too_deep

        return too_deep(self)

    # Limits ------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Count one step."""
        self.fuel -= 1
        if self.fuel < 0:
            self.refuel()

    def refuel(self) -> None:
        """Look at the limits and whether the run was stopped.

        Raises:
            Halt: The run ends now.
        """
        if self.stopped:
            raise Halt("", "The pipeline has been stopped.")
        self.steps += FUEL
        self.fuel = FUEL
        if self.steps > self.limits.steps:
            raise Halt("steps", f"More than {self.limits.steps} steps.")
        seconds = self.limits.seconds
        if seconds is not None and self.machine.clock.now() - self.started > seconds * 10_000_000:
            raise Halt("seconds", f"The run took more than {seconds:g} seconds.")

    def stop(self) -> None:
        """End the run at its next look at the limits; from any thread."""
        self.stopped = True
        self.fuel = 0

    def check_size(self, value: Any) -> None:
        """An operator made a string or an array: is it too large?"""
        size = len(value)
        if type(value) is str:
            if size > self.limits.text:
                raise Halt("text", f"A string of more than {self.limits.text} characters.")
        elif size > self.limits.items:
            raise Halt("items", f"A collection of more than {self.limits.items} elements.")

    def run_inner(self, run: Any, emit: Any) -> None:
        """Run statements within an expression; what leaves them travels on as an exception."""
        leave = run(self, emit)
        if leave is not None:
            raise LeaveError(leave)

    # Others ------------------------------------------------------------------------------------------------

    def _check_requirements(self, code: Code) -> None:
        """#requires of a script (about_Requires)."""
        if code.requires:
            from exmigrate.twin.powershell.runtime.requires import check_requirements

            check_requirements(self, code)

    def script_command(self, name: str) -> ScriptInfo | None:
        """A script file of the machine as a command, None when there is no such file."""
        path = self.full_path(name)
        text = self.read_text_file(path)
        if text is None:
            return None
        try:
            code = compile_script(text, self.language, path)
        except ParseFailure as failure:
            raise failure.to_error() from None
        self._check_requirements(code)
        return ScriptInfo(path.replace("/", "\\").rpartition("\\")[2], path, ScriptBlock(code, self.state))

    def exit(self, value: Any) -> None:
        """``exit``."""
        raise ExitError(self.exit_code_of(value))

    def throw(self, value: Any, position: Any) -> None:
        """``throw`` with a value, or alone."""
        raise self.thrown(value, position)

    def record_of(self, exception: NetException) -> ErrorRecord:
        """An error record around an exception."""
        return ErrorRecord(exception, exception.message, "OperationStopped")
