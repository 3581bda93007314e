"""Get-Help: comment-based help of functions and scripts; of a cmdlet what its signature says (about_Comment_Based_Help)."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.code import CommandInfo
from exmigrate.twin.powershell.runtime.engine.commands import syntax_text
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import PSObject

_SECTION = re.compile(r"^[ \t]*(?:#[ \t]*)?\.([A-Za-z]+)[ \t]*(\S*)[ \t]*\r?$", re.M)
_KEYWORDS = {"synopsis", "description", "parameter", "example", "inputs", "outputs", "notes", "link", "component", "role",
             "functionality", "forwardhelptargetname", "externalhelp"}  # fmt: skip


def sections(text: str) -> dict[str, list[tuple[str, str]]]:
    """The sections of a help comment: keyword in lower case to its (argument, text) pairs in order."""
    marks = [mark for mark in _SECTION.finditer(text) if mark.group(1).lower() in _KEYWORDS]
    found: dict[str, list[tuple[str, str]]] = {}
    for position, mark in enumerate(marks):
        end = marks[position + 1].start() if position + 1 < len(marks) else len(text)
        found.setdefault(mark.group(1).lower(), []).append((mark.group(2), _plain(text[mark.end() : end])))
    return found


def _plain(text: str) -> str:
    """Section text without its indentation."""
    lines = text.replace("\r\n", "\n").strip("\n").rstrip().split("\n")
    used = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    cut = min(used, default=0)
    return "\n".join(line[cut:] for line in lines).strip()


def _texts(text: str) -> list[PSObject]:
    return [PSObject({"Text": text})] if text else []


def help_object(session: Any, info: CommandInfo) -> PSObject:
    """What Get-Help gives for a command."""
    block = getattr(info, "block", None)
    found = sections(block.code.help_text) if block is not None else {}
    shown = syntax_text(session, info)

    def first(name: str) -> str:
        return found[name][0][1] if name in found else ""

    parameters = [
        PSObject({"name": name, "description": _texts(text)}) for name, text in found.get("parameter", [])
    ]
    examples = [
        PSObject(
            {
                "title": f"-------------------------- EXAMPLE {number} --------------------------",
                "code": text.split("\n")[0],
                "remarks": _texts("\n".join(text.split("\n")[1:]).strip()),
            }
        )
        for number, (_, text) in enumerate(found.get("example", []), 1)
    ]
    return PSObject(
        {
            "Name": info.name,
            "Category": info.kind,
            "Synopsis": first("synopsis") or shown,
            "Syntax": shown,
            "Description": _texts(first("description")),
            "Parameters": PSObject({"parameter": parameters}),
            "Examples": PSObject({"example": examples}),
            "Inputs": first("inputs"),
            "Outputs": first("outputs"),
            "AlertSet": first("notes"),
            "RelatedLinks": [text or argument for argument, text in found.get("link", [])],
            "Component": first("component") or None,
            "Role": first("role") or None,
            "Functionality": first("functionality") or None,
        },
        ("HelpInfo",),
    )


def _help(call: Any) -> None:
    name = to_text(call.get("Name") or "Get-Help", call.session)
    info = call.session.commands.find(name)
    if info is None:
        call.write_error(
            f"Get-Help could not find {name} in a help file in this session. To download updated help topics type: "
            '"Update-Help". To get help online, search for the help topic in the TechNet library at '
            "https://go.microsoft.com/fwlink/?LinkID=107116.",
            "HelpNotFound",
            "ResourceUnavailable",
            exception="Microsoft.PowerShell.Commands.HelpNotFoundException",
        )
        return
    made = help_object(call.session, info)
    wanted = call.get("Parameter")
    if wanted is None:
        call.write(made)
        return
    for parameter in made.props["Parameters"].props["parameter"]:
        if parameter.props["name"].lower() == to_text(wanted).lower():
            call.write(parameter)


CMDLETS = [
    Cmdlet(
        "Get-Help",
        [
            Parameter("Name", "string", position=0, pipeline_by_name=True),
            Parameter("Parameter", "string"),
            Parameter("Path", "string"),
            Parameter("Category", "string[]"),
            *(Parameter(name, "switch") for name in ("Full", "Detailed", "Examples", "Online")),
            Parameter("ShowWindow", "switch", since="3.0"),
        ],
        _help,
    ),
]
ALIASES = {"help": "Get-Help", "man": "Get-Help"}
