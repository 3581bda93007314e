"""Script files as commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.runtime.flow import ExitError
from exmigrate.twin.powershell.runtime.stages import Stage

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.stages import FunctionStage


class ScriptStage(Stage):
    """A script file at work: ``exit`` ends it and sets ``$LASTEXITCODE``."""

    __slots__ = ("inner",)

    def __init__(self, inner: FunctionStage) -> None:
        super().__init__(inner.session, inner.command, inner.site)
        self.inner = inner

    def set_emit(self, emit: Any) -> None:
        """Say where output goes."""
        self.emit = emit
        self.inner.set_emit(emit)

    def _guard(self, action: Any, *args: Any) -> None:
        try:
            action(*args)
        except ExitError as left:
            self.session.set_last_exit_code(left.code)
            self.failed = left.code != 0

    def begin(self) -> None:
        self._guard(self.inner.begin)

    def push(self, value: Any) -> None:
        self._guard(self.inner.push, value)

    def run_process(self) -> None:
        self._guard(self.inner.run_process)

    def finish(self) -> None:
        self._guard(self.inner.finish)

    def run_alone(self) -> None:
        self._guard(self.inner.run_alone)

    def release(self) -> None:
        self.inner.release()
