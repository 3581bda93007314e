"""Native programs: arguments as text, standard streams as lines, exit code in ``$LASTEXITCODE``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import emit_value
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError, error
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.runtime.args import ABSENT, Arg
from exmigrate.twin.powershell.runtime.code import ApplicationInfo
from exmigrate.twin.powershell.runtime.stages import Stage
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class ProgramCall:
    """One run of a program; see :class:`~exmigrate.twin.powershell.packs.NativeCall`."""

    def __init__(self, stage: NativeStage) -> None:
        session = stage.session
        self.name = typed_path(session, stage.command)
        self.args = stage.args
        self.stdin: Iterable[str] = stage.lines
        self.session = session
        self.machine = session.machine
        self.environment: Mapping[str, str] = session.environment()
        self.directory = session.current_directory()
        self._stage = stage

    def out(self, line: str) -> None:
        """One line on its standard output."""
        self._stage.emit(line)

    def err(self, line: str) -> None:
        """One line on its standard error."""
        self._stage.error_line(line)


def typed_path(session: Session, info: Any) -> str:
    """A program as typed; with a folder, its full path: a program reads what lies beside it."""
    typed = str(info.path).replace("/", "\\")
    return str(session.full_path(typed)) if "\\" in typed else typed


class NativeStage(Stage):
    """A program at work."""

    __slots__ = ("args", "lines", "piped", "redirected")

    def __init__(
        self, session: Session, info: ApplicationInfo, args: list[Arg], site: Any, piped: bool
    ) -> None:
        super().__init__(session, info, site)
        self.piped = piped
        self.lines: list[str] = []
        self.redirected = False
        self.args = native_arguments(session, args)

    def push(self, value: Any) -> None:
        """One object on its standard input, as text."""
        items: list[Any] = []
        emit_value(self.session, value, items.append)
        self.lines.extend(to_text(item, self.session) for item in items)

    def run_process(self) -> None:
        """Nothing: the program runs when its input is complete."""

    def error_line(self, line: str) -> None:
        """A line of standard error: an error record when redirected, else straight to the console."""
        record = ErrorRecord(
            NetException("System.Management.Automation.RemoteException", line),
            "NativeCommandError",
            "NotSpecified",
            line,
        )
        record.activity = self.command.name
        if self.site is not None:
            record.position = self.site.position()
        if self.session.sinks.error is not self.session.plain_sinks.error:
            self.session.sinks.error(record)
        else:
            self.session.write_console(line + "\n", error=True)

    def finish(self) -> None:
        """Run the program."""
        info = self.command
        assert isinstance(info, ApplicationInfo)
        try:
            code = info.native(ProgramCall(self))
        except MachineError as fault:
            raise self._failed(fault.message) from None
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
            raise self._failed(f"Not simulated: {type(fault).__name__}: {fault}") from fault
        self.session.set_last_exit_code(code)
        self.failed = code != 0

    def _failed(self, reason: str) -> PSError:
        return error(
            f"Program '{self.command.name}' failed to run: {reason}",
            "NativeCommandFailed",
            "ResourceUnavailable",
            exception="System.Management.Automation.ApplicationFailedException",
        )


def native_arguments(session: Session, args: list[Arg]) -> list[str]:
    """Arguments as a program gets them: arrays one by one, parameter names as typed."""
    made: list[str] = []
    verbatim = False
    for arg in args:
        if verbatim:
            made.extend(_words(to_text(arg.value, session)))
        elif arg.name is not None:
            text = arg.text if arg.name != "--" else "--"
            if arg.value is ABSENT:
                made.append(text or "")
            else:
                made.append((text or "") + _one(session, arg.value))
        elif arg.value == "--%" and isinstance(arg.value, str):
            verbatim = True
        elif is_list(arg.value):
            made.extend(_one(session, item) for item in arg.value)
        elif arg.value is not None:
            made.append(arg.text if arg.text is not None else _one(session, arg.value))
    return made


def _one(session: Session, value: Any) -> str:
    if isinstance(value, bool):
        return "True" if to_bool(value) else "False"
    return to_text(value, session)


def _words(text: str) -> list[str]:
    """Words of a verbatim argument text, split at blanks outside double quotes."""
    words, current, quoted, any_text = [], "", False, False
    for letter in text:
        if letter == '"':
            quoted = not quoted
            any_text = True
        elif letter == " " and not quoted:
            if current or any_text:
                words.append(current)
            current, any_text = "", False
        else:
            current += letter
    if current or any_text:
        words.append(current)
    return words
