"""Results as plain data: what the snippet corpus records of a run, so that runs can be compared across PowerShells.

The form is that of the reference corpus: each output object as ``{"t": kind, "v": value}``, error records by message,
id and category, what ended the script by type, message and id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError
from exmigrate.twin.powershell.host import Host, Limits, Result
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.members import get_property, property_names, type_names, type_of
from exmigrate.twin.powershell.runtime.blocks import is_enumerable
from exmigrate.twin.powershell.runtime.classes import Instance
from exmigrate.twin.powershell.types import access
from exmigrate.twin.powershell.types.texts import format_value, member_text, to_text

MAX_DEPTH = 6
LIMITS = Limits(steps=20_000_000, depth=1000, items=1_000_000, text=16_000_000, output=200_000)


def snippet_host(level: str) -> Host:
    """A host as the corpus was recorded on: Unix paths, UTC, invariant culture."""
    machine = MemoryMachine(platform="unix")
    machine.files.make_directory("/tmp/testdrive")
    return Host(level, machine, limits=LIMITS)


def run_snippet(level: str, script: str) -> dict[str, Any]:
    """Run one script in a fresh runspace on a fresh machine and give its result."""
    runspace = snippet_host(level).runspace()
    runspace.set_variable("TestDrive", "/tmp/testdrive")
    result = runspace.run(script)
    return result_data(result, runspace.session, "/tmp/testdrive")


def run_snippets(level: str, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Run snippets one after the other."""
    for line in lines:
        yield {"id": line["id"], **run_snippet(level, line["script"])}


def result_data(result: Result, session: Any, drive: str = "") -> dict[str, Any]:
    """A result as the corpus has it; the path of the test drive is written ``$TestDrive``."""
    data: dict[str, Any] = {
        "output": [encode(item, session) for item in result.output],
        "errors": [error_data(record) for record in result.errors],
        "warnings": list(result.warnings),
        "verbose": list(result.verbose),
        "had_errors": result.had_errors,
        "terminated": _terminated(result),
    }
    return _replaced(data, drive) if drive else data


def error_data(record: ErrorRecord) -> dict[str, str]:
    """An error record as the corpus has it."""
    return {"message": record.message, "fqid": record.fully_qualified_id, "category": record.category}


def _terminated(result: Result) -> dict[str, str] | None:
    record = result.terminated
    if record is None:
        return None
    kind, message = record.exception.type_name, record.message
    automation = "System.Management.Automation."
    if result.terminated_by == "stop":
        kind = automation + "ActionPreferenceStopException"
        message = (
            'The running command stopped because the preference variable "ErrorActionPreference" or common parameter is set '
            f"to Stop: {message}"
        )
    elif result.terminated_by == "script" and not record.exception.is_a(automation + "RuntimeException"):
        kind = automation + "RuntimeException"
    return {"type": kind, "message": message, "fqid": record.fully_qualified_id}


def _replaced(value: Any, drive: str) -> Any:
    if isinstance(value, str):
        return value.replace(drive, "$TestDrive")
    if isinstance(value, list):
        return [_replaced(item, drive) for item in value]
    if isinstance(value, dict):
        return {key: _replaced(item, drive) for key, item in value.items()}
    return value


def encode(value: Any, session: Any, depth: int = 0) -> dict[str, Any]:
    """One value as data."""
    if value is None or value is v.NOTHING:
        return {"t": "null"}
    if type(value) is v.Boxed:
        value = value.base
    if isinstance(value, v.Char):
        return {"t": "char", "v": str(value)}
    if isinstance(value, str):
        return {"t": "string", "v": value}
    if isinstance(value, bool):
        return {"t": "bool", "v": value}
    name = type_of(value).name
    if isinstance(value, (v.BigInteger, float, Decimal)):
        text = format_value(value, "R", session) if isinstance(value, float) else to_text(value, session)
        return {"t": name, "v": text}
    if isinstance(value, int):
        return {"t": name, "v": int(value)}
    if isinstance(value, s.DateTime):
        return {"t": "datetime", "v": format_value(value, "o", session)}
    if isinstance(value, v.EnumValue):
        return {"t": "enum", "type": name, "v": str(value)}
    return _encode_object(value, name, session, depth)


def _encode_object(value: Any, name: str, session: Any, depth: int) -> dict[str, Any]:
    if depth >= MAX_DEPTH and (
        is_enumerable(value) or isinstance(value, (c.DictionaryBase, v.PSObject, Instance))
    ):
        return {"t": "truncated", "type": name}
    if isinstance(value, c.DictionaryBase):
        pairs = [[to_text(key, session), encode(item, session, depth + 1)] for key, item in value.items()]
        if isinstance(value, c.OrderedDictionary):
            return {"t": "dict", "v": pairs, "ordered": True}
        return {"t": "dict", "v": sorted(pairs, key=lambda pair: pair[0])}
    if isinstance(value, (v.PSObject, Instance, c.DictionaryEntry)):
        return {"t": "object", "type": _object_type(value, name), "v": _members(value, session, depth)}
    if getattr(value, "outer_xml", None) is not None:
        outer = value.outer_xml
        return {"t": "xml", "v": outer() if callable(outer) else outer}
    if is_enumerable(value):
        return {
            "t": "array",
            "v": [encode(item, session, depth + 1) for item in access.elements(value, session)],
        }
    if isinstance(value, NetException):
        return {"t": "other", "type": name, "v": member_text(value, session)}
    return {"t": "other", "type": name, "v": member_text(value, session)}


def _object_type(value: Any, name: str) -> str:
    return type_names(value)[0] if isinstance(value, v.PSObject) else name


def _members(value: Any, session: Any, depth: int) -> list[list[Any]]:
    made = []
    for name in property_names(value, session):
        try:
            item = encode(get_property(value, name, session), session, depth + 1)
        except PSError as fault:
            item = {"t": "error", "v": fault.record.message}
        made.append([name, item])
    return made
