"""ForEach-Object and Where-Object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.compile import operations
from exmigrate.twin.powershell.compile.base import emit_value
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.code import ScriptBlock
from exmigrate.twin.powershell.types import access, invoke
from exmigrate.twin.powershell.types.psobject import is_method
from exmigrate.twin.powershell.values import MISSING, NOTHING

_COMPARISONS = (
    "EQ", "NE", "GT", "LT", "GE", "LE", "Like", "NotLike", "Match", "NotMatch", "Contains", "NotContains", "In", "NotIn",
    "CEQ", "CNE", "CGT", "CLT", "CGE", "CLE", "CLike", "CNotLike", "CMatch", "CNotMatch", "CContains", "CNotContains",
    "CIn", "CNotIn",
)  # fmt: skip


def _blocks(call: Any) -> list[ScriptBlock]:
    """The process blocks, after -Process [a, b, c] has given its first and last to begin and end."""
    found = list(call.get("Process") or []) + list(call.get("RemainingScripts") or [])
    begin, end = call.get("Begin"), call.get("End")
    if begin is None and len(found) > 1:
        begin = found.pop(0)
        if end is None and len(found) > 1:
            end = found.pop()
    call.state["begin"], call.state["end"] = begin, end
    return [block for block in found if block is not None]


def _foreach_begin(call: Any) -> None:
    session = call.session
    if call.get("MemberName") is not None:
        return
    blocks = _blocks(call)
    call.state["runners"] = [session.block_runner(block) for block in blocks]
    codes = [block.code for block in blocks]
    emit = call.stage.emit
    if call.state["begin"] is not None:
        session.invoke_to(call.state["begin"], [], emit, dot=True)
    for code in codes:
        if code.begin is not None:
            code.begin(session, emit)


def _foreach_stream(call: Any) -> Callable[[Any], None] | None:
    runners = call.state.get("runners")
    if runners is None or len(runners) != 1:
        return None
    run, emit = runners[0], call.stage.emit
    return lambda item: run(item, emit)


def _foreach_process(call: Any) -> None:
    name = call.get("MemberName")
    if name is not None:
        _member(call, str(name), call.get("ArgumentList"))
        return
    item = call.input if call.has_input else call.get("InputObject")
    for run in call.state["runners"]:
        run(item, call.stage.emit)


def _foreach_end(call: Any) -> None:
    end = call.state.get("end")
    if end is not None:
        call.session.invoke_to(end, [], call.stage.emit, dot=True)


def _member(call: Any, name: str, arguments: Any) -> None:
    session, item = call.session, call.get("InputObject")
    if item is None:
        return
    if arguments is not None or is_method(item, name):
        value = invoke.invoke_method(item, name, list(arguments or []), session)
    else:
        value = access.get_member(item, name, session)
    emit_value(session, value, call.stage.emit)


def _where_stream(call: Any) -> Callable[[Any], None] | None:
    block = call.get("FilterScript")
    if block is None:
        return None
    emit = call.stage.emit
    run = call.session.block_runner(block)

    def test(item: Any) -> None:
        output: list[Any] = []
        run(item, output.append)
        if len(output) == 1:
            value = output[0]
            if value if type(value) is bool else to_bool(value):
                emit(item)
        elif output:
            emit(item)

    return test


def _where_process(call: Any) -> None:
    item = call.get("InputObject")
    if call.get("FilterScript") is not None:
        test = _where_stream(call)
        assert test is not None
        test(item)
        return
    found = access.get_member(item, str(call.get("Property")), call.session) if item is not None else None
    if to_bool(_compare(call, found)):
        call.write(item)


def _compare(call: Any, value: Any) -> Any:
    if call.flag("Not"):
        return not to_bool(value)
    for name in _COMPARISONS:
        if call.flag(name):
            return operations.apply(name.lower())(value, call.get("Value"), call.session)
    if call.flag("Is") or call.flag("IsNot"):
        result = operations.apply("is")(value, call.get("Value"), call.session)
        return not result if call.flag("IsNot") else result
    return (
        value if "Value" not in call.given else operations.apply("eq")(value, call.get("Value"), call.session)
    )


_INPUT = Parameter("InputObject", "object", pipeline=True)

FOREACH = Cmdlet(
    "ForEach-Object",
    parameters=[
        _INPUT,
        Parameter("Begin", "scriptblock", sets=("ScriptBlockSet",)),
        Parameter(
            "Process", "scriptblock[]", sets=("ScriptBlockSet",), position=0, mandatory=True, allow_null=True
        ),
        Parameter("End", "scriptblock", sets=("ScriptBlockSet",)),
        Parameter("RemainingScripts", "scriptblock[]", sets=("ScriptBlockSet",), remaining=True),
        Parameter(
            "MemberName", "string", sets=("PropertyAndMethodSet",), position=0, mandatory=True, since="3.0"
        ),
        Parameter(
            "ArgumentList",
            "object[]",
            sets=("PropertyAndMethodSet",),
            remaining=True,
            aliases=("Args",),
            since="3.0",
        ),
    ],
    default_set="ScriptBlockSet",
    begin=_foreach_begin,
    process=_foreach_process,
    end=_foreach_end,
    streaming=_foreach_stream,
    aliases=("%", "foreach"),
)
WHERE = Cmdlet(
    "Where-Object",
    parameters=[
        _INPUT,
        Parameter("FilterScript", "scriptblock", sets=("ScriptBlockSet",), position=0, mandatory=True),
        Parameter("Property", "string", sets=("Simple",), position=0, mandatory=True, since="3.0"),
        Parameter("Value", "object", sets=("Simple",), position=1, since="3.0"),
        *(Parameter(name, "switch", sets=("Simple",), since="3.0", aliases=("I" + name,) if name[0] != "C" or name.startswith("Con") else ())
          for name in _COMPARISONS),
        *(Parameter(name, "switch", sets=("Simple",), since="3.0") for name in ("Is", "IsNot")),
        Parameter("Not", "switch", sets=("Simple",), since="7"),
    ],
    default_set="ScriptBlockSet",
    process=_where_process,
    streaming=_where_stream,
    aliases=("?", "where"),
)  # fmt: skip
CMDLETS = [FOREACH, WHERE]
ALIASES: dict[str, str] = {}
__all__ = ["ALIASES", "CMDLETS", "MISSING", "NOTHING", "Call"]
