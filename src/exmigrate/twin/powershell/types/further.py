"""Properties that follow from what a value is already known to be: complements to the tables of the types."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types.enums import enum_value

_BOOL, _INT, _TEXT = "System.Boolean", "System.Int32", "System.String"


def _always(names: str, value: Any, types: str, type_name: str = "System.Object") -> None:
    """Declares properties that have the same value on every object."""
    for kind in types.split():
        for name in names.split():
            TYPES[kind.lower()].prop(name, lambda one, ctx: value, type_name=type_name)


def complete() -> None:
    """Declares the properties; once, after every type is declared."""
    _same_on_all()
    uri = TYPES["system.uri"]
    uri.prop("HostNameType", _host_kind)
    uri.prop("IsLoopback", _is_loopback, type_name=_BOOL)
    uri.prop("UserEscaped", lambda one, ctx: False, type_name=_BOOL)
    TYPES["system.net.ipaddress"].prop("ScopeId", _scope_id, type_name="System.Int64")
    _nodes()
    _later_members()
    _zone()
    _documents()
    _shared()
    TYPES["system.io.driveinfo"].prop("RootDirectory", _root_directory)


def _same_on_all() -> None:
    _always("IsAuthenticated", True, "System.Security.Principal.WindowsIdentity", _BOOL)
    _always("IsAnonymous IsGuest", False, "System.Security.Principal.WindowsIdentity", _BOOL)
    _always("MaxCapacity", 2147483647, "System.Text.StringBuilder", _INT)
    algorithm = "System.Security.Cryptography.HashAlgorithm"
    _always("CanReuseTransform CanTransformMultipleBlocks", True, algorithm, _BOOL)
    _always("InputBlockSize OutputBlockSize", 1, algorithm, _INT)
    for name, bits in (("MD5", 128), ("SHA1", 160), ("SHA256", 256), ("SHA384", 384), ("SHA512", 512)):
        _always("HashSize", bits, f"System.Security.Cryptography.{name}", _INT)
    found = "System.Text.RegularExpressions.GroupCollection System.Text.RegularExpressions.MatchCollection"
    _always("IsReadOnly", True, found, _BOOL)
    _always("IsSynchronized", False, found, _BOOL)
    _always("BaseURI", "", "System.Xml.XmlNode", _TEXT)
    _always("IsReadOnly", False, "System.Xml.XmlNode", _BOOL)
    _always("Specified", True, "System.Xml.XmlAttribute", _BOOL)
    _always("FusionLog", None, "System.IO.FileNotFoundException", _TEXT)


def _later_members() -> None:
    """What .NET of level 7 counts below the millisecond, and the like."""
    moment, span, guid = TYPES["system.datetime"], TYPES["system.timespan"], TYPES["system.guid"]
    moment.prop("Microsecond", lambda one, ctx: one.ticks // 10 % 1000, None, _INT, 7)
    moment.prop("Nanosecond", lambda one, ctx: one.ticks % 10 * 100, None, _INT, 7)
    span.prop("Microseconds", lambda one, ctx: _signed(one.ticks, 10, 1000), None, _INT, 7)
    span.prop("Nanoseconds", lambda one, ctx: _signed(one.ticks, 1, 10) * 100, None, _INT, 7)
    span.prop("TotalMicroseconds", lambda one, ctx: one.ticks / 10, None, "System.Double", 7)
    span.prop("TotalNanoseconds", lambda one, ctx: one.ticks * 100.0, None, "System.Double", 7)
    guid.prop("Variant", lambda one, ctx: int(str(one).replace("-", "")[16], 16), None, _INT, 7)
    guid.prop("Version", lambda one, ctx: int(str(one).replace("-", "")[12], 16), None, _INT, 7)


def _signed(ticks: int, unit: int, count: int) -> int:
    """A part of a duration with the sign of the whole."""
    return (abs(ticks) // unit % count) * (-1 if ticks < 0 else 1)


def _zone() -> None:
    zone = TYPES["system.timezoneinfo"]
    zone.prop("DaylightName", lambda one, ctx: one.values["StandardName"], type_name=_TEXT)
    zone.prop("SupportsDaylightSavingTime", lambda one, ctx: False, type_name=_BOOL)
    zone.constants({"HasIanaId": False}, since=7)


def _shared() -> None:
    """What collections and matches have for threads and spans."""
    TYPES["system.collections.arraylist"].prop("SyncRoot", lambda one, ctx: one)
    TYPES["system.text.regularexpressions.capture"].constants({"ValueSpan": None}, since=7)


def _documents() -> None:
    """What a document without a DTD or a schema says of them."""
    document = TYPES["system.xml.xmldocument"]
    document.constants({"DocumentType": None, "Implementation": None, "Schemas": None})
    TYPES["system.xml.xmlnode"].constants({"SchemaInfo": None})


def _host(uri: Any) -> str:
    if not uri.absolute:
        raise NetFault(
            "System.InvalidOperationException", "This operation is not supported for a relative URI."
        )
    return (uri.parts.hostname or "").lower()


def _root_directory(drive: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.construct import construct

    return construct(TYPES["system.io.directoryinfo"], [drive.values["Name"]], ctx)


def _host_kind(uri: Any, ctx: Any) -> Any:
    host = _host(uri)
    kind = "Dns"
    if not host:
        kind = "Basic" if uri.parts.scheme == "file" else "Unknown"
    elif ":" in host:
        kind = "IPv6"
    elif re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", host):
        kind = "IPv4"
    return enum_value("System.UriHostNameType", kind)


def _is_loopback(uri: Any, ctx: Any) -> bool:
    host = _host(uri)
    return host in ("localhost", "127.0.0.1", "::1", "loopback") or (uri.parts.scheme == "file" and not host)


def _scope_id(address: Any, ctx: Any) -> Any:
    if address.value.version == 4:
        raise NetFault(
            "System.Net.Sockets.SocketException",
            "The attempted operation is not supported for the type of object referenced",
        )
    return v.Int64(int(getattr(address.value, "scope_id", None) or 0))


def _set_value(node: Any, new: Any, ctx: Any) -> None:
    node.value = new


def _nodes() -> None:
    for name in ("XmlText", "XmlCDataSection", "XmlComment", "XmlWhitespace"):
        leaf = TYPES[f"system.xml.{name.lower()}"]
        leaf.prop("Data", lambda node, ctx: node.value, _set_value, _TEXT)
        leaf.prop("Length", lambda node, ctx: len(node.value), type_name=_INT)
    instruction = TYPES["system.xml.xmlprocessinginstruction"]
    instruction.prop("Target", lambda node, ctx: node.name, type_name=_TEXT)
    instruction.prop("Data", lambda node, ctx: node.value, type_name=_TEXT)
    TYPES["system.xml.xmlattribute"].prop("OwnerElement", lambda node, ctx: node.parent)
    for name in ("Version", "Encoding", "Standalone"):
        TYPES["system.xml.xmldeclaration"].prop(name, _declared(name), type_name=_TEXT)


def _declared(name: str) -> Any:
    found = re.compile(rf"\b{name.lower()}\s*=\s*[\"']([^\"']*)[\"']").search

    def read(node: Any, ctx: Any) -> str:
        match = found(node.value or "")
        return match.group(1) if match is not None else ""

    return read
