"""The session's variables as compiled code and cmdlets reach them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exmigrate.twin.powershell.collections_ import Dictionary, DictionaryBase, Enumerator
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.runtime.args import ABSENT, Arg
from exmigrate.twin.powershell.runtime.flow import NOTHING, Halt
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.runtime.scope import Frame, Scope, SessionState, Variable, not_writable
from exmigrate.twin.powershell.types import access, declared
from exmigrate.twin.powershell.types.resolve import find_type, type_not_found
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Reference


class VariableAccess(Parts):
    """The part of the session that handles variables and types."""

    scope: Scope
    state: SessionState
    frame: Frame
    strict: float
    level: str
    types: dict[str, Any]
    language: Any
    limits: Any
    global_state: SessionState
    under_item: Any

    # Reading -----------------------------------------------------------------------------------------------

    def variable(self, name: str) -> Any:
        """A variable's value as the current scope sees it, None when there is none."""
        found = self.scope.find(name.lower())
        if found is None:
            return None
        value = found.value
        return None if value is NOTHING else value

    def undefined_variable(self, name: str) -> Any:
        """A variable that does not exist: null, or an error under strict mode."""
        if self.strict >= 1:
            raise error(
                f"The variable '${name}' cannot be retrieved because it has not been set.",
                "VariableIsUndefined",
                "InvalidOperation",
                name,
            )
        return None

    def frame_variable(self, key: str) -> Any:
        """``$args``, ``$input``, ``$MyInvocation`` and kin: of the nearest call."""
        scope: Scope | None = self.scope
        while scope is not None:
            found = scope.vars.get(key)
            if found is not None:
                return found.value
            frame = scope.frame
            if frame is not None:
                value = self._of_frame(frame, key)
                if value is not NOTHING:
                    return value
            scope = scope.parent
        return None

    def _of_frame(self, frame: Frame, key: str) -> Any:
        if key == "args":
            if frame.args_list is None:
                frame.args_list = [arg.value if arg.name is None else arg.text for arg in _spread(frame.rest)]
            return frame.args_list
        if key == "psboundparameters":
            if not isinstance(frame.bound, Dictionary):
                frame.bound = Dictionary(self.bound_type(), (frame.bound or {}).items(), True)
            return frame.bound
        if key == "myinvocation":
            return frame
        if key == "input":
            return Enumerator(frame.piped) if frame.piped is not None else NOTHING
        if key == "pscmdlet":
            return frame.cmdlet if frame.cmdlet is not None else NOTHING
        return self._script_path(frame, key)

    def bound_type(self) -> Any:
        """The type of ``$PSBoundParameters``."""
        return find_type("System.Collections.Generic.Dictionary[string,object]")

    def _script_path(self, frame: Frame, key: str) -> Any:
        file = frame.block.source.file if frame.block is not None else ""
        if not file:
            return "" if frame.caller is None else NOTHING
        if key == "pscommandpath":
            return file if self.language.has("pscmdpath") else None
        if not self.language.has("scriptroot-everywhere") and not file.lower().endswith(".psm1"):
            return None
        cut = max(file.rfind("\\"), file.rfind("/"))
        return file[:cut] if cut > 0 else ""

    def scope_named(self, prefix: str) -> Scope:
        """The scope of a prefix: '', local, private, script, global."""
        if prefix == "global":
            return self.global_state.top
        if prefix == "script":
            return self.scope.script_scope()
        return self.scope

    def read_in_scope(self, prefix: str, key: str, name: str) -> Any:
        """``$global:x`` and kin."""
        scope = self.scope_named(prefix)
        found = scope.vars.get(key)
        if found is None:
            if key in ("args", "myinvocation", "psboundparameters", "input", "pscmdlet"):
                return self.frame_variable(key)
            return self.undefined_variable(name)
        value = found.value
        return None if value is NOTHING else value

    def read_drive_variable(self, drive: str, path: str) -> Any:
        """``$env:Path``, ``$function:f``."""
        if drive == "env":
            return self.environment().get(path)
        if drive == "function":
            found = self.commands.find_function(path.lower())
            return None if found is None else found.block
        if drive == "alias":
            alias = self.commands.find(path, resolve_alias=False)
            return getattr(alias, "definition", None)
        return self.provider_variable(drive, path)

    # Writing -----------------------------------------------------------------------------------------------

    def new_variable(self, scope: Scope, key: str, name: str, value: Any) -> None:
        """First assignment of a name in a scope; a variable of all scopes (a preference is not) is written there."""
        parent = scope.parent
        while parent is not None:
            found = parent.vars.get(key)
            if found is not None:
                if found.special is not None and "allscope" in found.special.options:
                    found.assign(self, None if value is NOTHING else value)
                    return
                break
            parent = parent.parent
        scope.vars[key] = Variable(name, value)

    def assign_in_scope(self, prefix: str, name: str, value: Any) -> None:
        """``$global:x = ...`` and kin."""
        scope = self.scope_named(prefix)
        key = name.lower()
        found = scope.vars.get(key)
        if value is NOTHING:
            value = None
        if found is None:
            scope.vars[key] = found = Variable(name, value)
        else:
            found.assign(self, value)
        if prefix == "private":
            found.need_special().options.add("private")

    def assign_drive_variable(self, drive: str, path: str, value: Any) -> None:
        """``$env:x = ...``, ``$function:f = { }``."""
        if value is NOTHING:
            value = None
        if drive == "env":
            environment = self.environment()
            if value is None or value == "":
                environment.pop(path, None)
            else:
                environment[path] = to_text(value, self)
        elif drive == "function":
            self.define_function(path, value if value is not None else None)
        else:
            self.assign_provider_variable(drive, path, value)

    def read_using(self, name: str) -> Any:
        """``$using:name``: in a job the caller's value; elsewhere it has no meaning."""
        found = self.global_state.top.vars.get("using:" + name.lower())
        if found is not None:
            return found.value
        raise error(
            "A Using variable cannot be retrieved. A Using variable can be used only with Invoke-Command, Start-Job, or "
            "InlineScript in the script workflow. When it is used with Invoke-Command, the Using variable is valid only if "
            "the script block is invoked on a remote computer.",
            "UsingWithoutInvokeCommand",
            "InvalidOperation",
        )

    def get_global(self, name: str) -> Any:
        """Value of a global variable."""
        found = self.global_state.top.vars.get(name.lower())
        return None if found is None or found.value is NOTHING else found.value

    def set_global(self, name: str, value: Any) -> None:
        """Set a global variable."""
        self.global_state.top.set(name, value)

    def set_matches(self, table: Any) -> None:
        """Set ``$Matches`` in the current scope."""
        self.scope.set("Matches", table)

    def set_last_exit_code(self, code: int) -> None:
        """Set ``$LASTEXITCODE``, which is global."""
        self.global_state.top.set("LASTEXITCODE", code)

    def reference_to(self, name: str) -> Reference:
        """``[ref]$name``: stays with the variable of the scope where it was made."""
        key = name.rpartition(":")[2].lower()
        found = self.scope.find(key)
        if found is None:
            raise error(
                "[ref] cannot be applied to a variable that does not exist.",
                "NonExistingVariableReference",
                "InvalidOperation",
                name,
            )
        variable: Variable = found
        return Reference(
            lambda: None if variable.value is NOTHING else variable.value,
            lambda value: variable.assign(self, value),
        )

    # ``$_`` and loops --------------------------------------------------------------------------------------

    def under_variable(self) -> Variable | None:
        """``$_`` of this very scope, to be put back later."""
        return self.scope.vars.get("_")

    def set_under(self, value: Any) -> None:
        """Set ``$_`` in this scope, as a variable of its own."""
        self.scope.vars["_"] = Variable("_", value)

    def restore_under(self, saved: Variable | None) -> None:
        """Put ``$_`` back."""
        if saved is None:
            self.scope.vars.pop("_", None)
        else:
            self.scope.vars["_"] = saved

    @contextmanager
    def loop_variable(self, name: str) -> Iterator[None]:
        """``$foreach`` or ``$switch`` exists while the loop runs."""
        variables = self.scope.vars
        saved = variables.get(name)
        cursor = variables[name] = Variable(name, Cursor())
        self.cursor = cursor.value
        try:
            yield
        finally:
            if saved is None:
                variables.pop(name, None)
                self.cursor = None
            else:
                variables[name] = saved
                self.cursor = saved.value

    cursor: Any = None

    def each(self, value: Any) -> Iterator[Any]:
        """The items of a loop; ``$foreach.MoveNext()`` takes the next."""
        cursor = self.cursor
        if type(value) is list:
            items: Any = value
        elif value is None or isinstance(value, (str, int, DictionaryBase)):
            items = [value]
        else:
            items = access.elements(value, self)
        cursor.items = items
        while cursor.position + 1 < len(cursor.items):
            cursor.position += 1
            yield cursor.items[cursor.position]

    def as_list(self, value: Any) -> list[Any]:
        """A value as a list: a collection's elements, or the value alone."""
        if value is NOTHING or value is None:
            return [] if value is NOTHING else [None]
        return list(value) if is_list(value) else [value]

    # Types -------------------------------------------------------------------------------------------------

    def type_named(self, name: str, test: bool = False) -> Any:
        """The type of a literal.

        Raises:
            PSError: TypeNotFound.
        """
        found = self._type_cache.get(name)
        if found is None:
            found = find_type(name, self.level, self.types) or self._with_namespaces(name)
            if found is None:
                raise type_not_found(name, self.level)
            self._type_cache[name] = found
        return found

    def _with_namespaces(self, name: str) -> Any:
        for namespace in self.namespaces:
            found = find_type(f"{namespace}.{name}", self.level, self.types)
            if found is not None:
                return found
        return None

    _type_cache: dict[str, Any]
    namespaces: list[str]

    def exception_name(self, name: str) -> str:
        """Full name of an exception type in a catch clause; a type that does not exist is an error."""
        found: str = self.type_named(name).name
        return found

    def is_own_type(self, kind: Any) -> bool:
        """Whether a type was made by this session (a class), so that nothing shared may remember it."""
        return kind.ps_class is not None or kind.name.lower() in self.types

    # Splatting ---------------------------------------------------------------------------------------------

    def splat(self, name: str) -> list[Arg]:
        """``@name`` in a command."""
        key = name.lower()
        if key == "args":
            frame = self._frame_with_args()
            if frame is not None and frame.args_list is None:
                return list(frame.rest)
            if frame is not None and "args" not in self.scope.vars:
                return list(_spread(frame.rest))
        value = (
            self.frame_variable(key) if key in ("args", "psboundparameters", "input") else self.variable(name)
        )
        if isinstance(value, DictionaryBase):
            return [Arg(to_text(k), v, f"-{to_text(k)}:") for k, v in value.items()]
        if value is None:
            return []
        items = list(value) if is_list(value) else [value]
        return [Arg(None, item, None) for item in items]

    def _frame_with_args(self) -> Frame | None:
        scope: Scope | None = self.scope
        while scope is not None and scope.frame is None:
            scope = scope.parent
        return scope.frame if scope is not None else None

    def text(self, value: Any) -> str:
        """A value as an expandable string shows it."""
        return to_text(value, self)

    def member_name(self, value: Any) -> Any:
        """A member name worked out at run time."""
        return value if type(value) is str else to_text(value, self)

    # Given by the other parts.
    commands: Any


class Cursor:
    """The state of a foreach or switch loop."""

    __slots__ = ("items", "position")

    def __init__(self) -> None:
        self.items: Any = []
        self.position = -1

    def reset(self) -> Any:
        """Back before the first item."""
        self.position = -1
        return NOTHING

    def move_next(self) -> bool:
        """Step to the next item; False at the end."""
        self.position += 1
        return bool(self.position < len(self.items))


def _spread(args: list[Arg]) -> list[Arg]:
    """Arguments one by one: ``-Name:value`` counts as two."""
    made: list[Arg] = []
    for arg in args:
        if arg.name is not None and arg.value is not ABSENT:
            made.append(Arg(arg.name, ABSENT, arg.text))
            made.append(Arg(None, arg.value, None))
        else:
            made.append(arg)
    return made


__all__ = ["Cursor", "Halt", "PSError", "VariableAccess", "declared", "not_writable"]
