"""What the parts of a session may ask of one another; each method stands in the part that gives it."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import UNSET
from exmigrate.twin.powershell.runtime.scope import Frame, Scope, SessionState
from exmigrate.twin.powershell.runtime.streams import Sinks


class Parts:
    """State and methods that all parts see."""

    level: str
    number: float
    language: Any
    limits: Any
    machine: Any
    registry: Any
    commands: Any
    modules: Any
    scope: Scope
    state: SessionState
    global_state: SessionState
    frame: Frame
    sinks: Sinks
    plain_sinks: Sinks
    result: Any
    strict: float
    fuel: int
    ok: bool
    catching: bool
    types: dict[str, Any]
    items: dict[str, Any]
    namespaces: list[str]
    on_host: Any
    _type_cache: dict[str, Any]

    def console_record(self, text: str) -> None:
        """The line a console shows for a record."""
        raise AssertionError

    def environment(self) -> Any:
        """Environment variables."""
        raise AssertionError

    def define_function(self, name: str, block: Any) -> None:
        """Define a function."""
        raise AssertionError

    def provider_variable(self, drive: str, path: str) -> Any:
        """``$drive:path`` of another provider."""
        raise AssertionError

    def assign_provider_variable(self, drive: str, path: str, value: Any) -> None:
        """``$drive:path = ...`` of another provider."""
        raise AssertionError

    def variable(self, name: str) -> Any:
        """A variable's value."""
        raise AssertionError

    def as_error(self, fault: BaseException) -> PSError:
        """Any fault as a PSError."""
        raise AssertionError

    def under_variable(self) -> Any:
        """``$_`` of this scope."""
        raise AssertionError

    def set_under(self, value: Any) -> None:
        """Set ``$_``."""
        raise AssertionError

    def restore_under(self, saved: Any) -> None:
        """Put ``$_`` back."""
        raise AssertionError

    def exception_name(self, name: str) -> str:
        """Full name of an exception type."""
        raise AssertionError

    def write_host(self, text: str) -> None:
        """Text to the host."""
        raise AssertionError

    def scope_named(self, prefix: str) -> Scope:
        """The scope of a prefix."""
        raise AssertionError

    def type_named(self, name: str, test: bool = False) -> Any:
        """A type by name."""
        raise AssertionError

    def block_from_text(self, text: str, file: str = "") -> Any:
        """A script block of text."""
        raise AssertionError

    def current_directory(self) -> str:
        """Path of the current file system location."""
        raise AssertionError

    def invoke(self, block: Any, args: list[Any], this: Any = UNSET, dollar_under: Any = UNSET) -> list[Any]:
        """Run a script block."""
        raise AssertionError

    def invoke_to(
        self,
        block: Any,
        args: list[Any],
        emit: Any,
        this: Any = UNSET,
        dollar_under: Any = UNSET,
        dot: bool = False,
    ) -> None:
        """Run a script block."""
        raise AssertionError
