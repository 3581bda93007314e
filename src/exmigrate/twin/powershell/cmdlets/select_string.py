"""Select-String."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.content import split_lines
from exmigrate.twin.powershell.cmdlets.encodings import decode
from exmigrate.twin.powershell.cmdlets.items import places
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text import regex as rx
from exmigrate.twin.powershell.text.regex_syntax import IGNORE_CASE
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.regexes import MatchObject
from exmigrate.twin.powershell.types.texts import to_text


def _info_text(record: Any, ctx: Any) -> str:
    values = record.values
    if values["Path"] == "InputStream":
        return str(values["Line"])
    return f"{values['Path']}:{values['LineNumber']}:{values['Line']}"


CONTEXT = v.record_type(
    "Microsoft.PowerShell.Commands.MatchInfoContext",
    {
        "PreContext": "System.String[]",
        "PostContext": "System.String[]",
        "DisplayPreContext": "System.String[]",
        "DisplayPostContext": "System.String[]",
    },
)
MATCH_INFO = v.record_type(
    "Microsoft.PowerShell.Commands.MatchInfo",
    {
        "IgnoreCase": "System.Boolean", "LineNumber": "System.UInt64", "Line": "System.String", "Filename": "System.String",
        "Path": "System.String", "Pattern": "System.String", "Context": "Microsoft.PowerShell.Commands.MatchInfoContext",
        "Matches": "System.Text.RegularExpressions.Match[]",
    },
    to_string=_info_text,
)  # fmt: skip


def _begin(call: Call) -> None:
    fold = 0 if call.flag("CaseSensitive") else IGNORE_CASE
    patterns = [to_text(one) for one in call.bound.get("Pattern") or []]
    call.state["patterns"] = []
    for pattern in patterns:
        source = rx.escape_regex(pattern) if call.flag("SimpleMatch") else pattern
        try:
            call.state["patterns"].append((pattern, rx.compile_regex(source, fold)))
        except NetFault as fault:
            raise call.throw(
                f"The string {pattern} is not a valid regular expression: {fault.message}",
                "InvalidRegex",
                "InvalidArgument",
                exception="System.ArgumentException",
            ) from None
    call.state["number"] = 0


def _process(call: Call) -> None:
    if call.set_name in ("File", "LiteralFile"):
        _in_files(call)
        return
    value = call.bound.get("InputObject")
    if value is None:
        return
    if type(value).__name__ == "FileItem":
        if not value.stat.is_directory:
            _search_file(call, value.path, call.machine.files.read(value.path))
        return
    call.state["number"] += 1
    line = to_text(value, call.session)
    found = _match(call, line)
    if found is None:
        return
    if call.flag("Quiet"):
        _quiet(call)
        return
    _emit(call, line, call.state["number"], "InputStream", found, None)


def _quiet(call: Call) -> None:
    if not call.state.get("answered"):
        call.state["answered"] = True
        call.write(True)


def _in_files(call: Call) -> None:
    for _, place in places(call):
        name = place.provider.leaf(place.path)
        include, exclude = call.bound.get("Include"), call.bound.get("Exclude")
        if include and not any(like(name, to_text(one)) for one in include):
            continue
        if exclude and any(like(name, to_text(one)) for one in exclude):
            continue
        if not place.provider.is_container(call.session, place.path):
            _search_file(call, place.path, place.provider.read(call.session, place.path))


def _search_file(call: Call, path: str, data: bytes) -> None:
    lines = split_lines(decode(data, call.bound.get("Encoding"), call.level))
    before, after = _context(call)
    for number, line in enumerate(lines, 1):
        found = _match(call, line)
        if found is None:
            continue
        if call.flag("Quiet"):
            _quiet(call)
            return
        context = None
        if before or after:
            context = (lines[max(0, number - 1 - before) : number - 1], lines[number : number + after])
        _emit(call, line, number, path, found, context)
        if call.flag("List"):
            return


def _context(call: Call) -> tuple[int, int]:
    given = call.bound.get("Context")
    if not given:
        return 0, 0
    return int(given[0]), int(given[1] if len(given) > 1 else given[0])


def _match(call: Call, line: str) -> tuple[str, list[MatchObject]] | None:
    for pattern, regex in call.state["patterns"]:
        if call.flag("AllMatches"):
            found = [MatchObject(regex, one) for one in regex.compiled.finditer(line)]
        else:
            one = regex.compiled.search(line)
            found = [MatchObject(regex, one)] if one is not None else []
        if bool(found) != call.flag("NotMatch"):
            return pattern, found
    return None


def _emit(call: Call, line: str, number: int, path: str, found: Any, context: Any) -> None:
    pattern, matches = found
    if call.flag("Raw"):
        call.write(line)
        return
    simple = call.flag("SimpleMatch") and call.level != "7"
    values: dict[str, Any] = {
        "IgnoreCase": not call.flag("CaseSensitive"),
        "LineNumber": v.UInt64(number) if call.level == "7" else number,
        "Line": line,
        "Filename": path.replace("/", "\\").rpartition("\\")[2],
        "Path": path,
        "Pattern": pattern,
        "Context": None,
        "Matches": [] if simple else matches,
    }
    if context is not None:
        values["Context"] = v.Record(
            CONTEXT,
            {
                "PreContext": context[0],
                "PostContext": context[1],
                "DisplayPreContext": context[0],
                "DisplayPostContext": context[1],
            },
        )
    call.write(v.Record(MATCH_INFO, values))


def _end(call: Call) -> None:
    if call.flag("Quiet") and not call.state.get("answered"):
        call.write(False)


CMDLETS = [
    Cmdlet(
        "Select-String",
        parameters=[
            Parameter("Pattern", "string[]", position=0, mandatory=True),
            Parameter(
                "InputObject",
                "psobject",
                sets=("Object",),
                mandatory=True,
                pipeline=True,
                allow_null=True,
                allow_empty=True,
            ),
            Parameter("Path", "string[]", sets=("File",), position=1, mandatory=True, pipeline_by_name=True),
            Parameter(
                "LiteralPath",
                "string[]",
                sets=("LiteralFile",),
                mandatory=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
                since="3.0",
            ),
            *[
                Parameter(name, "switch")
                for name in ("SimpleMatch", "CaseSensitive", "Quiet", "List", "NotMatch", "AllMatches")
            ],
            Parameter("Include", "string[]"),
            Parameter("Exclude", "string[]"),
            Parameter("Encoding", "object"),
            Parameter("Context", "int[]"),
            Parameter("Raw", "switch", since="7"),
            Parameter("NoEmphasis", "switch", since="7"),
        ],
        begin=_begin,
        process=_process,
        end=_end,
        default_set="File",
        aliases=("sls",),
    )
]
