"""Get-Content, Set-Content, Add-Content, Clear-Content."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.encodings import decode, encode, line_end
from exmigrate.twin.powershell.cmdlets.items import FILTERS, LITERAL, PATH, places, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types.texts import to_text


def _get(call: Call) -> None:
    for _, place in places(call):
        provider = place.provider
        if provider.is_container(call.session, place.path):
            call.write_error(
                f"Access to the path '{place.path}' is denied."
                if provider.name == "FileSystem"
                else f"Unable to get content because it is a directory: '{place.path}'.",
                "GetContentReaderUnauthorizedAccessError",
                "PermissionDenied",
                place.path,
                exception="System.UnauthorizedAccessException",
            )
            continue
        try:
            data = provider.read(call.session, place.path)
        except PSError as fault:
            report(call, fault)
            continue
        if isinstance(data, bytes):
            _write_text(call, place, data)
        else:
            call.write_all(data)


def _write_text(call: Call, place: Any, data: bytes) -> None:
    encoding = call.bound.get("Encoding")
    if call.flag("AsByteStream") or (encoding is not None and to_text(encoding).lower() == "byte"):
        _write_bytes(call, data)
        return
    text = decode(data, encoding, call.level)
    if call.flag("Raw"):
        call.write(text)
        return
    delimiter = call.bound.get("Delimiter")
    lines = split_lines(text) if delimiter is None else [one for one in text.split(to_text(delimiter)) if one]
    first, last = call.bound.get("TotalCount"), call.bound.get("Tail")
    if first is not None and int(first) >= 0:
        lines = lines[: int(first)]
    if last is not None:
        lines = lines[-int(last) :] if int(last) else []
    count = call.bound.get("ReadCount")
    if count is not None and int(count) != 1:
        size = int(count) or len(lines) or 1
        for start in range(0, len(lines), size):
            call.write(list(lines[start : start + size]))
        return
    for line in lines:
        call.write(line)


def _write_bytes(call: Call, data: bytes) -> None:
    if call.flag("Raw"):
        from exmigrate.twin.powershell.types.converting import bytes_value

        call.write(bytes_value(data))
        return
    first = call.bound.get("TotalCount")
    part = data if first is None else data[: int(first)]
    if call.bound.get("ReadCount") == 0:
        from exmigrate.twin.powershell.types.converting import bytes_value

        call.write(bytes_value(part))
        return
    for one in part:
        call.write(v.Byte(one))


def split_lines(text: str) -> list[str]:
    """Lines of a text: CR LF, LF and CR end a line; a last line end adds none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _collect(call: Call) -> None:
    items = call.state.setdefault("items", [])
    value = call.bound.get("Value")
    if "Value" not in call.bound:
        return
    if value is None:
        call.state["null"] = True
        return
    items.extend(list(value) if isinstance(value, (list, c.ListBase)) else [value])


def _set_end(call: Call) -> None:
    _store(call, append=False)


def _add_end(call: Call) -> None:
    _store(call, append=True)


def _store(call: Call, append: bool) -> None:
    items = call.state.get("items", [])
    for _, place in places(call, must_exist=False):
        action = "Add Content" if append else "Set Content"
        if not call.should_process(f"Path: {place.path}", action):
            continue
        provider = place.provider
        if not provider.has_content:
            report(call, provider.refuse(action))
            continue
        try:
            if provider.name == "FileSystem":
                _store_file(call, place, items, append)
            else:
                provider.write(call.session, place.path, items[0] if len(items) == 1 else items, append)
        except PSError as fault:
            report(call, fault)
    if call.flag("PassThru"):
        for item in items:
            call.write(item)


def _store_file(call: Call, place: Any, items: list[Any], append: bool) -> None:
    encoding = call.bound.get("Encoding")
    if call.flag("AsByteStream") or (encoding is not None and to_text(encoding).lower() == "byte"):
        data = bytes(int(item) & 255 for item in items)
    else:
        end = "" if call.flag("NoNewline") else line_end(call.machine)
        text = "".join(to_text(item, call.session) + end for item in items)
        existing = call.machine.files.stat(place.path) if append else None
        start_of_file = existing is None or existing.length == 0
        data = encode(text, encoding, call.level, "set", start_of_file, _present(call, place, existing))
    place.provider.write(call.session, place.path, data, append)


def _present(call: Call, place: Any, existing: Any) -> bytes:
    """The first bytes of the file that is added to, whose byte order mark decides the encoding."""
    if existing is None or not existing.length:
        return b""
    head: bytes = call.machine.files.read(place.path, 0, 4)
    return head


def _clear(call: Call) -> None:
    for _, place in places(call):
        if call.should_process(f"Item: {place.path}", "Clear Content"):
            try:
                place.provider.clear(call.session, place.path)
            except PSError as fault:
                report(call, fault)


_ENCODING = Parameter("Encoding", "object")
_VALUE = Parameter(
    "Value",
    "object[]",
    position=1,
    mandatory=True,
    pipeline=True,
    pipeline_by_name=True,
    allow_null=True,
    allow_empty=True,
)
_STORE = [
    PATH,
    LITERAL,
    _VALUE,
    *FILTERS,
    _ENCODING,
    Parameter("PassThru", "switch"),
    Parameter("NoNewline", "switch", since="5.1"),
    Parameter("AsByteStream", "switch", since="7"),
    Parameter("Credential", "object"),
]
_SET_PATH = Parameter("Path", "string[]", sets=("Path",), position=0, mandatory=True, pipeline_by_name=True)
CMDLETS = [
    Cmdlet(
        "Get-Content",
        parameters=[
            Parameter(
                "Path",
                "string[]",
                sets=("Path",),
                position=0,
                mandatory=True,
                pipeline_by_name=True,
                pipeline=True,
            ),
            LITERAL,
            *FILTERS,
            Parameter("ReadCount", "long"),
            Parameter("TotalCount", "long", aliases=("First", "Head")),
            Parameter("Tail", "int", since="3.0", aliases=("Last",)),
            Parameter("Delimiter", "string"),
            Parameter("Raw", "switch", since="3.0"),
            Parameter("AsByteStream", "switch", since="7"),
            Parameter("Wait", "switch"),
            _ENCODING,
            Parameter("Credential", "object"),
        ],
        process=_get,
        default_set="Path",
        aliases=("gc", "cat", "type"),
    ),
    Cmdlet(
        "Set-Content",
        parameters=[_SET_PATH, *_STORE[1:]],
        process=_collect,
        end=_set_end,
        default_set="Path",
        should_process=True,
        aliases=("sc",),
    ),
    Cmdlet(
        "Add-Content",
        parameters=[_SET_PATH, *_STORE[1:]],
        process=_collect,
        end=_add_end,
        default_set="Path",
        should_process=True,
        aliases=("ac",),
    ),
    Cmdlet(
        "Clear-Content",
        parameters=[PATH, LITERAL, *FILTERS],
        process=_clear,
        default_set="Path",
        should_process=True,
        aliases=("clc",),
    ),
]
