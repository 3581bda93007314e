"""Get-WmiObject and Invoke-WmiMethod over the registered classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from exmigrate.twin.cmdlets.windows.reach import machines_of
from exmigrate.twin.cmdlets.windows.wql import BadQuery, condition
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.values import PSObject, ScriptMethod

MANAGEMENT = "System.Management.ManagementException"
COM = "System.Runtime.InteropServices.COMException"
QUERY = re.compile(
    r"\s*select\s+(?P<what>.+?)\s+from\s+(?P<class>\w+)(?:\s+where\s+(?P<where>.+))?\s*$",
    re.IGNORECASE | re.DOTALL,
)


def _classes(call: Call) -> dict[str, Callable[[Any], Iterable[Any]]]:
    registry = getattr(call.session, "registry", None)
    found: dict[str, Callable[[Any], Iterable[Any]]] = dict(getattr(registry, "wmi", {}))
    return {**found, **{name.lower(): maker for name, maker in call.machine.wmi.items()}}


def _request(call: Call) -> tuple[str, str, list[str]]:
    query = call.get("Query")
    if query is None:
        wanted = [str(name) for name in (call.get("Property") or ["*"])]
        return str(call.get("Class")), str(call.get("Filter") or ""), wanted
    match = QUERY.match(str(query))
    if match is None:
        raise _failed(call, "Invalid query")
    wanted = [name.strip() for name in match["what"].split(",")]
    return match["class"], match["where"] or "", wanted


def _failed(call: Call, message: str, kind: str = MANAGEMENT) -> Exception:
    return call.throw(message, "GetWMIManagementException", "InvalidOperation", exception=kind)


def _get(call: Call) -> None:
    namespace = str(call.get("Namespace") or "root\\cimv2").lower().replace("/", "\\")
    if namespace not in ("root\\cimv2", "\\root\\cimv2") and not _known_namespace(call, namespace):
        raise call.throw(
            "Invalid namespace", "GetWMIManagementException", "InvalidArgument", exception=MANAGEMENT
        )
    name, where, wanted = _request(call)
    maker = _classes(call).get(name.lower())
    try:
        for machine in machines_of(call):
            _write_rows(call, machine, maker, name, where, wanted)
    except MachineError as error:
        call.write_error(error.message, "GetWMICOMException", "InvalidOperation", exception=COM)


def _known_namespace(call: Call, namespace: str) -> bool:
    return any(name.startswith(namespace.rpartition("\\")[2] + ":") for name in _classes(call))


def _write_rows(call: Call, machine: Any, maker: Any, name: str, where: str, wanted: list[str]) -> None:
    if maker is None:
        # a stopped service answers before anybody looks for the class
        if not machine.server.services.is_running("Winmgmt"):
            raise MachineError(
                "unreachable",
                "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)",
                0x800706BA,
            )
        call.write_error(
            f'Invalid class "{name}"', "GetWMIManagementException", "InvalidType", exception=MANAGEMENT
        )
        return
    try:
        test = condition(where)
    except BadQuery as error:
        raise _failed(call, "Invalid query") from error
    for row in maker(machine):
        if not isinstance(row, PSObject):
            call.write(row)
        elif test(row.props):
            call.write(_projected(row, wanted))


def _projected(row: PSObject, wanted: list[str]) -> PSObject:
    if wanted == ["*"]:
        return row
    names = {name.lower() for name in wanted}
    kept = {
        key: value
        for key, value in row.props.items()
        if key.lower() in names or key == "__CLASS" or isinstance(value, ScriptMethod)
    }
    return PSObject(kept, row.type_names)


def _invoke(call: Call) -> None:
    target = call.get("InputObject")
    name = str(call.get("Name"))
    arguments = call.get("ArgumentList") or []
    rows = [target] if target is not None else []
    if not rows:
        maker = _classes(call).get(str(call.get("Class") or "").lower())
        rows = list(maker(call.machine)) if maker is not None else []
    for row in rows:
        method = next(
            (v for k, v in row.props.items() if k.lower() == name.lower() and isinstance(v, ScriptMethod)),
            None,
        )
        if method is None:
            raise call.throw(
                "Invalid method Parameter(s)",
                "InvokeWMIManagementException",
                "InvalidOperation",
                exception=MANAGEMENT,
            )
        if call.should_process(str(row.props.get("Name", "")), f"Invoke-WmiMethod ({name})"):
            call.write(method.body(row, *arguments))


CMDLETS = (
    Cmdlet(
        "Get-WmiObject",
        (
            Parameter("Class", "string", position=0, mandatory=True, sets=("query",), aliases=("ClassName",)),
            Parameter("Property", "string[]", position=1, sets=("query",)),
            Parameter("Filter", "string", sets=("query",)),
            Parameter("Query", "string", mandatory=True, sets=("WQLQuery",)),
            Parameter("Namespace", "string", aliases=("NS",)),
            Parameter("ComputerName", "string[]", aliases=("Cn",)),
            Parameter("Credential", "object"),
            Parameter("Amended", "switch"),
            Parameter("DirectRead", "switch"),
            Parameter("Impersonation", "object"),
            Parameter("Authentication", "object"),
            Parameter("EnableAllPrivileges", "switch"),
        ),
        process=_get, default_set="query", aliases=("gwmi",),
    ),
    Cmdlet(
        "Invoke-WmiMethod",
        (
            Parameter("InputObject", "object", mandatory=True, pipeline=True, sets=("object",)),
            Parameter("Class", "string", position=0, mandatory=True, sets=("class",)),
            Parameter("Name", "string", mandatory=True, position={"class": 1, "object": 0}),
            Parameter("ArgumentList", "object[]", aliases=("Args",)),
            Parameter("Namespace", "string"),
            Parameter("ComputerName", "string[]"),
        ),
        process=_invoke, default_set="class", should_process=True, aliases=("iwmi",),
    ),
)  # fmt: skip
