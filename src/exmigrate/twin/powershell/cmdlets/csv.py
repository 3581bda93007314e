"""ConvertTo-Csv, ConvertFrom-Csv, Export-Csv, Import-Csv."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.encodings import decode, encode, line_end
from exmigrate.twin.powershell.cmdlets.items import existing_files, places, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types.access import shown_property
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.typenames import type_names
from exmigrate.twin.powershell.values import MISSING


def _delimiter(call: Call) -> str:
    return str(call.bound["Delimiter"]) if call.bound.get("Delimiter") is not None else ","


def _rows(call: Call) -> list[str]:
    """The lines for the current object: before the first one, the type line and the header."""
    value = call.bound.get("InputObject")
    if value is None:
        return []
    lines: list[str] = []
    state = call.state
    delimiter = _delimiter(call)
    if "names" not in state:
        names = property_names(value, call.session)
        state["names"] = names
        if _type_line(call):
            lines.append(f"#TYPE {type_names(value)[0]}")
        if not call.flag("NoHeader"):
            lines.append(delimiter.join(_quoted(call, name, delimiter) for name in names))
    cells = []
    for name in state["names"]:
        found = _cell(value, name, call.session)
        cells.append("" if found is None else _quoted(call, found, delimiter))
    lines.append(delimiter.join(cells))
    return lines


def _type_line(call: Call) -> bool:
    return call.flag("IncludeTypeInformation") if call.level == "7" else not call.flag("NoTypeInformation")


def _cell(value: Any, name: str, session: Any) -> str | None:
    found = shown_property(value, name, session)
    if found is MISSING or found is None:
        return None
    if isinstance(found, (list, v.MultiArray)):
        from exmigrate.twin.powershell.types.texts import member_text

        return member_text(found, session)
    return to_text(found, session)


def _quoted(call: Call, text: str, delimiter: str) -> str:
    mode = to_text(call.bound.get("UseQuotes") or "Always").lower()
    needs = any(mark in text for mark in (delimiter, '"', "\n", "\r"))
    if mode == "never" or (mode == "asneeded" and not needs):
        return text
    return '"' + text.replace('"', '""') + '"'


def _to_csv(call: Call) -> None:
    for line in _rows(call):
        call.write(line)


def _export_process(call: Call) -> None:
    call.state.setdefault("lines", []).extend(_rows(call))


def _one_path(call: Call) -> None:
    """Path or LiteralPath: neither is mandatory by itself, one of them is."""
    if ("Path" in call.bound) == ("LiteralPath" in call.bound):
        raise call.throw(
            "You must specify either the -Path or -LiteralPath parameters, but not both.",
            "CannotSpecifyPathAndLiteralPath",
            "InvalidData",
            exception="System.InvalidOperationException",
        )


def _export_end(call: Call) -> None:
    lines = call.state.get("lines", [])
    for _, place in places(call, must_exist=False):
        if not call.should_process(place.path, "Export-Csv"):
            continue
        files = call.machine.files
        stat = files.stat(place.path)
        append = call.flag("Append") and stat is not None and stat.length > 0
        if stat is not None and call.flag("NoClobber") and not append:
            raise call.throw(
                f"The file '{place.path}' already exists.",
                "NoClobber",
                "ResourceExists",
                place.path,
                exception="System.IO.IOException",
            )
        body = lines[_heading(call) :] if append else lines
        text = "".join(line + line_end(call.machine) for line in body)
        try:
            place.provider.write(
                call.session,
                place.path,
                encode(text, call.bound.get("Encoding"), call.level, "csv", not append),
                append,
            )
        except PSError as fault:
            report(call, fault)


def _heading(call: Call) -> int:
    return (
        (1 if _type_line(call) else 0) + (0 if call.flag("NoHeader") else 1) if call.state.get("lines") else 0
    )


def parse_records(text: str, delimiter: str) -> list[list[str]]:
    """Records of a CSV text; quoted cells may span lines."""
    records: list[list[str]] = []
    record: list[str] = []
    cell: list[str] = []
    position, size, quoted, any_text = 0, len(text), False, False
    while position < size:
        letter = text[position]
        if quoted:
            if letter == '"' and text[position + 1 : position + 2] == '"':
                cell.append('"')
                position += 1
            elif letter == '"':
                quoted = False
            else:
                cell.append(letter)
        elif letter == '"' and not "".join(cell).strip():
            quoted, any_text = True, True
            cell = []
        elif letter == delimiter:
            record.append("".join(cell))
            cell, any_text = [], True
        elif letter in "\r\n":
            if letter == "\r" and text[position + 1 : position + 2] == "\n":
                position += 1
            if cell or record or any_text:
                records.append([*record, "".join(cell)])
            record, cell, any_text = [], [], False
        elif not (letter in " \t" and not cell):
            cell.append(letter)
        position += 1
    if cell or record or any_text:
        records.append([*record, "".join(cell)])
    return records


def _objects(call: Call, text: str) -> None:
    delimiter = _delimiter(call)
    records = parse_records(text, delimiter)
    kind: tuple[str, ...] = ()
    while records and records[0] and records[0][0].startswith("#"):
        if records[0][0].startswith("#TYPE "):
            kind = (records[0][0][6:].strip(),)
        records.pop(0)
    given = call.bound.get("Header")
    header = [to_text(one) for one in given] if given is not None else (records.pop(0) if records else [])
    names = _header_names(call, header)
    for record in records:
        props = {name: (record[index] if index < len(record) else None) for index, name in enumerate(names)}
        call.write(v.PSObject(dict(props), tuple(f"CSV:{one}" for one in kind)))


def _header_names(call: Call, header: list[str]) -> list[str]:
    names: list[str] = []
    unnamed = 0
    for name in header:
        if not name:
            unnamed += 1
            name = f"H{unnamed}"
        if name.lower() in (one.lower() for one in names):
            raise call.throw(
                f'The member "{name}" is already present.',
                "AlreadyPresentPSMemberInfoInternalCollectionAdd",
                "NotSpecified",
                exception="System.Management.Automation.ExtendedTypeSystemException",
            )
        names.append(name)
    if unnamed:
        call.warning(
            'One or more headers were not specified. Default names starting with "H" have been used in place of any missing headers.'
        )
    return names


def _from_csv_process(call: Call) -> None:
    value = call.bound.get("InputObject")
    lines = call.state.setdefault("lines", [])
    for one in value if isinstance(value, list) else [value]:
        if one is not None:
            lines.append(to_text(one))


def _from_csv_end(call: Call) -> None:
    _objects(call, "\n".join(call.state.get("lines", [])))


def _import(call: Call) -> None:
    texts = [to_text(one) for one in call.bound.get("LiteralPath") or call.bound.get("Path") or []]
    for _, place in existing_files(call, texts):
        try:
            data = place.provider.read(call.session, place.path)
        except PSError as fault:
            report(call, fault)
            continue
        _objects(call, decode(data, call.bound.get("Encoding"), call.level))


_INPUT = Parameter("InputObject", "psobject", mandatory=True, pipeline=True, pipeline_by_name=True)
_DELIMITER = Parameter("Delimiter", "char", position=1)
_FORM = [
    Parameter("UseCulture", "switch"),
    Parameter("NoTypeInformation", "switch", aliases=("NTI",)),
    Parameter("IncludeTypeInformation", "switch", since="7", aliases=("ITI",)),
    Parameter("UseQuotes", "string", since="7"),
    Parameter("QuoteFields", "string[]", since="7"),
    Parameter("NoHeader", "switch", since="7"),
]
CMDLETS = [
    Cmdlet("ConvertTo-Csv", parameters=[_INPUT, _DELIMITER, *_FORM], process=_to_csv),
    Cmdlet(
        "Export-Csv",
        parameters=[
            _INPUT,
            Parameter("Path", "string", position=0),
            Parameter("LiteralPath", "string", aliases=("PSPath",), since="3.0"),
            _DELIMITER,
            *_FORM,
            Parameter("Force", "switch"),
            Parameter("NoClobber", "switch", aliases=("NoOverwrite",)),
            Parameter("Append", "switch", since="3.0"),
            Parameter("Encoding", "object"),
        ],
        begin=_one_path,
        process=_export_process,
        end=_export_end,
        should_process=True,
        aliases=("epcsv",),
    ),
    Cmdlet(
        "ConvertFrom-Csv",
        parameters=[
            Parameter(
                "InputObject",
                "psobject[]",
                position=0,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
                allow_empty=True,
            ),
            _DELIMITER,
            Parameter("UseCulture", "switch"),
            Parameter("Header", "string[]"),
        ],
        process=_from_csv_process,
        end=_from_csv_end,
    ),
    Cmdlet(
        "Import-Csv",
        parameters=[
            Parameter("Path", "string[]", position=0, pipeline=True, pipeline_by_name=True),
            Parameter("LiteralPath", "string[]", pipeline_by_name=True, aliases=("PSPath",), since="3.0"),
            _DELIMITER,
            Parameter("UseCulture", "switch"),
            Parameter("Header", "string[]"),
            Parameter("Encoding", "object", since="3.0"),
        ],
        process=_import,
        aliases=("ipcsv",),
    ),
]
