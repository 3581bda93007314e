"""What the common parameters do (about_CommonParameters)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import ArrayList
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.runtime.scope import Variable
from exmigrate.twin.powershell.runtime.validate import transformation_error
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session
    from exmigrate.twin.powershell.runtime.stages import FunctionStage, Stage

ACTIONS = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break")
_VARIABLES = {"ErrorVariable": "error", "WarningVariable": "warning", "InformationVariable": "information"}
_PREFERENCES = {
    "ErrorAction": "ErrorActionPreference",
    "WarningAction": "WarningPreference",
    "InformationAction": "InformationPreference",
    "ProgressAction": "ProgressPreference",
}


def action_of(value: Any, session: Session, name: str = "ErrorAction") -> str:
    """The name of an action preference, as given or by its number.

    Raises:
        PSError: The value is none.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_NUMBERED):
        return _NUMBERED[value]
    text = to_text(value, session)
    matches = [action for action in ACTIONS if action.lower() == text.lower()]
    if not matches and text:
        matches = [action for action in ACTIONS if action.lower().startswith(text.lower())]
    if len(matches) != 1 or (matches[0] == "Ignore" and not session.language.has("ignore-preference")):
        raise transformation_error(
            name,
            f'Cannot convert value "{text}" to type "System.Management.Automation.ActionPreference". Error: "Unable to '
            f"match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names "
            f'and try again: {", ".join(ACTIONS[:5])}"',
            False,
        )
    return matches[0]


_NUMBERED = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore")


def function_preferences(stage: FunctionStage) -> None:
    """Common parameters of an advanced function become preference variables of its scope."""
    common = stage.common or {}
    session, variables = stage.session, stage.scope.vars
    for parameter, preference in _PREFERENCES.items():
        if parameter in common:
            value = action_of(common[parameter], session, parameter)
            variables[preference.lower()] = Variable(preference, session.action_value(value))
    if "Verbose" in common:
        chosen = "Continue" if to_bool(common["Verbose"]) else "SilentlyContinue"
        variables["verbosepreference"] = Variable("VerbosePreference", session.action_value(chosen))
    if "Debug" in common:
        chosen = (
            ("Inquire" if session.number < 6 else "Continue")
            if to_bool(common["Debug"])
            else "SilentlyContinue"
        )
        variables["debugpreference"] = Variable("DebugPreference", session.action_value(chosen))
    if "WhatIf" in common:
        variables["whatifpreference"] = Variable("WhatIfPreference", to_bool(common["WhatIf"]))
    if "Confirm" in common:
        high = session.confirm_value("Low" if to_bool(common["Confirm"]) else "None")
        variables["confirmpreference"] = Variable("ConfirmPreference", high)
    if stage.code.advanced and stage.frame.cmdlet is None:
        stage.frame.cmdlet = session.script_cmdlet(stage)


def with_variables(stage: Stage, common: dict[str, Any], session: Session) -> Stage:
    """A stage whose records and output are also kept in the variables that the common parameters name."""
    from exmigrate.twin.powershell.runtime.stages import GuardedStage

    sinks = None
    for parameter, stream in _VARIABLES.items():
        if parameter in common:
            sinks = sinks or session.sinks.copy()
            kept = _variable(session, common[parameter])
            sinks.tee(stream, kept.items.append)
    result = GuardedStage(stage, sinks) if sinks is not None else stage
    if "OutVariable" in common:
        kept = _variable(session, common["OutVariable"])
        result = keeping(result, kept.items.append)
    if "PipelineVariable" in common:
        result = keeping(result, _follow(session, to_text(common["PipelineVariable"], session)))
    return result


def _follow(session: Session, name: str) -> Any:
    """-PipelineVariable: the variable holds the current output object while those behind work on it."""
    variable = Variable(name)
    scope = session.scope
    scope.vars[name.lower()] = variable

    def follow(value: Any) -> None:
        variable.value = value
        scope.vars[name.lower()] = variable

    return follow


def _variable(session: Session, name: Any) -> ArrayList:
    """The list behind ``-ErrorVariable name`` (``+name`` adds to what is there)."""
    text = to_text(name, session)
    plain = text.lstrip("+")
    if text.startswith("+"):
        found = session.variable(plain)
        if isinstance(found, ArrayList):
            return found
        kept = ArrayList([] if found is None else session.as_list(found))
    else:
        kept = ArrayList([])
    session.assign_in_scope("local", plain, kept)
    return kept


def keeping(stage: Stage, note: Any) -> Stage:
    """The same stage, its output noted before it goes on."""
    from exmigrate.twin.powershell.runtime.stages import Stage as Base

    class Keeping(Base):
        """Passes everything on and notes the output."""

        __slots__ = ("inner",)

        def __init__(self) -> None:
            super().__init__(stage.session, stage.command, stage.site)
            self.inner = stage

        def set_emit(self, emit: Any) -> None:
            self.emit = emit

            def noted(value: Any) -> None:
                note(value)
                emit(value)

            stage.set_emit(noted)

        def begin(self) -> None:
            stage.begin()

        def wired(self) -> None:
            stage.wired()

        def push(self, value: Any) -> None:
            stage.push(value)
            self.failed = stage.failed

        def run_process(self) -> None:
            stage.run_process()
            self.failed = stage.failed

        def finish(self) -> None:
            stage.finish()
            self.failed = stage.failed

        def release(self) -> None:
            stage.release()

    return Keeping()
