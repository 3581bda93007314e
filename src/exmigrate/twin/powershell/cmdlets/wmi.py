"""Get-WmiObject, Get-CimInstance and Invoke-WmiMethod over the WMI classes that packs bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell.cmdlets.remoting import machines
from exmigrate.twin.powershell.cmdlets.wql import BadQuery, Condition, condition
from exmigrate.twin.powershell.errors import unsupported
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.declared import type_of
from exmigrate.twin.powershell.types.published import NotSimulated, entry, missing_members
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import PSObject, ScriptMethod

MANAGEMENT = "System.Management.ManagementException"
CIM = "Microsoft.Management.Infrastructure.CimException"
COM = "System.Runtime.InteropServices.COMException"
_UNAVAILABLE = "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)"
_QUERY = re.compile(
    r"\s*select\s+(?P<what>.+?)\s+from\s+(?P<class>\w+)(?:\s+where\s+(?P<where>.+?))?\s*$", re.I | re.S
)
Maker = Callable[[Any], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for: class, condition, names of properties (none is all), all names of the query, its text."""

    name: str
    test: Condition
    wanted: frozenset[str]
    names: tuple[str, ...] = ()
    text: str = ""


def classes(call: Call) -> dict[str, Maker]:
    """Makers of instances by class name in lower case: of the packs and of the machine."""
    found: dict[str, Maker] = dict(call.session.registry.wmi)
    return {**found, **{name.lower(): maker for name, maker in call.machine.wmi.items()}}


def _request(call: Call) -> _Request:
    query = call.bound.get("Query")
    name, where = to_text(call.bound.get("Class") or call.bound.get("ClassName")), call.bound.get("Filter")
    wanted = [to_text(one) for one in call.bound.get("Property") or ["*"]]
    if query is not None:
        match = _QUERY.match(to_text(query))
        if match is None:
            raise _failed(call, f'Invalid query "{to_text(query)}"', "InvalidArgument")
        name, where = match["class"], match["where"]
        wanted = [one.strip() for one in match["what"].split(",")]
    chosen = [one for one in wanted if one != "*"] if "*" not in wanted else []
    condition_text = f" where {to_text(where)}" if where else ""
    shown = (
        to_text(query)
        if query is not None
        else f"select {','.join(chosen) or '*'} from {name}{condition_text}"
    )
    try:
        test, names = condition(to_text(where or ""))
    except BadQuery:
        raise _failed(call, f'Invalid query "{shown}"', "InvalidArgument") from None
    return _Request(name, test, frozenset(one.lower() for one in chosen), (*chosen, *names), shown)


def _failed(call: Call, message: str, category: str = "InvalidOperation") -> Exception:
    if call.name == "Get-CimInstance":
        return call.throw(message.partition(' "')[0] + " ", "HRESULT 0x80041017", category, exception=CIM)
    return call.throw(message, "GetWMIManagementException", category, exception=MANAGEMENT)


def _get(call: Call) -> None:
    if call.flag("List"):
        pattern = to_text(call.bound.get("Class") or "*")
        for name in sorted(classes(call)):
            if like(name, pattern):
                call.write(PSObject({"Name": name}, ("System.Management.ManagementClass",)))
        return
    namespace = to_text(call.bound.get("Namespace") or "root\\cimv2").lower().replace("/", "\\").strip("\\")
    prefix = "" if namespace == "root\\cimv2" else namespace.rpartition("\\")[2] + ":"
    known = classes(call)
    if prefix and not any(name.startswith(prefix) for name in known):
        raise _failed(call, f'Invalid namespace "{namespace}"', "InvalidArgument")
    request = _request(call)
    try:
        for machine in machines(call):
            _write_rows(call, machine, known.get(prefix + request.name.lower()), request)
    except MachineError as fault:
        call.write_error(fault.message, "GetWMICOMException", "InvalidOperation", exception=COM)


def _write_rows(call: Call, machine: Any, maker: Maker | None, request: _Request) -> None:
    service = machine.services.get("Winmgmt")
    if service is not None and service.status != "Running":
        raise MachineError("unreachable", _UNAVAILABLE, 0x800706BA)
    if maker is None and is_real_class(request.name):
        raise unsupported(f"WMI class {request.name}", call.name)
    if maker is None:
        message = f'Invalid class "{request.name}"'
        if call.name == "Get-CimInstance":
            call.write_error("Invalid class ", "HRESULT 0x80041010", "MetadataError", exception=CIM)
        else:
            call.write_error(message, "GetWMIManagementException", "InvalidType", exception=MANAGEMENT)
        return
    rows = list(maker(machine))
    _check_names(call, rows, request)
    for row in rows:
        if not isinstance(row, PSObject):
            call.write(row)
        elif request.test(row.props):
            call.write(_projected(row, request.wanted, call.level))


def _check_names(call: Call, rows: list[Any], request: _Request) -> None:
    """A property that the class has not makes the query invalid; one that is not simulated is named."""
    known = entry(_class_name(rows, request.name), False, "wmi")
    there = {key.lower() for row in rows if isinstance(row, PSObject) for key in row.props}
    for name in request.names:
        key = name.lower()
        if key in there or key.startswith("__") or (not known and not there):
            continue
        if key in known and (there or known[key].what == "properties"):
            if there:
                raise unsupported(f"property {known[key].name} of [{request.name}]", call.name)
            continue
        raise _failed(call, f'Invalid query "{request.text}"', "InvalidArgument")


def _class_name(rows: list[Any], name: str) -> str:
    """The class as the published lists write it."""
    first = rows[0] if rows and isinstance(rows[0], PSObject) else None
    return first.type_names[0].rpartition("\\")[2] if first is not None and first.type_names else name


@cache
def _real_classes() -> frozenset[str]:
    text = (files("exmigrate.twin.powershell.types") / "wmiclasses.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(name.lower() for line in lines for name in line.split())


def is_real_class(name: str) -> bool:
    """Whether Windows has a class of that name in root\\cimv2, simulated or not."""
    return name.lower() in _real_classes() or bool(entry(name, False, "wmi"))


def _projected(row: PSObject, wanted: frozenset[str], level: str) -> PSObject:
    if not wanted:
        return row
    kept = {
        key: value
        for key, value in row.props.items()
        if key.lower() in wanted or key.startswith("__") or isinstance(value, ScriptMethod)
    }
    for name in missing_members(row, type_of(row), "properties", level):
        if name.lower() in wanted:
            raise NotSimulated(f"property {name} of [{row.type_names[0]}]", True)
    partial = PSObject(kept, row.type_names)
    partial.partial = True
    return partial


def _invoke(call: Call) -> None:
    given: Any = call.bound.get("InputObject")
    name = to_text(call.bound.get("Name") or call.bound.get("MethodName"))
    rows = [given]
    if given is None:
        maker = classes(call).get(to_text(call.bound.get("Class") or call.bound.get("ClassName")).lower())
        name_of_class = to_text(call.bound.get("Class") or call.bound.get("ClassName"))
        if maker is None and is_real_class(name_of_class):
            raise unsupported(f"WMI class {name_of_class}", call.name)
        if maker is None:
            raise call.throw(
                "Invalid class ", "InvokeWMIManagementException", "InvalidOperation", exception=MANAGEMENT
            )
        rows = list(maker(call.machine))[:1]
    for row in rows:
        method = _method(row, name)
        if method is None:
            raise call.throw(
                "Invalid method ", "InvokeWMIManagementException", "InvalidOperation", exception=MANAGEMENT
            )
        if call.should_process(to_text(row.props.get("Name")), f"Invoke-WmiMethod ({name})"):
            call.write(method.body(row, *(call.bound.get("ArgumentList") or [])))


def _method(row: Any, name: str) -> ScriptMethod | None:
    if not isinstance(row, PSObject):
        return None
    for key, value in row.props.items():
        if key.lower() == name.lower() and isinstance(value, ScriptMethod):
            return value
    return None


_QUERIES, _CLASSES = ("WQLQuery",), ("query", "list")
CMDLETS = [
    Cmdlet("Get-WmiObject", [
        Parameter("Class", "string", position=0, mandatory=("query",), sets=_CLASSES, aliases=("ClassName",)),
        Parameter("Property", "string[]", position=1, sets=("query",)), Parameter("Filter", "string", sets=("query",)),
        Parameter("Query", "string", mandatory=True, sets=_QUERIES), Parameter("List", "switch", sets=("list",)),
        Parameter("Recurse", "switch", sets=("list",)), Parameter("Amended", "switch"), Parameter("DirectRead", "switch"),
        Parameter("Namespace", "string", aliases=("NS",)), Parameter("ComputerName", "string[]", aliases=("Cn",)),
        Parameter("Credential", "object"), Parameter("Impersonation", "object"), Parameter("Authentication", "object"),
        Parameter("Locale", "string"), Parameter("EnableAllPrivileges", "switch"), Parameter("Authority", "string"),
        Parameter("AsJob", "switch"), Parameter("ThrottleLimit", "int"),
    ], _get, default_set="query", aliases=("gwmi",), until="5.1"),
    Cmdlet("Get-CimInstance", [
        Parameter("ClassName", "string", position=0, mandatory=True, sets=("ClassNameComputerSet",)),
        Parameter("Query", "string", mandatory=True, sets=("QueryComputerSet",)),
        Parameter("Filter", "string", sets=("ClassNameComputerSet",)),
        Parameter("Property", "string[]", sets=("ClassNameComputerSet",), aliases=("SelectProperties",)),
        Parameter("Namespace", "string"), Parameter("ComputerName", "string[]", aliases=("CN", "ServerName")),
        Parameter("OperationTimeoutSec", "uint32", aliases=("OT",)), Parameter("KeyOnly", "switch"),
    ], _get, default_set="ClassNameComputerSet", aliases=("gcim",), since="3.0"),
    Cmdlet("Invoke-WmiMethod", [
        Parameter("InputObject", "object", mandatory=True, pipeline=True, sets=("object",)),
        Parameter("Class", "string", position=0, mandatory=True, sets=("class",)),
        Parameter("Name", "string", mandatory=True, position={"class": 1, "object": 0}),
        Parameter("ArgumentList", "object[]", aliases=("Args",)), Parameter("Namespace", "string", aliases=("NS",)),
        Parameter("ComputerName", "string[]", aliases=("Cn",)), Parameter("Credential", "object"),
        Parameter("EnableAllPrivileges", "switch"),
    ], _invoke, default_set="class", should_process=True, aliases=("iwmi",), until="5.1"),
]  # fmt: skip
