"""Invoke-Expression, Invoke-Command, Set-StrictMode, Out-Null, Measure-Command."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.code import AnonymousInfo, ScriptBlock
from exmigrate.twin.powershell.runtime.flow import RETURN, LeaveError
from exmigrate.twin.powershell.runtime.stages import FunctionStage
from exmigrate.twin.powershell.scalars import TimeSpan, Version
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.types.texts import to_text


def _expression(call: Any) -> None:
    session = call.session
    text = to_text(call.get("Command"), session)
    try:
        code = compile_script(text, session.language)
    except ParseFailure as failure:
        fault = failure.to_error()
        fault.record.command_id = call.cmdlet.error_class()
        raise fault from None
    for run in (code.begin, code.process, code.finish):
        if run is not None:
            leave = run(session, call.stage.emit)
            if leave is not None and leave is not RETURN:
                raise LeaveError(leave)


def _command_begin(call: Any) -> None:
    computers = call.get("ComputerName")
    if computers is not None or call.get("Session") is not None:
        remote = call.session.items.get("remoting")
        if remote is None:
            raise call.throw(
                "Not simulated: Invoke-Command on another computer.", "NotSimulated", "NotImplemented",
                exception="System.NotSupportedException",
            )  # fmt: skip
        call.state["remote"] = remote
        return
    block = call.get("ScriptBlock")
    args = [Arg(None, value, None) for value in call.get("ArgumentList") or []]
    stage = FunctionStage(
        call.session,
        AnonymousInfo(block),
        block,
        args,
        call.stage.site,
        call.has_input,
        call.flag("NoNewScope"),
    )
    stage.set_emit(call.stage.emit)
    call.state["stage"] = stage
    stage.begin()


def _command(call: Any) -> None:
    stage = call.state.get("stage")
    if stage is None:
        call.state["remote"](call)
    elif call.has_input:
        stage.push(call.input)
    else:
        stage.run_process()


def _command_end(call: Any) -> None:
    stage = call.state.get("stage")
    if stage is not None:
        stage.finish()


def _strict(call: Any) -> None:
    session = call.session
    frame_stage = session
    if call.flag("Off"):
        frame_stage.strict = 0.0
        return
    version = call.get("Version")
    text = to_text(version).lower()
    if text == "latest":
        frame_stage.strict = 3.0 if session.number >= 3 else 2.0
        return
    if isinstance(version, Version):
        frame_stage.strict = float(version.parts[0])
        return
    try:
        frame_stage.strict = float(text.split(".")[0])
    except ValueError:
        raise call.throw(
            f"Cannot validate argument on parameter 'Version'. The value '{text}' is not a version.",
            "ParameterArgumentValidationError", "InvalidData",
        ) from None  # fmt: skip


def _measure(call: Any) -> None:
    session = call.session
    clock = session.machine.clock
    before = clock.now()
    if call.has_input:
        session.block_runner(call.get("Expression"))(call.input, lambda value: None)
    else:
        session.invoke_to(call.get("Expression"), [], lambda value: None, dot=True)
    call.state["ticks"] = call.state.get("ticks", 0) + clock.now() - before


CMDLETS = [
    Cmdlet(
        "Invoke-Expression",
        [Parameter("Command", "string", position=0, mandatory=True, pipeline=True)],
        _expression,
        aliases=("iex",),
    ),
    Cmdlet(
        "Invoke-Command",
        [
            Parameter(
                "ScriptBlock",
                "scriptblock",
                position={"InProcess": 0, "ComputerName": 1, "Session": 1},
                mandatory=True,
                sets=("InProcess", "ComputerName", "Session"),
                aliases=("Command",),
            ),
            Parameter("ComputerName", "string[]", position=0, sets=("ComputerName",), aliases=("Cn",)),
            Parameter("Session", "object[]", sets=("Session",)),
            Parameter("Credential", "object", sets=("ComputerName",)),
            Parameter("Authentication", "object", sets=("ComputerName",)),
            Parameter("ArgumentList", "object[]", aliases=("Args",)),
            Parameter("InputObject", "object", pipeline=True),
            Parameter("NoNewScope", "switch", sets=("InProcess",), since="3.0"),
            Parameter("HideComputerName", "switch"),
            Parameter("AsJob", "switch"),
            Parameter("ThrottleLimit", "int"),
        ],
        _command,
        begin=_command_begin,
        end=_command_end,
        default_set="InProcess",
        aliases=("icm",),
    ),
    Cmdlet(
        "Set-StrictMode",
        [
            Parameter("Version", "object", sets=("Version",), mandatory=True, aliases=("v",)),
            Parameter("Off", "switch", sets=("Off",), mandatory=True),
        ],
        _strict,
        default_set="Version",
    ),
    Cmdlet("Out-Null", [Parameter("InputObject", "object", pipeline=True)], lambda call: None,
           streaming=lambda call: lambda value: None),
    Cmdlet(
        "Measure-Command",
        [
            Parameter("InputObject", "object", pipeline=True),
            Parameter("Expression", "scriptblock", position=0, mandatory=True),
        ],
        _measure,
        end=lambda call: call.write(TimeSpan(call.state.get("ticks", 0))),
    ),
]  # fmt: skip
__all__ = ["CMDLETS", "ScriptBlock"]
