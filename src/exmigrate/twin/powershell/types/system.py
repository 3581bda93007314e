"""Guid, Version, Uri, Environment, Console, Activator, SecureString, credentials, cultures and other System types."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault, cast
from exmigrate.twin.powershell.faults import NetFault, argument_null, bad_argument, bad_format
from exmigrate.twin.powershell.typeinfo import BY_CLASS, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import format_guid

# Guid ------------------------------------------------------------------------------------------------------

GUID = d.GUID


def _guid(text: str) -> s.Guid:
    try:
        return cast(text, GUID, None)  # type: ignore[no-any-return]
    except CastFault as fault:
        raise bad_format(fault.reason) from None


GUID.prop("Guid", lambda value, ctx: value.text, type_name="System.String")
GUID.static("Empty", lambda ctx: s.Guid("00000000-0000-0000-0000-000000000000"))
GUID.static_method("guid NewGuid()", ctx=True)(lambda ctx: s.Guid(ctx.machine.random.guid()))
GUID.static_method("guid Parse(string input)")(_guid)
GUID.constructor("new(string g)")(_guid)
GUID.constructor("new()")(lambda: s.Guid("00000000-0000-0000-0000-000000000000"))
GUID.constructor("new(byte[] b)")(lambda data: cast(data, GUID, None))
GUID.method("string ToString(string format)")(format_guid)
GUID.method("int CompareTo(guid value)")(lambda a, b: (a > b) - (a < b))
GUID.method("bool Equals(guid g)")(lambda a, b: a == b)


@GUID.method("byte[] ToByteArray()")
def _guid_bytes(value: s.Guid) -> Any:
    import uuid

    from exmigrate.twin.powershell.types.converting import bytes_value

    return bytes_value(uuid.UUID(value.text).bytes_le)


@GUID.static_method("bool TryParse(string input, ref result)")
def _try_guid(text: str, result: Any) -> bool:
    try:
        result.assign(_guid(text))
    except NetFault:
        result.assign(s.Guid("00000000-0000-0000-0000-000000000000"))
        return False
    return True


# Version ---------------------------------------------------------------------------------------------------

VERSION = d.VERSION
for _index, _name in enumerate(("Major", "Minor", "Build", "Revision")):
    VERSION.prop(_name, lambda value, ctx, i=_index: value.parts[i], type_name="System.Int32")
for _name in ("MajorRevision", "MinorRevision"):
    VERSION.prop(_name, lambda value, ctx: v.Int16(-1), type_name="System.Int16")


def _version(text: str) -> s.Version:
    if text is None:
        raise argument_null("version")
    try:
        return cast(text, VERSION, None)  # type: ignore[no-any-return]
    except CastFault as fault:
        raise NetFault(fault.kind, fault.reason) from None


VERSION.constructor("new(string version)")(_version)
VERSION.constructor("new()")(lambda: s.Version(0, 0))
VERSION.constructor(
    "new(int major, int minor)",
    "new(int major, int minor, int build)",
    "new(int major, int minor, int build, int revision)",
)(s.Version)
VERSION.static_method("version Parse(string input)")(_version)
VERSION.method("int CompareTo(version value)")(lambda a, b: 1 if b is None else (a > b) - (a < b))
VERSION.method("bool Equals(version obj)")(lambda a, b: a == b)


@VERSION.method("string ToString(int fieldCount)")
def _version_text(value: s.Version, count: int) -> str:
    parts = [part for part in value.parts if part >= 0]
    if count > len(parts):
        raise bad_argument(f"Argument must be between 0 and {len(parts)}.", "fieldCount")
    return ".".join(map(str, parts[:count]))


@VERSION.static_method("bool TryParse(string input, ref result)")
def _try_version(text: str, result: Any) -> bool:
    try:
        result.assign(_version(text))
    except NetFault:
        result.assign(None)
        return False
    return True


SWITCH = d.SWITCH
SWITCH.prop("IsPresent", lambda switch, ctx: switch.present, type_name="System.Boolean")
SWITCH.method("bool ToBool()")(lambda switch: switch.present)
SWITCH.static("Present", lambda ctx: s.Switch(True))
SWITCH.constructor("new(bool isPresent)")(s.Switch)


def _assign_reference(reference: v.Reference, value: Any, ctx: Any) -> None:
    reference.assign(value)


d.REFERENCE.prop("Value", lambda reference, ctx: reference.read(), _assign_reference)

# Activator, GC, DBNull -------------------------------------------------------------------------------------------

ACTIVATOR = declare_type("System.Activator", is_abstract=True)


@ACTIVATOR.static_method(
    "object CreateInstance(type type)", "object CreateInstance(type type, params object[] args)", ctx=True
)
def _create(kind: NetType, args: Any = None, ctx: Any = None) -> Any:
    from exmigrate.twin.powershell.types.construct import construct_raw

    return construct_raw(kind, list(args or []), ctx)


COLLECTOR = declare_type("System.GC", is_abstract=True)
COLLECTOR.static_method("void Collect()", "void WaitForPendingFinalizers()")(lambda: None)
COLLECTOR.static_method("long GetTotalMemory(bool forceFullCollection)")(lambda full: v.Int64(50_000_000))


class Nothing(v.NetObject):
    """System.DBNull."""

    __slots__ = ()


NOTHING = Nothing()
d.DBNULL.python_class = Nothing
BY_CLASS[Nothing] = d.DBNULL
d.DBNULL.static("Value", lambda ctx: NOTHING)
d.DBNULL.to_string = lambda value, ctx: ""


def expand_variables(text: str, environment: Any) -> str:
    """``%NAME%`` replaced by environment variables; unknown ones stay."""
    return re.sub(r"%([^%]+)%", lambda m: environment.get(m.group(1)) or m.group(0), text)
