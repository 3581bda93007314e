"""Variables and scopes.

Source: about_Scopes, about_Variables; options of Set-Variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.values import NetObject


class Special:
    """What makes a variable more than a place for a value.

    Attributes:
        options: Of 'readonly', 'constant', 'private', 'allscope'.
        checks: Functions ``(session, value) -> value`` that convert or validate what is assigned.
        type_name: Type of the constraint, for Get-Variable.
        description: Description text.
        shared: Belongs to a parameter's declaration and must be copied before a change.
    """

    __slots__ = ("checks", "description", "options", "shared", "type_name")

    def __init__(self) -> None:
        self.shared = False
        self.options: set[str] = set()
        self.checks: list[Callable[[Any, Any], Any]] = []
        self.type_name = ""
        self.description = ""


class Variable(NetObject):
    """A variable: name as first written, value, and what is special about it (mostly None)."""

    __slots__ = ("name", "special", "value")

    def __init__(self, name: str, value: Any = None, special: Special | None = None) -> None:
        self.name = name
        self.value = value
        self.special = special

    def assign(self, session: Any, value: Any) -> None:
        """Assign by the rules of the variable's options and constraint.

        Raises:
            PSError: VariableNotWritable, or the conversion or validation failed.
        """
        special = self.special
        if special is not None:
            if special.options & {"readonly", "constant"}:
                raise not_writable(self.name)
            value = checked(session, special.checks, value)
        self.value = value

    def need_special(self) -> Special:
        """The variable's `Special`, made when there is none."""
        old = self.special
        if old is None:
            self.special = Special()
        elif old.shared:
            self.special = Special()
            self.special.options = set(old.options)
            self.special.checks = list(old.checks)
            self.special.type_name = old.type_name
        assert self.special is not None
        return self.special


class Computed(Variable):
    """An automatic variable whose value is worked out when it is read."""

    __slots__ = ("_read", "_write")

    def __init__(
        self, name: str, read: Callable[[], Any], write: Callable[[Any], None] | None = None
    ) -> None:
        self._read = read
        self._write = write
        self.name = name
        self.special = None if write else Special()
        if self.special is not None:
            self.special.options.add("readonly")

    @property
    def value(self) -> Any:
        """The value now."""
        return self._read()

    @value.setter
    def value(self, value: Any) -> None:
        if self._write is not None:
            self._write(value)


def checked(session: Any, checks: list[Callable[[Any, Any], Any]], value: Any) -> Any:
    """A value after the conversions and validations of a variable.

    Raises:
        PSError: MetadataError, with the reason.
    """
    try:
        for check in checks:
            value = check(session, value)
    except PSError as fault:
        record = fault.record
        if record.category != "InvalidArgument":
            raise
        raise error(
            record.exception.message,
            "RuntimeException",
            "MetadataError",
            exception="System.Management.Automation.ArgumentTransformationMetadataException",
            inner=record.exception,
        ) from None
    return value


def not_writable(name: str) -> PSError:
    """The error for a write to a read-only or constant variable."""
    return error(
        f"Cannot overwrite variable {name} because it is read-only or constant.",
        "VariableNotWritable",
        "WriteError",
        name,
        exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
    )


class Scope:
    """One scope.

    Attributes:
        vars: Variables by lower-case name.
        parent: The scope that names are looked up in next.
        kind: 'global', 'script', 'module', 'function' (also a script block's).
        functions, aliases: By lower-case name.
        frame: The call that the scope belongs to, or None.
        state: The session state (module) it belongs to.
        drives: Drives defined in it, by lower-case name.
    """

    __slots__ = ("aliases", "drives", "frame", "functions", "kind", "parent", "state", "vars")

    def __init__(
        self, parent: Scope | None, kind: str = "function", frame: Any = None, state: Any = None
    ) -> None:
        self.vars: dict[str, Variable] = {}
        self.parent = parent
        self.kind = kind
        self.functions: dict[str, Any] | None = None
        self.aliases: dict[str, Any] | None = None
        self.frame = frame
        self.state = state
        self.drives: dict[str, Any] | None = None

    def find(self, key: str) -> Variable | None:
        """The variable of that lower-case name that this scope sees."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.vars.get(key)
            if found is not None and (
                scope is self or found.special is None or "private" not in found.special.options
            ):
                return found
            scope = scope.parent
        return None

    def script_scope(self) -> Scope:
        """The scope that ``script:`` means here."""
        scope = self
        while scope.kind == "function" and scope.parent is not None:
            scope = scope.parent
        return scope

    def global_scope(self) -> Scope:
        """The global scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def set(self, name: str, value: Any) -> None:
        """Set a plain variable in this very scope."""
        key = name.lower()
        found = self.vars.get(key)
        if found is None:
            self.vars[key] = Variable(name, value)
        else:
            found.value = value


class SessionState:
    """The variables of the global session or of one module: its scopes grow apart from the caller's.

    Attributes:
        top: Its outermost scope of its own (the global scope, or the module's).
        scope: Its current scope while another state runs.
        module: The module, or None.
    """

    __slots__ = ("module", "scope", "top")

    def __init__(self, top: Scope, module: Any = None) -> None:
        self.top = top
        self.scope = top
        self.module = module


class Frame:
    """One call of a function, script or script block.

    Attributes:
        command: The command info ($MyInvocation.MyCommand).
        invocation: InvocationInfo, made when asked for.
        bound: Bound parameters by name as declared.
        rest: Arguments left over, as the command had them (names kept).
        position: Where it was called.
        caller: Frame of the caller.
        cmdlet: $PSCmdlet of an advanced function.
        piped: What ``$input`` holds; None where nothing can be piped.
        block: The compiled block that runs.
    """

    __slots__ = (
        "args_list", "block", "bound", "caller", "cmdlet", "command", "expecting_input", "invocation", "invoked_as",
        "piped", "position", "rest", "unbound",
    )  # fmt: skip

    def __init__(self, command: Any, caller: Frame | None, position: Any, block: Any) -> None:
        self.command = command
        self.caller = caller
        self.position = position
        self.block = block
        self.invocation: Any = None
        self.bound: Any = None
        self.rest: list[Any] = []
        self.args_list: list[Any] | None = None
        self.cmdlet: Any = None
        self.invoked_as = ""
        self.expecting_input = False
        self.piped: list[Any] | None = None
        self.unbound: list[Any] = []
