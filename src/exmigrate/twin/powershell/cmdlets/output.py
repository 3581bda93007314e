"""Out-Default, Out-Host, Out-String, Out-File, Format-Table, Format-List, Format-Wide, Format-Custom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.cmdlets.encodings import encode, line_end
from exmigrate.twin.powershell.cmdlets.items import places_of
from exmigrate.twin.powershell.cmdlets.properties import Column, columns, expand
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.formatting.formatter import FormatDocument, Formatter, table_lines, view_of
from exmigrate.twin.powershell.formatting.listing import render_item
from exmigrate.twin.powershell.formatting.table import TableColumn, TableStyle
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.access import elements, shown_property
from exmigrate.twin.powershell.types.dictionaries import entries
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.typenames import type_names
from exmigrate.twin.powershell.values import MISSING

declare_type("Microsoft.PowerShell.Commands.Internal.Format.FormatStartData", python=FormatDocument)


def console_width(call: Call) -> int:
    """Columns of a line on the console: one less than the console is wide."""
    return int(call.session.items.get("console-width", 80)) - 1


def _default_begin(call: Call) -> None:
    call.state["formatter"] = Formatter(
        call.session, console_width(call), lambda text: call.host(text, newline=False)
    )


def _push(call: Call) -> None:
    if "InputObject" in call.bound:
        call.state["formatter"].push(call.bound["InputObject"])


def _finish(call: Call) -> None:
    call.state["formatter"].finish()


def _string_begin(call: Call) -> None:
    call.state["parts"] = []
    width = call.bound.get("Width")
    call.state["formatter"] = Formatter(
        call.session, console_width(call) if width is None else int(width), call.state["parts"].append
    )


def _string_end(call: Call) -> None:
    _finish(call)
    end = line_end(call.machine)
    text = "".join(call.state["parts"]).replace("\n", end)
    if call.flag("Stream"):
        lines = text.split(end)
        for line in lines[:-1] if lines and not lines[-1] else lines:
            call.write(line)
        return
    call.write(text[: -len(end)] if call.flag("NoNewline") and text.endswith(end) else text)


def _file_begin(call: Call) -> None:
    call.state["items"] = []


def _file_push(call: Call) -> None:
    if "InputObject" in call.bound:
        call.state["items"].append(call.bound["InputObject"])


def _file_end(call: Call) -> None:
    path = call.bound.get("FilePath") or call.bound.get("LiteralPath")
    if call.should_process(to_text(path), "Output to File"):
        write_file(call, to_text(path), call.state["items"], call.flag("Append"))


def write_file(call: Call, path: str, items: list[Any], append: bool) -> None:
    """Writes objects as a console shows them to a file (Out-File, ``>``, Tee-Object)."""
    parts: list[str] = []
    width = call.bound.get("Width")
    formatter = Formatter(call.session, console_width(call) if width is None else int(width), parts.append)
    for item in items:
        formatter.push(item)
    formatter.finish()
    text = "".join(parts).replace("\n", "" if call.flag("NoNewline") else line_end(call.machine))
    for _, place in places_of(call, [path], "LiteralPath" in call.bound, must_exist=False):
        stat = call.machine.files.stat(place.path)
        if stat is not None and call.flag("NoClobber") and not append:
            raise call.throw(
                f"The file '{place.path}' already exists.",
                "NoClobber",
                "ResourceExists",
                place.path,
                exception="System.IO.IOException",
            )
        start = not append or stat is None or stat.length == 0
        present = (
            call.machine.files.read(place.path, 0, 4) if append and stat is not None and stat.length else b""
        )
        data = encode(text, call.bound.get("Encoding"), call.level, "out", start, present)
        try:
            place.provider.write(call.session, place.path, data, append)
        except PSError as fault:
            exception = fault.record.exception
            raise call.throw(
                exception.message, "FileOpenFailure", "OpenError", exception=exception.type_name
            ) from None


# Format-* ------------------------------------------------------------------------------------------------------


def _collect(call: Call) -> None:
    if "InputObject" not in call.bound:
        return
    items = call.state.setdefault("items", [])
    value = call.bound["InputObject"]
    if value is None:
        return
    if isinstance(value, c.DictionaryBase):
        items.extend(entries(value))
    elif isinstance(value, (list, c.ListBase)):
        items.extend(elements(value, call.session))
    else:
        items.append(value)


def _table_end(call: Call) -> None:
    items = call.state.get("items", [])
    if not items:
        return
    if all(isinstance(item, (str, int, float)) for item in items) and call.bound.get("Property") is None:
        for item in items:
            call.write(item)
        return
    chosen = _table_columns(call, items)
    group = _group_of(call)
    legacy = call.level != "7"
    auto = call.flag("AutoSize")
    session = call.session
    wrap, hide = call.flag("Wrap"), call.flag("HideTableHeaders")

    def render(width: int) -> list[str]:
        spread = call.level in ("2.0", "3.0") and not auto
        style = TableStyle(width, wrap, hide, legacy, spread)
        if group is None:
            return table_lines(chosen, items, style, session)
        return _grouped(items, group, lambda members: table_lines(chosen, members, style, session), session)

    call.write(FormatDocument(render))


def _grouped(
    items: list[Any], group: Column, make: Callable[[list[Any]], list[str]], session: Any
) -> list[str]:
    lines: list[str] = []
    parts: list[tuple[str, list[Any]]] = []
    for item in items:
        found = group.get(item)
        shown = to_text(None if found is MISSING else found, session)
        if not parts or parts[-1][0] != shown:
            parts.append((shown, []))
        parts[-1][1].append(item)
    for shown, members in parts:
        body = make(members)
        lines += ["", f"   {group.name}: {shown}", *body[:-1]]
    return [*lines, ""]


def _group_of(call: Call) -> Column | None:
    given = call.bound.get("GroupBy")
    return None if given is None else columns(call, [given])[0]


def _table_columns(call: Call, items: list[Any]) -> list[TableColumn]:
    given = call.bound.get("Property")
    if given is None:
        view = view_of(items[0], type_names(items[0]), call.session)
        chosen = [(header, name, width, right) for header, name, width, right in view.columns]
        if not chosen:
            chosen = [(name, name, 0, None) for name in view.names[:10]]
        auto = call.flag("AutoSize")
        return [
            TableColumn(header, _reader(call, name), 0 if auto else width, right)
            for header, name, width, right in chosen
        ]
    made: list[TableColumn] = []
    for column in columns(call, given):
        if column.pattern is None:
            made.append(_table_column(column))
        else:
            made.extend(
                TableColumn(name, _reader(call, name)) for name, _ in expand(column, items[0], call.session)
            )
    return made


def _table_column(column: Column) -> TableColumn:
    options = column.options
    alignment = to_text(options.get("alignment") or "").lower()
    right = {"right": True, "left": False, "center": False}.get(alignment)
    return TableColumn(
        column.name,
        column.get,
        int(options.get("width") or 0),
        right,
        to_text(options.get("formatstring") or ""),
    )


def _reader(call: Call, name: str) -> Callable[[Any], Any]:
    session = call.session

    return lambda value: shown_property(value, name, session)


def _list_end(call: Call) -> None:
    items = call.state.get("items", [])
    if not items:
        return
    given = call.bound.get("Property")
    wanted = columns(call, given) if given is not None else None
    group = _group_of(call)
    legacy = call.level != "7"

    def render(width: int) -> list[str]:
        def body(members: list[Any]) -> list[str]:
            lines = [""] * (2 if legacy else 1)
            for item in members:
                lines += [*_list_lines(call, item, wanted, width), ""]
            return [*lines, *([""] * 2 if legacy else [])]

        return body(items) if group is None else _grouped(items, group, body, call.session)

    call.write(FormatDocument(render))


def _list_lines(call: Call, item: Any, wanted: list[Column] | None, width: int) -> list[str]:
    session = call.session
    if isinstance(item, (str, int, float)) and wanted is None:
        return [to_text(item, session)]
    pairs: list[tuple[str, Any, str]] = []
    if wanted is None:
        view = view_of(item, type_names(item), session)
        names = list(view.names) or [name for _, name, _, _ in view.columns]
        if view.text or not names:
            names = property_names(item, session)
        pairs = [(name, _reader(call, name)(item), "") for name in names]
    else:
        for column in wanted:
            form = to_text(column.options.get("formatstring") or "")
            found = expand(column, item, session)
            if column.pattern is None and found[0][1] is MISSING and not column.options and len(wanted) > 0:
                continue
            pairs.extend((name, value, form) for name, value in found)
    return render_item(
        [(name, None if value is MISSING else value, form) for name, value, form in pairs], width, session
    )


def _wide_end(call: Call) -> None:
    items = call.state.get("items", [])
    if not items:
        return
    given = call.bound.get("Property")
    column = columns(call, [given])[0] if given is not None else None
    count = int(call.bound.get("Column") or 2)
    session = call.session

    def shown(item: Any) -> str:
        if column is not None:
            found = column.get(item)
            return to_text(None if found is MISSING else found, session)
        if isinstance(item, (str, int, float)):
            return to_text(item, session)
        names = property_names(item, session)
        name = next(
            (one for one in names if one.lower() in ("name", "displayname", "id")), names[0] if names else ""
        )
        return to_text(_reader(call, name)(item), session)

    def render(width: int) -> list[str]:
        texts = [shown(item) for item in items]
        cell = max(1, (width - (count - 1)) // count)
        if call.flag("AutoSize"):
            cell = max(len(text) for text in texts)
            return _wide(texts, max(1, (width + 1) // (cell + 1)), cell)
        return _wide(texts, count, cell)

    call.write(FormatDocument(render))


def _wide(texts: list[str], count: int, cell: int) -> list[str]:
    lines = [""]
    for start in range(0, len(texts), count):
        lines.append(" ".join(text[:cell].ljust(cell) for text in texts[start : start + count]).rstrip())
    return [*lines, "", ""]


def _custom_end(call: Call) -> None:
    raise call.throw(
        "Not simulated: Format-Custom.",
        "NotSimulated",
        "NotImplemented",
        exception="System.NotSupportedException",
    )


_INPUT = Parameter("InputObject", "psobject", pipeline=True)
_FORMAT = [
    _INPUT,
    Parameter("Property", "object[]", position=0),
    Parameter("GroupBy", "object"),
    Parameter("View", "string"),
    Parameter("Force", "switch"),
    Parameter("Expand", "string"),
    Parameter("DisplayError", "switch"),
    Parameter("ShowError", "switch"),
]
CMDLETS = [
    Cmdlet(
        "Out-Default",
        parameters=[_INPUT, Parameter("Transcript", "switch", since="3.0")],
        begin=_default_begin,
        process=_push,
        end=_finish,
    ),
    Cmdlet(
        "Out-Host",
        parameters=[_INPUT, Parameter("Paging", "switch")],
        begin=_default_begin,
        process=_push,
        end=_finish,
        aliases=("oh",),
    ),
    Cmdlet(
        "Out-String",
        parameters=[
            _INPUT,
            Parameter("Stream", "switch"),
            Parameter("Width", "int"),
            Parameter("NoNewline", "switch", since="7"),
        ],
        begin=_string_begin,
        process=_push,
        end=_string_end,
    ),
    Cmdlet(
        "Out-File",
        parameters=[
            _INPUT,
            Parameter("FilePath", "string", sets=("ByPath",), position=0, mandatory=True),
            Parameter(
                "LiteralPath",
                "string",
                sets=("ByLiteralPath",),
                mandatory=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
                since="3.0",
            ),
            Parameter("Encoding", "object", position=1),
            Parameter("Append", "switch"),
            Parameter("Force", "switch"),
            Parameter("NoClobber", "switch", aliases=("NoOverwrite",)),
            Parameter("Width", "int"),
            Parameter("NoNewline", "switch", since="5.1"),
        ],
        begin=_file_begin,
        process=_file_push,
        end=_file_end,
        default_set="ByPath",
        should_process=True,
    ),
    Cmdlet(
        "Format-Table",
        parameters=[
            *_FORMAT,
            Parameter("AutoSize", "switch"),
            Parameter("Wrap", "switch"),
            Parameter("HideTableHeaders", "switch"),
        ],
        process=_collect,
        end=_table_end,
        aliases=("ft",),
    ),
    Cmdlet("Format-List", parameters=_FORMAT, process=_collect, end=_list_end, aliases=("fl",)),
    Cmdlet(
        "Format-Wide",
        parameters=[
            _INPUT,
            Parameter("Property", "object", position=0),
            *_FORMAT[2:],
            Parameter("AutoSize", "switch"),
            Parameter("Column", "int"),
        ],
        process=_collect,
        end=_wide_end,
        aliases=("fw",),
    ),
    Cmdlet(
        "Format-Custom", parameters=[*_FORMAT, Parameter("Depth", "int")], end=_custom_end, aliases=("fc",)
    ),
]
