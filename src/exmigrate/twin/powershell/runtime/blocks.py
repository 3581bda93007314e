"""Script blocks: made, closed over, invoked from cmdlets, types and operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.collections_ import DictionaryBase, Enumerator, ListBase
from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.compile.base import emit_value
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.packs import UNSET
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.code import AnonymousInfo, Code, FunctionInfo, ScriptBlock
from exmigrate.twin.powershell.runtime.flow import NOTHING, RETURN, LeaveError
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.runtime.scope import Scope, SessionState, Variable
from exmigrate.twin.powershell.runtime.stages import FunctionStage
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.types import access
from exmigrate.twin.powershell.types.declared import type_of
from exmigrate.twin.powershell.values import MultiArray

Emit = Callable[[Any], None]


class Blocks(Parts):
    """The part of the session that handles script blocks and functions."""

    scope: Scope
    state: SessionState
    language: Any
    fuel: int
    commands: Any

    def new_block(self, code: Code) -> ScriptBlock:
        """A script block of the current session state."""
        return ScriptBlock(code, self.state)

    def block_from_text(self, text: str, file: str = "") -> ScriptBlock:
        """A script block of text: ``[scriptblock]::Create``.

        Raises:
            PSError: The text does not parse.
        """
        try:
            return ScriptBlock(compile_script(text, self.language, file), self.state)
        except ParseFailure as failure:
            raise failure.to_error() from None

    def closure(self, block: ScriptBlock) -> ScriptBlock:
        """GetNewClosure: a copy with the variables of the current scope captured."""
        top = Scope(self.global_state.top, "module")
        state = SessionState(top)
        top.state = state
        scope: Scope | None = self.scope
        stop = block.state.top
        while scope is not None:
            for key, variable in scope.vars.items():
                if key not in top.vars and type(variable) is Variable:
                    top.vars[key] = Variable(variable.name, variable.value)
            if scope.frame is not None or scope is stop:
                break
            scope = scope.parent
        return ScriptBlock(block.code, state)

    global_state: SessionState

    def define_function(self, name: str, block: Any) -> None:
        """Define a function in the current scope (or that of a prefix)."""
        prefix, colon, rest = name.partition(":")
        scope = self.scope
        if colon and prefix.lower() in ("global", "script", "local", "private"):
            scope = self.scope_named(prefix.lower())
            name = rest
        if scope.functions is None:
            scope.functions = {}
        key = name.lower()
        if block is None:
            scope.functions.pop(key, None)
            return
        old = scope.functions.get(key)
        if old is not None and old.options & {"readonly", "constant"}:
            raise error(
                f"Cannot write to function {name} because it is read-only or constant.",
                "FunctionNotWritable",
                "WriteError",
                name,
                exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
            )
        module = self.state.module
        scope.functions[key] = FunctionInfo(name, block, module.name if module is not None else "")

    # Invoking ----------------------------------------------------------------------------------------------

    def invoke(self, block: Any, args: list[Any], this: Any = UNSET, dollar_under: Any = UNSET) -> list[Any]:
        """Run a script block in a scope of its own and give what it put out."""
        output: list[Any] = []
        self.invoke_to(block, args, output.append, this, dollar_under)
        return output

    def invoke_to(
        self,
        block: Any,
        args: list[Any],
        emit: Emit,
        this: Any = UNSET,
        dollar_under: Any = UNSET,
        dot: bool = False,
    ) -> None:
        """The same with the output going where ``emit`` says."""
        if not isinstance(block, ScriptBlock):
            if isinstance(block, FunctionInfo):
                block = block.block
            else:
                raise error("The value is not a script block.", "NotAScriptBlock", "InvalidArgument", block)
        session: Any = self
        stage = FunctionStage(
            session,
            AnonymousInfo(block),
            block,
            [Arg(None, value, None) for value in args],
            None,
            False,
            dot,
        )
        variables = stage.scope.vars
        if this is not UNSET and this is not None:
            variables["this"] = Variable("this", this)
        if dollar_under is not UNSET and dollar_under is not None:
            variables["_"] = Variable("_", dollar_under)
        stage.set_emit(emit)
        stage.run_alone()

    def run_in_place(self, code: Code, emit: Emit) -> None:
        """Run code in the current scope, as ``.`` does, without arguments."""
        for run in (code.begin, code.process, code.finish):
            if run is not None:
                leave = run(self, emit)
                if leave is not None and leave is not RETURN:
                    raise LeaveError(leave)

    def block_runner(self, block: ScriptBlock) -> Callable[[Any, Emit], None]:
        """A function that runs a block in its own session state's current scope with ``$_`` as the item."""
        code = block.code
        run = code.process or code.finish
        if run is None:
            return lambda item, emit: None
        if code.make_table is not None:
            return lambda item, emit: self.invoke_to(block, [], emit, dollar_under=item)
        state = block.state
        session: Any = self

        def run_item(item: Any, emit: Emit) -> None:
            session.fuel -= 1
            if session.fuel < 0:
                session.refuel()
            foreign = session.state is not state
            if foreign:
                outer_state, outer_scope = session.state, session.scope
                outer_state.scope = outer_scope
                session.state, session.scope = state, state.scope
            variables = session.scope.vars
            saved = variables.get("_")
            variables["_"] = Variable("_", item)
            try:
                leave = run(session, emit)
            finally:
                if saved is None:
                    variables.pop("_", None)
                else:
                    variables["_"] = saved
                if foreign:
                    session.state, session.scope = outer_state, outer_scope
            if leave is not None and leave is not RETURN:
                raise LeaveError(leave)

        return run_item

    # Output ------------------------------------------------------------------------------------------------

    def emit_other(self, value: Any, emit: Emit) -> None:
        """Put out a value that is no plain scalar or array: taken apart when it is a collection."""
        if is_enumerable(value):
            for item in access.elements(value, self):
                emit(item)
        elif value is not NOTHING:
            emit(value)

    def emit_piped(self, value: Any, push: Emit) -> None:
        """Feed a value to the first command of a pipeline."""
        emit_value(self, value, push)  # type: ignore[arg-type]


def is_enumerable(value: Any) -> bool:
    """Whether a value is taken apart when it reaches the output stream."""
    if isinstance(value, (list, ListBase, Enumerator, MultiArray)):
        return True
    if isinstance(value, (str, DictionaryBase)):
        return False
    return type_of(value).enumerate is not None
