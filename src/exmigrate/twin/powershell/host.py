"""The room's surface: a host of one PowerShell level over a machine and cmdlet packs.

::

    host = Host("2.0", machine, packs=[exchange_pack])
    runspace = host.runspace()
    result = runspace.run("Get-Date | Select-Object Year")
    result.output, result.errors, result.terminated

A host is cheap to keep and safe to share between threads; a runspace belongs to one thread at a time, but
:meth:`Runspace.stop` may be called from any.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .errors import ErrorRecord
from .packs import Pack

if TYPE_CHECKING:
    from .runtime.session import Session

RECURSION = 60_000
"""Python frames that the deepest script may need: a call of a function takes some twenty of them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run, as counts; passing one ends the run with an error that names it.

    Attributes:
        steps: Statements, loop turns, calls and pipeline objects.
        depth: Nested calls of functions and script blocks.
        items: Elements of one collection made by an operator (range, repetition, append).
        text: Characters of one string made by an operator.
        output: Objects on the output stream.
        seconds: Seconds of the machine's clock; None is no limit.
    """

    steps: int = 200_000_000
    depth: int = 1000
    items: int = 20_000_000
    text: int = 256 * 1024 * 1024
    output: int = 20_000_000
    seconds: float | None = None


class StandardInput(Protocol):
    """Where ``[Console]::In`` and ``$input`` of a process read. Methods may block on another thread."""

    def read_line(self) -> str | None:
        """The next line without its line end, None at the end."""

    def read_all(self) -> str:
        """All that is left."""


@dataclass(slots=True)
class Result:
    """What one run gave.

    Attributes:
        output: Objects on the output stream.
        errors: Error records on the error stream, in order; without the one that ended the run.
        warnings, verbose, debug: Texts.
        information: Information records (from level 5.1).
        host_text: What was written to the host, with LF line ends.
        terminated: The error that ended the run, or None.
        exit_code: Code of ``exit``, or None when the script ran to its end.
        last_exit_code: ``$LASTEXITCODE``, None when no native program ran.
        terminated_by: 'statement', 'script' (``throw``, parse errors, limits) or 'stop' (ErrorAction Stop).
        had_errors: Whether any error was reported.
    """

    output: list[Any] = field(default_factory=list)
    errors: list[ErrorRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verbose: list[str] = field(default_factory=list)
    debug: list[str] = field(default_factory=list)
    information: list[Any] = field(default_factory=list)
    host_text: str = ""
    terminated: ErrorRecord | None = None
    exit_code: int | None = None
    last_exit_code: int | None = None
    terminated_by: str = ""
    had_errors: bool = False


class Runspace:
    """A session: scopes, functions, loaded modules. Made by :meth:`Host.runspace`."""

    def __init__(self, session: Session) -> None:
        self.session = session

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
        named: Sequence[Any] | None = None,
    ) -> Result:
        """Run text in the global scope.

        Args:
            text: Script text.
            stdin: Standard input of the process; none reads as empty.
            file: Path when the text is that of a script file (error positions, ``$PSScriptRoot``).
            args: ``$args`` and parameters of the script, by position.
            on_output: Called with each output object as it comes, instead of keeping it in the result.
            on_host: Called with host text as it comes, instead of keeping it.
            on_record: Called with ('error'|'warning'|'verbose'|'debug'|'progress'|'information', record) as they
                come, besides keeping them.
            named: Arguments as the binder takes them (see runtime.args), in place of ``args``.

        Returns:
            The result; never raises for anything that the script does.
        """
        return self.session.run(
            text,
            stdin=stdin,
            file=file,
            args=args,
            on_output=on_output,
            on_host=on_host,
            on_record=on_record,
            named=named,
        )

    def get_variable(self, name: str) -> Any:
        """Value of a global variable, None when there is none."""
        return self.session.get_global(name)

    def set_variable(self, name: str, value: Any) -> None:
        """Set a global variable."""
        self.session.set_global(name, value)

    def stop(self) -> None:
        """End the current run at its next step; safe from any thread."""
        self.session.stop()


class Host:
    """A PowerShell of one level on one machine.

    Args:
        level: '2.0', '3.0', '5.1' or '7'.
        machine: The machine port (see machine.py), for instance ``MemoryMachine()``.
        packs: Packs beyond the core cmdlets, in order; a later one wins by name.
        limits: Bounds of each run.

    Raises:
        ValueError: The level is not one of the four.
    """

    def __init__(
        self, level: str, machine: Any, packs: Sequence[Pack] = (), limits: Limits = Limits()
    ) -> None:
        from .runtime.registry import Registry

        self.level = level
        self.machine = machine
        self.limits = limits
        self.registry = Registry.for_level(level, tuple(packs))
        if sys.getrecursionlimit() < RECURSION:
            sys.setrecursionlimit(RECURSION)

    def runspace(self) -> Runspace:
        """A fresh runspace."""
        from .runtime.session import Session

        return Runspace(Session(self))
