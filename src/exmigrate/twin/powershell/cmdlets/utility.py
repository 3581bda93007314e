"""ConvertFrom-StringData, ConvertTo-Html, Join-String, New-TemporaryFile, Get-TimeZone, Clear-Host, Unblock-File, Add-Type."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.cmdlets.items import PATH, item_at, places
from exmigrate.twin.powershell.cmdlets.properties import columns, expand
from exmigrate.twin.powershell.cmdlets.sorting import all_names, collect
from exmigrate.twin.powershell.errors import unsupported
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.providers.base import drives_of
from exmigrate.twin.powershell.types.environment import KNOWN_ASSEMBLIES
from exmigrate.twin.powershell.types.invoke import get_static
from exmigrate.twin.powershell.types.resolve import resolve_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.xmlnodes import escape
from exmigrate.twin.powershell.values import MISSING

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def _string_data(call: Call) -> None:
    table = c.Hashtable()
    delimiter = to_text(call.bound.get("Delimiter") or "=")
    for line in to_text(call.bound.get("StringData")).splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, found, value = text.partition(delimiter)
        key = key.strip()
        if not found:
            raise call.throw(
                f"Data line '{text}' is not in 'name=value' format.",
                "InvalidOperation",
                "InvalidOperation",
                exception="System.Management.Automation.PSInvalidOperationException",
            )
        if key in table:
            raise call.throw(
                f"Data item '{key}' in line '{text}' is already defined.",
                "InvalidOperation",
                "InvalidOperation",
                exception="System.Management.Automation.PSInvalidOperationException",
            )
        plain = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), value.strip())
        table[key] = plain
    call.write(table)


def _html_end(call: Call) -> None:
    items = call.state.get("items", [])
    given = call.bound.get("Property")
    wanted = columns(call, given if given is not None else all_names(items[:1], call.session))
    rows: list[list[tuple[str, Any]]] = [
        [pair for column in wanted for pair in expand(column, item, call.session)] for item in items
    ]
    names = [name for name, _ in rows[0]] if rows else []
    as_list = to_text(call.bound.get("As") or "Table").lower() == "list"
    body = ["<table>"]
    if as_list:
        for number, row in enumerate(rows):
            body += ["<tr><td><hr></td></tr>"] if number else []
            body += [f"<tr><td>{escape(name)}:</td><td>{_cell(value, call)}</td></tr>" for name, value in row]
    else:
        body += [
            "<colgroup>" + "<col/>" * len(names) + "</colgroup>",
            "<tr>" + "".join(f"<th>{escape(name)}</th>" for name in names) + "</tr>",
        ]
        body += [
            "<tr>" + "".join(f"<td>{_cell(value, call)}</td>" for _, value in row) + "</tr>" for row in rows
        ]
    body.append("</table>")
    if call.flag("Fragment"):
        call.write_all(body)
        return
    call.write_all(_page(call, body))


def _cell(value: Any, call: Call) -> str:
    return escape(to_text(None if value is MISSING else value, call.session))


def _page(call: Call, body: list[str]) -> list[str]:
    bound = call.bound
    title = escape(to_text(bound.get("Title") or "HTML TABLE"))
    head = (
        [to_text(one) for one in bound["Head"]]
        if bound.get("Head") is not None
        else [f"<title>{title}</title>"]
    )
    return [
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        '<html xmlns="http://www.w3.org/1999/xhtml">',
        "<head>",
        *head,
        "</head><body>",
        *[to_text(one) for one in bound.get("Body") or []],
        *[to_text(one) for one in bound.get("PreContent") or []],
        *body,
        *[to_text(one) for one in bound.get("PostContent") or []],
        "</body></html>",
    ]


def _join_end(call: Call) -> None:
    items = call.state.get("items", [])
    if not call.has_input and len(items) == 1 and isinstance(items[0], list):
        items = items[0]
    given = call.bound.get("Property")
    texts = []
    for item in items:
        if given is None:
            texts.append(to_text(item, call.session))
            continue
        found = columns(call, [given])[0].get(item)
        texts.append(to_text(None if found is MISSING else found, call.session))
    quote = "'" if call.flag("SingleQuote") else '"' if call.flag("DoubleQuote") else ""
    separator = to_text(call.bound.get("Separator")) if call.bound.get("Separator") is not None else ""
    joined = separator.join(f"{quote}{text}{quote}" for text in texts)
    prefix, suffix = (to_text(call.bound.get(name) or "") for name in ("OutputPrefix", "OutputSuffix"))
    call.write(prefix + joined + suffix)


def _temporary_file(call: Call) -> None:
    folder = call.session.environment().get("TEMP") or "/tmp"
    separator = "\\" if call.machine.platform == "windows" else "/"
    path = f"{folder.rstrip(separator)}{separator}tmp{call.machine.random.guid()[:4].upper()}.tmp"
    call.machine.files.write(path, b"")
    call.write(item_at(call, drives_of(call.session).place(path)))


def _time_zone(call: Call) -> None:
    call.write(get_static(resolve_type("System.TimeZoneInfo"), "Local", call.session))


def _unblock(call: Call) -> None:
    for _ in places(call):
        pass


def _add_type(call: Call) -> None:
    names = call.bound.get("AssemblyName")
    if names is None:
        raise unsupported(
            "Add-Type with source code or an assembly file (it compiles code for the .NET runtime)",
            "Add-Type",
        )
    known = (*KNOWN_ASSEMBLIES, *getattr(call.machine, "assemblies", ()))
    for one in names:
        name = to_text(one)
        if name.partition(",")[0].strip().lower() not in known:
            raise call.throw(
                f"Cannot add type. The assembly '{name}' could not be found.",
                "ASSEMBLY_NOT_FOUND",
                "ObjectNotFound",
                name,
                exception="System.Exception",
            )


def _execution_policy(call: Call) -> None:
    if call.flag("List"):
        return
    from exmigrate.twin.powershell.types.enums import enum_value

    chosen = call.session.items.get(
        "execution-policy", "Unrestricted" if call.level == "7" else "RemoteSigned"
    )
    call.write(enum_value("Microsoft.PowerShell.ExecutionPolicy", str(chosen)))


def _set_execution_policy(call: Call) -> None:
    policy = call.convert(call.bound.get("ExecutionPolicy"), "Microsoft.PowerShell.ExecutionPolicy")
    if call.should_process("ExecutionPolicy", f"Set-ExecutionPolicy {policy}"):
        call.session.items["execution-policy"] = str(policy)


def _verbs(call: Call) -> None:
    from exmigrate.twin.powershell.text.wildcard import like
    from exmigrate.twin.powershell.values import PSObject

    wanted = [to_text(one) for one in call.bound.get("Verb") or ["*"]]
    for group, verbs in _VERBS.items():
        for verb in verbs.split():
            if any(like(verb, pattern) for pattern in wanted):
                call.write(PSObject({"Verb": verb, "Group": group}))


_VERBS = {
    "Common": "Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo Remove "
    "Rename Reset Resize Search Select Set Show Skip Split Step Switch Undo Unlock Watch",
    "Data": "Backup Checkpoint Compare Compress Convert ConvertFrom ConvertTo Dismount Edit Expand Export Group Import "
    "Initialize Limit Merge Mount Out Publish Restore Save Sync Unpublish Update",
    "Lifecycle": "Approve Assert Complete Confirm Deny Disable Enable Install Invoke Register Request Restart Resume Start "
    "Stop Submit Suspend Uninstall Unregister Wait",
    "Diagnostic": "Debug Measure Ping Repair Resolve Test Trace",
    "Communications": "Connect Disconnect Read Receive Send Write",
    "Security": "Block Grant Protect Revoke Unblock Unprotect",
    "Other": "Use",
}


def _copy_property(call: Call, move: bool) -> None:
    name = to_text(call.bound.get("Name"))
    target = drives_of(call.session).place(to_text(call.bound.get("Destination")))
    for _, place in places(call):
        found = place.provider.properties(call.session, place.path, None)
        key = next((one for one in found if one.lower() == name.lower()), None)
        if key is None:
            raise call.throw(
                f"Property {name} does not exist at path {place.path}.",
                "System.Management.Automation.PSArgumentException",
                "InvalidArgument",
                name,
                exception="System.Management.Automation.PSArgumentException",
            )
        target.provider.set_property(call.session, target.path, key, found[key], None)
        if move:
            place.provider.remove_property(call.session, place.path, key)


_INPUT = Parameter("InputObject", "psobject", pipeline=True)
_NAME = Parameter("Name", "string", position=2, mandatory=True)
_DESTINATION = Parameter("Destination", "string", position=1, mandatory=True)
CMDLETS = [
    Cmdlet(
        "ConvertFrom-StringData",
        parameters=[
            Parameter("StringData", "string", position=0, mandatory=True, pipeline=True, allow_empty=True),
            Parameter("Delimiter", "char", position=1, since="7"),
        ],
        process=_string_data,
    ),
    Cmdlet(
        "ConvertTo-Html",
        parameters=[
            _INPUT,
            Parameter("Property", "object[]", position=0),
            Parameter("Body", "string[]", position=3),
            Parameter("Head", "string[]", position=1),
            Parameter("Title", "string", position=2),
            Parameter("As", "string"),
            Parameter("Fragment", "switch"),
            Parameter("PreContent", "string[]"),
            Parameter("PostContent", "string[]"),
        ],
        process=collect,
        end=_html_end,
    ),
    Cmdlet(
        "Join-String",
        parameters=[
            _INPUT,
            Parameter("Property", "object", position=0),
            Parameter("Separator", "string", position=1),
            Parameter("OutputPrefix", "string", aliases=("op",)),
            Parameter("OutputSuffix", "string", aliases=("os",)),
            Parameter("SingleQuote", "switch"),
            Parameter("DoubleQuote", "switch"),
        ],
        process=collect,
        end=_join_end,
        since="7",
    ),
    Cmdlet("New-TemporaryFile", process=_temporary_file, since="5.1", should_process=True),
    Cmdlet("Get-TimeZone", process=_time_zone, since="5.1"),
    Cmdlet("Clear-Host", process=lambda call: None, aliases=("cls", "clear")),
    Cmdlet("Unblock-File", parameters=[PATH], process=_unblock, since="3.0"),
    Cmdlet(
        "Add-Type",
        parameters=[
            Parameter("TypeDefinition", "string", position=0, sets=("FromSource",), mandatory=True),
            Parameter("Name", "string", sets=("FromMember",), mandatory=True),
            Parameter("MemberDefinition", "string[]", sets=("FromMember",), mandatory=True),
            Parameter("Path", "string[]", sets=("FromPath",), mandatory=True),
            Parameter(
                "AssemblyName", "string[]", sets=("FromAssemblyName",), mandatory=True, aliases=("AN",)
            ),
            Parameter("Namespace", "string"),
            Parameter("Language", "string"),
            Parameter("ReferencedAssemblies", "string[]", aliases=("RA",)),
            Parameter("PassThru", "switch"),
            Parameter("IgnoreWarnings", "switch"),
        ],
        process=_add_type,
        default_set="FromSource",
    ),
    Cmdlet(
        "Get-ExecutionPolicy",
        parameters=[Parameter("Scope", "string", position=0), Parameter("List", "switch")],
        process=_execution_policy,
    ),
    Cmdlet(
        "Set-ExecutionPolicy",
        parameters=[
            Parameter("ExecutionPolicy", "string", position=0, mandatory=True, pipeline_by_name=True),
            Parameter("Scope", "string", position=1),
            Parameter("Force", "switch"),
        ],
        process=_set_execution_policy,
        should_process=True,
    ),
    Cmdlet("Get-Verb", parameters=[Parameter("Verb", "string[]", position=0)], process=_verbs),
    Cmdlet(
        "Copy-ItemProperty",
        parameters=[PATH, _DESTINATION, _NAME, Parameter("PassThru", "switch"), Parameter("Force", "switch")],
        process=lambda call: _copy_property(call, False),
        should_process=True,
        aliases=("cpp",),
    ),
    Cmdlet(
        "Move-ItemProperty",
        parameters=[PATH, _DESTINATION, _NAME, Parameter("PassThru", "switch"), Parameter("Force", "switch")],
        process=lambda call: _copy_property(call, True),
        should_process=True,
        aliases=("mp",),
    ),
]
