"""Select-Object."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.properties import Column, columns, expand
from exmigrate.twin.powershell.compare import equals
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.access import elements, get_property
from exmigrate.twin.powershell.types.declared import type_of
from exmigrate.twin.powershell.types.psobject import add_to, copy_object, property_names
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import MISSING


def _begin(call: Call) -> None:
    state = call.state
    bound = call.bound
    state["columns"] = columns(call, bound["Property"]) if bound.get("Property") is not None else None
    state["exclude"] = [to_text(one) for one in bound.get("ExcludeProperty") or []]
    state["expand"] = bound.get("ExpandProperty")
    state["seen"] = 0
    state["written"] = 0
    state["unique"] = [] if call.flag("Unique") else None
    state["skip"] = int(bound.get("Skip") or 0)
    state["first"] = bound.get("First")
    state["last"] = bound.get("Last")
    state["index"] = {int(one) for one in bound["Index"]} if bound.get("Index") is not None else None
    skipping = bound.get("SkipLast")
    window = skipping if skipping is not None else (state["last"] if state["first"] is None else None)
    state["queue"] = deque() if window is not None or (state["last"] is not None) else None
    state["window"] = window
    if state["columns"] is None and state["exclude"] and call.level == "7":
        state["columns"] = columns(call, ["*"])
    state["project"] = _plain_projection(call) if set(bound) <= {"Property", "InputObject"} else None


def _plain_projection(call: Call) -> Callable[[Any], v.PSObject] | None:
    """The way short for the usual case: single, distinct names and nothing else asked for."""
    wanted = call.state["columns"]
    if not wanted or any(column.pattern is not None for column in wanted):
        return None
    if len({column.name.lower() for column in wanted}) != len(wanted):
        return None
    pairs = [(column.name, column.get) for column in wanted]

    def project(value: Any) -> v.PSObject:
        props = {}
        for name, get in pairs:
            found = get(value)
            props[name] = None if found is MISSING else found
        return v.PSObject(props, _selected_name(value))

    return project


_CUSTOM = ("Selected.System.Management.Automation.PSCustomObject",)


def _selected_name(value: Any) -> tuple[str, ...]:
    if type(value) is v.PSObject or value is None:
        return _CUSTOM
    base = value.base if isinstance(value, v.Boxed) else value
    return _CUSTOM if base is None or type(base) is v.PSObject else (f"Selected.{type_of(base).name}",)


def _process(call: Call) -> None:
    bound = call.bound
    if "InputObject" not in bound:
        return
    value = bound["InputObject"]
    state = call.state
    if state["project"] is not None:
        call.write(state["project"](value))
        return
    position = state["seen"]
    state["seen"] += 1
    if state["index"] is not None:
        if position in state["index"]:
            _emit(call, value)
            if position >= max(state["index"]) and not call.flag("Wait"):
                call.stop_upstream()
        return
    if bound.get("SkipLast") is not None:
        _through_window(call, value)
        return
    if state["last"] is not None:
        _keep_last(call, value, position)
        return
    if position < state["skip"]:
        return
    first = state["first"]
    if first is None:
        _emit(call, value)
    elif state["written"] < first:
        _emit(call, value)
        if state["written"] >= first and not call.flag("Wait"):
            call.stop_upstream()


def _through_window(call: Call, value: Any) -> None:
    queue = call.state["queue"]
    queue.append(value)
    if len(queue) > call.state["window"]:
        item = queue.popleft()
        if call.state["seen"] - call.state["window"] > call.state["skip"]:
            _emit(call, item)


def _keep_last(call: Call, value: Any, position: int) -> None:
    """With -Last: keeps the end of the stream; with -First too, the beginning goes out at once."""
    state = call.state
    first = state["first"]
    if first is not None and position >= state["skip"] and state["written"] < first:
        _emit(call, value)
        return
    queue = state["queue"]
    queue.append(value)
    limit = state["last"] + (state["skip"] if first is None else 0)
    if len(queue) > limit:
        queue.popleft()


def _end(call: Call) -> None:
    state = call.state
    if state["last"] is not None:
        items = list(state["queue"])
        if state["first"] is None and state["skip"]:
            items = (
                items[: max(0, len(items) - state["skip"])]
                if call.bound.get("Skip") and _skips_end(call)
                else items
            )
        for item in items[-state["last"] :] if state["last"] else []:
            _emit(call, item)
    if state["unique"] is not None:
        for item in state["unique"]:
            call.write(item)


def _skips_end(call: Call) -> bool:
    """-Skip counts from the end when only -Last is given."""
    return call.state["first"] is None


def _emit(call: Call, value: Any) -> None:
    state = call.state
    state["written"] += 1
    name = state["expand"]
    if name is None:
        made = value if state["columns"] is None else _project(call, value, state["columns"])
        _out(call, made)
        return
    _expand_property(call, value, to_text(name))


def _out(call: Call, value: Any) -> None:
    unique = call.state["unique"]
    if unique is None:
        call.write(value)
        return
    if not any(_same(value, known, call) for known in unique):
        unique.append(value)


def _same(a: Any, b: Any, call: Call) -> bool:
    if isinstance(a, v.PSObject) and isinstance(b, v.PSObject):
        if list(a.props) != list(b.props):
            return False
        return all(
            equals(get_property(a, name, call.session), get_property(b, name, call.session), False)
            for name in a.props
        )
    return equals(a, b, False, call.session)


def _project(call: Call, value: Any, wanted: list[Column]) -> v.PSObject:
    props: dict[str, Any] = {}
    exclude = call.state["exclude"]
    session = call.session
    for column in wanted:
        if column.pattern is None and not exclude:
            found = column.get(value)
            _put(call, props, column.name, None if found is MISSING else found, value)
            continue
        for name, found in expand(column, value, session):
            if not any(like(name, pattern) for pattern in exclude):
                _put(
                    call, props, name, None if found is MISSING else found, value, column.pattern is not None
                )
    return v.PSObject(props, _selected_name(value))


def _put(call: Call, props: dict[str, Any], name: str, found: Any, value: Any, quiet: bool = False) -> None:
    if name in props or v.find_key(props, name) is not None:
        if not quiet:
            call.write_error(
                f'The property cannot be processed because the property "{name}" already exists.',
                "AlreadyExistingUserSpecifiedPropertyNoExpand",
                "InvalidOperation",
                value,
                exception="System.Management.Automation.PSArgumentException",
            )
        return
    props[name] = found


def _expand_property(call: Call, value: Any, name: str) -> None:
    session = call.session
    names = [one for one in property_names(value, session) if like(one, name)] if "*" in name else [name]
    found = get_property(value, names[0], session) if names and value is not None else MISSING
    if found is MISSING or type(found).__name__ == "MethodReference":
        call.write_error(
            f'Property "{name}" cannot be found.',
            "ExpandPropertyNotFound",
            "InvalidArgument",
            value,
            exception="System.Management.Automation.PSArgumentException",
        )
        return
    items = elements(found, session) if isinstance(found, (list, c.ListBase)) else [found]
    for item in items:
        if call.state["columns"]:
            extra = _project(call, value, call.state["columns"])
            made = copy_object(item) if not isinstance(item, (str, int, float)) else v.Boxed(item)
            for key, one in extra.props.items():
                add_to(made, key, one)
            item = made
        _out(call, item)


_COUNT = (Validation("Range", (0, 2**31 - 1)),)
CMDLETS = [
    Cmdlet(
        "Select-Object",
        parameters=[
            Parameter("InputObject", "psobject", pipeline=True),
            Parameter("Property", "object[]", sets=("DefaultParameter", "SkipLastParameter"), position=0),
            Parameter("ExcludeProperty", "string[]", sets=("DefaultParameter", "SkipLastParameter")),
            Parameter("ExpandProperty", "string", sets=("DefaultParameter", "SkipLastParameter")),
            Parameter("Unique", "switch"),
            Parameter("CaseInsensitive", "switch", since="7"),
            Parameter("Last", "int", sets=("DefaultParameter",), validations=_COUNT),
            Parameter("First", "int", sets=("DefaultParameter",), validations=_COUNT),
            Parameter("Skip", "int", sets=("DefaultParameter", "SkipLastParameter"), validations=_COUNT),
            Parameter("SkipLast", "int", sets=("SkipLastParameter",), validations=_COUNT, since="5.1"),
            Parameter("Wait", "switch", sets=("DefaultParameter", "IndexParameter"), since="3.0"),
            Parameter("Index", "int[]", sets=("IndexParameter",), validations=_COUNT),
        ],
        begin=_begin,
        process=_process,
        end=_end,
        default_set="DefaultParameter",
        aliases=("select",),
    )
]
