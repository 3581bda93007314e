"""Errors and the other streams of a session.

Source: about_Try_Catch_Finally, about_Trap, about_Throw, about_Preference_Variables, about_Output_Streams.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.collections_ import ArrayList
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError, Severity, error
from exmigrate.twin.powershell.errortexts import word
from exmigrate.twin.powershell.runtime.common import action_of
from exmigrate.twin.powershell.runtime.flow import NOTHING, Leave
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.runtime.scope import Frame, Scope
from exmigrate.twin.powershell.runtime.streams import Sinks
from exmigrate.twin.powershell.types.resolve import find_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import EnumValue, NetObject

MAX_ERRORS = 256
QUIET = ("SilentlyContinue", "Ignore")
_PREFIX = {"warning": "WARNING: ", "verbose": "VERBOSE: ", "debug": "DEBUG: "}


class TextRecord(NetObject):
    """A warning, verbose or debug record."""

    __slots__ = ("invocation", "message", "stream")

    def __init__(self, stream: str, message: str, invocation: Any = None) -> None:
        self.stream = stream
        self.message = message
        self.invocation = invocation


class InformationRecord(NetObject):
    """A record of the information stream."""

    __slots__ = ("data", "source", "tags", "time")

    def __init__(self, data: Any, source: str, tags: tuple[str, ...], time: int) -> None:
        self.data = data
        self.source = source
        self.tags = tags
        self.time = time


class Faults(Parts):
    """The part of the session that handles errors and records."""

    scope: Scope
    frame: Frame
    number: float
    level: str
    machine: Any
    result: Any
    catching: bool
    ok: bool
    sinks: Sinks
    plain_sinks: Sinks

    def _init_streams(self) -> None:
        self.error_list = ArrayList([])
        self.handled: list[PSError] = []
        self._actions: dict[str, Any] = {}

    def make_sinks(self, result: Any, on_record: Callable[[str, Any], None] | None) -> Sinks:
        """The receivers of a run: into its result, and to the caller's function."""

        def keep(name: str, target: list[Any], text: bool) -> Callable[[Any], None]:
            def sink(record: Any) -> None:
                target.append(record.message if text else record)
                if on_record is not None:
                    on_record(name, record)

            return sink

        def progress(record: Any) -> None:
            if on_record is not None:
                on_record("progress", record)

        return Sinks(
            keep("error", result.errors, False),
            keep("warning", result.warnings, True),
            keep("verbose", result.verbose, True),
            keep("debug", result.debug, True),
            keep("information", result.information, False),
            progress,
        )

    # Preferences -------------------------------------------------------------------------------------------

    def preference(self, name: str) -> str:
        """A preference variable's value as the name of an action."""
        value = self.variable(name)
        if isinstance(value, EnumValue):
            return str(value)
        return action_of(value, self, name) if value is not None else "Continue"  # type: ignore[arg-type]

    def action_value(self, name: str) -> Any:
        """An ActionPreference value by name."""
        found = self._actions.get(name)
        if found is None:
            kind = find_type("System.Management.Automation.ActionPreference")
            assert kind is not None
            found = self._actions[name] = EnumValue(kind, kind.enum_names[name])
        return found

    def confirm_value(self, name: str) -> Any:
        """A ConfirmImpact value by name."""
        kind = find_type("System.Management.Automation.ConfirmImpact")
        return name if kind is None else EnumValue(kind, kind.enum_names[name])

    # Reporting ---------------------------------------------------------------------------------------------

    def report(self, record: ErrorRecord, action: str | None) -> None:
        """A non-terminating error, under an ErrorAction or the preference variable.

        Raises:
            PSError: The action is Stop.
        """
        if action is None:
            action = self.preference("ErrorActionPreference")
        if action == "Ignore":
            return
        if action == "Stop" or action == "Inquire":
            raise PSError(record, Severity.STOP)
        self._keep(record)
        self.result.had_errors = True
        if action == "SilentlyContinue":
            self._tell_variables(record)
            return
        self.sinks.error(record)

    def _tell_variables(self, record: Any, stream: str = "error") -> None:
        """A silent record still reaches -ErrorVariable and kin."""
        sink = getattr(self.sinks, stream)
        outer = getattr(self.plain_sinks, stream)
        while sink is not outer:
            keep = getattr(sink, "keep", None)
            if keep is None:
                return
            keep(record)
            sink = sink.onward

    def _keep(self, record: ErrorRecord) -> None:
        word(record, self.level)
        items = self.error_list.items
        if items and items[0] is record:
            return
        items.insert(0, record)
        if len(items) > MAX_ERRORS:
            items.pop()

    def remember(self, fault: PSError) -> None:
        """Put a terminating error into ``$Error``, once."""
        if not fault.reported:
            fault.reported = True
            self._keep(fault.record)
            self.result.had_errors = True

    def shown(self, record: Any) -> Any:
        """A record as -ErrorVariable keeps it."""
        return record

    # Terminating errors ------------------------------------------------------------------------------------

    def caught(self, fault: BaseException, source: Any, extent: tuple[int, int]) -> PSError:
        """A fault on its way to a handler: as an error, placed, in ``$Error``."""
        found = self.as_error(fault)
        record = found.record
        if record.position is None:
            record.position = source.position(*extent)
        if record.invocation is None:
            record.invocation = self.frame
        self.remember(found)
        return found

    def statement_failed(self, fault: BaseException, source: Any, extent: tuple[int, int]) -> None:
        """A statement ended with an error: report it and go on, or let it travel.

        Raises:
            PSError: Something further out handles it, or it ends the script.
        """
        found = self.as_error(fault)
        record = found.record
        if record.position is None:
            record.position = source.position(*extent)
        if record.invocation is None:
            record.invocation = self.frame
        self.ok = False
        if self.catching:
            raise found
        if found.severity is Severity.STOP or record.error_id == "NotSimulated":
            raise found
        action = self.preference("ErrorActionPreference")
        if found.severity is Severity.SCRIPT:
            if action in QUIET and record.category != "ParserError":
                self.remember(found)
                return
            raise found
        if action == "Stop":
            found.severity = Severity.SCRIPT
            raise found
        self.remember(found)
        if action not in QUIET:
            self.sinks.error(record)

    def thrown(self, value: Any, position: Any) -> PSError:
        """The error of ``throw``."""
        if value is NOTHING:
            if self.handled:
                return self.handled[-1]
            fault = error("ScriptHalted", "ScriptHalted", "OperationStopped", severity=Severity.SCRIPT)
        elif isinstance(value, ErrorRecord):
            fault = PSError(value, Severity.SCRIPT)
            return fault
        elif isinstance(value, NetException):
            record = (
                value.props.get("ErrorRecord")
                if value.is_a("System.Management.Automation.RuntimeException")
                else None
            )
            record = record or ErrorRecord(value, value.message, "OperationStopped")
            fault = PSError(record, Severity.SCRIPT)
        else:
            text = to_text(value, self)
            fault = error(text, text, "OperationStopped", value, severity=Severity.SCRIPT)
        fault.record.position = position
        return fault

    def handle(self, caught: PSError, handler: Any, emit: Any) -> Leave | None:
        """Run a catch block with ``$_`` as the record."""
        saved = self.under_variable()
        self.set_under(caught.record)
        self.handled.append(caught)
        try:
            leave: Leave | None = handler(self, emit)
            return leave
        finally:
            self.handled.pop()
            self.restore_under(saved)

    def in_finally(self, final: Any, emit: Any) -> None:
        """Run a finally block; leaving it early is an error of its own."""
        leave = final(self, emit)
        if leave is not None:
            from exmigrate.twin.powershell.runtime.flow import LeaveError

            raise LeaveError(leave)

    def trap(self, fault: PSError, traps: list[tuple[str, Any]], emit: Any) -> Leave | None:
        """Let a trap take an error: ``continue`` resumes, ``break`` passes it on, falling through reports it.

        Raises:
            PSError: No trap takes it, or one passes it on.
        """
        handler = self._find_trap(fault, traps)
        if handler is None:
            if self.catching or fault.severity is not Severity.STATEMENT:
                raise fault
            self.sinks.error(fault.record)
            return None
        leave = self.handle(fault, handler, emit)
        if leave is None:
            if self.preference("ErrorActionPreference") not in QUIET:
                self.sinks.error(fault.record)
            return None
        if leave.kind == "continue":
            return None
        if leave.kind == "break":
            raise fault
        return leave

    def _find_trap(self, fault: PSError, traps: list[tuple[str, Any]]) -> Any:
        exception: Any = fault.record.exception
        while exception is not None:
            for kind, handler in traps:
                if kind and exception.is_a(self.exception_name(kind)):
                    return handler
            exception = exception.inner
        return next((handler for kind, handler in traps if not kind), None)

    # Other streams -----------------------------------------------------------------------------------------

    def write_record(self, stream: str, text: str, action: str) -> None:
        """A warning, verbose or debug record under its action."""
        if action in QUIET:
            self._tell_variables(TextRecord(stream, text, self.frame), stream)
            return
        if action == "Stop":
            raise error(
                "The running command stopped because the preference variable "
                f'"{stream.capitalize()}Preference" or common parameter is set to Stop: {text}',
                "ActionPreferenceStop",
                "OperationStopped",
                exception="System.Management.Automation.ActionPreferenceStopException",
                severity=Severity.STOP,
            )
        record = TextRecord(stream, text, self.frame)
        getattr(self.sinks, stream)(record)
        if self.sinks is self.plain_sinks:
            self.console_record(_PREFIX[stream] + text + "\n")

    def write_information(self, value: Any, tags: tuple[str, ...], source: str, action: str) -> None:
        """An information record; shown on the console under Continue."""
        record = InformationRecord(value, source, tags, self.machine.clock.now())
        if self.number >= 5:
            self.sinks.information(record)
        if action == "Continue" and "PSHOST" not in tags:
            self.write_host(to_text(value, self) + "\n")

    # Asking ------------------------------------------------------------------------------------------------

    def should_process(self, target: str, action: str, impact: str, what_if: Any, confirm: Any) -> bool:
        """ShouldProcess of a cmdlet or function."""
        if to_bool(self.variable("WhatIfPreference") if what_if is None else what_if):
            shown = f'What if: Performing the operation "{action}" on target "{target}".'
            if self.number < 3:
                shown = f'What if: Performing operation "{action}" on Target "{target}".'
            self.write_host(shown + "\n")
            return False
        order = ("None", "Low", "Medium", "High")
        if confirm is not None:
            asks = to_bool(confirm)
        else:
            preference = to_text(self.variable("ConfirmPreference") or "None", self)
            asks = (
                preference in order[1:] and impact in order and order.index(impact) >= order.index(preference)
            )
        if asks:
            return self.ask(f'Performing the operation "{action}" on target "{target}".', "Confirm")
        return True

    def ask(self, query: str, caption: str) -> bool:
        """A question that nobody is there to answer.

        Raises:
            PSError: The host is not interactive.
        """
        raise error(
            "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
            "InvalidOperation",
            "InvalidOperation",
            exception="System.Management.Automation.PSInvalidOperationException",
        )
