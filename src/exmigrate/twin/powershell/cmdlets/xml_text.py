"""ConvertTo-Xml, Select-Xml, Export-Clixml, Import-Clixml."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.clixml import Serializer
from exmigrate.twin.powershell.clixml_reader import Deserializer
from exmigrate.twin.powershell.cmdlets.encodings import decode, encode
from exmigrate.twin.powershell.cmdlets.items import existing_files, places, report
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.published import NotSimulated
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.xmlnodes import Node, escape, parse
from exmigrate.twin.powershell.types.xmltypes import DOCUMENT, MAKER
from exmigrate.twin.powershell.types.xpath import select


def _collect(call: Call) -> None:
    if "InputObject" in call.bound:
        call.state.setdefault("items", []).append(call.bound["InputObject"])


class _XmlWriter:
    """Writes objects as ConvertTo-Xml does."""

    def __init__(self, call: Call):
        self.session = call.session
        self.types = not call.flag("NoTypeInformation")
        self.depth = int(call.bound.get("Depth") or 1)
        self.end = "\r\n" if call.machine.platform == "windows" else "\n"

    def element(self, tag: str, value: Any, name: str | None, level: int, depth: int) -> str:
        """One Object or Property element."""
        pad = "  " * level
        attributes = (f' Name="{escape(name, True)}"' if name is not None else "") + (
            f' Type="{escape(d.type_of(value).name, True)}"' if self.types and value is not None else ""
        )
        if value is None:
            return f"{pad}<{tag}{attributes} />"
        children = self._children(value, level, depth)
        if children is None:
            return f"{pad}<{tag}{attributes}>{escape(to_text(value, self.session))}</{tag}>"
        if not children:
            return f"{pad}<{tag}{attributes} />"
        return f"{pad}<{tag}{attributes}>{self.end}{self.end.join(children)}{self.end}{pad}</{tag}>"

    def _children(self, value: Any, level: int, depth: int) -> list[str] | None:
        if isinstance(value, c.DictionaryBase):
            out = []
            for key, item in value.items():
                out.append(self.element("Property", key, "Key", level + 1, depth - 1))
                out.append(self.element("Property", item, "Value", level + 1, depth - 1))
            return out
        if depth < 0 or isinstance(value, (str, int, float, bool)) or d.type_of(value).is_value_type:
            return None
        if isinstance(value, (list, c.ListBase)):
            return [self.element("Property", item, None, level + 1, depth - 1) for item in value]
        out = []
        for name in property_names(value, self.session):
            try:
                out.append(
                    self.element(
                        "Property", get_property(value, name, self.session), name, level + 1, depth - 1
                    )
                )
            except NotSimulated:
                raise
            except PSError:
                continue
        return out


def _to_xml_end(call: Call) -> None:
    writer = _XmlWriter(call)
    items = call.state.get("items", [])
    end = writer.end
    body = end.join(writer.element("Object", item, None, 1, writer.depth) for item in items)
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    root = f"<Objects>{end}{body}{end}</Objects>" if items else "<Objects />"
    form = to_text(call.bound.get("As") or "Document").lower()
    if form == "document":
        call.write(convert(declaration + root, DOCUMENT, call.session))
    elif form == "stream":
        call.write(declaration)
        call.write("<Objects>")
        for item in items:
            call.write(writer.element("Object", item, None, 0, writer.depth))
        call.write("</Objects>")
    else:
        call.write(declaration + end + root)


SELECT_INFO = v.record_type(
    "Microsoft.PowerShell.Commands.SelectXmlInfo",
    {"Node": "System.Xml.XmlNode", "Path": "System.String", "Pattern": "System.String"},
)


def _select_xml(call: Call) -> None:
    path = to_text(call.bound.get("XPath"))
    spaces = call.bound.get("Namespace")
    table = {to_text(k): to_text(x) for k, x in spaces.items()} if spaces is not None else None
    for shown, node in _sources(call):
        try:
            found = select(node, path, table)
        except NetFault as fault:
            call.write_error(fault.message, "ProcessingFile", "SyntaxError", exception=fault.kind)
            continue
        for one in found:
            call.write(v.Record(SELECT_INFO, {"Node": one, "Path": shown, "Pattern": path}))


def _sources(call: Call) -> Any:
    bound = call.bound
    if bound.get("Xml") is not None:
        for node in bound["Xml"] if isinstance(bound["Xml"], list) else [bound["Xml"]]:
            yield "InputStream", node
    elif bound.get("Content") is not None:
        for text in bound["Content"]:
            yield "InputStream", _parsed(call, to_text(text))
    else:
        for _, place in places(call):
            yield place.path, _parsed(call, decode(place.provider.read(call.session, place.path), None, "7"))


def _parsed(call: Call, text: str) -> Node:
    try:
        return parse(text, MAKER)
    except NetFault as fault:
        raise call.throw(fault.message, "ProcessingFile", "InvalidData", exception=fault.kind) from None


def _export_end(call: Call) -> None:
    depth = call.bound.get("Depth")
    items = call.state.get("items", [])
    text = Serializer(call.session, 2 if depth is None else int(depth), indent=True).document(items)
    if call.machine.platform == "windows":
        text = text.replace("\n", "\r\n")
    for _, place in places(call, must_exist=False):
        if not call.should_process(place.path, "Export-Clixml"):
            continue
        stat = call.machine.files.stat(place.path)
        if stat is not None and call.flag("NoClobber"):
            raise call.throw(
                f"The file '{place.path}' already exists.",
                "NoClobber",
                "ResourceExists",
                place.path,
                exception="System.IO.IOException",
            )
        encoding = call.bound.get("Encoding")
        data = encode(
            text,
            encoding if encoding is not None else ("utf8NoBOM" if call.level == "7" else "Unicode"),
            call.level,
            "out",
            True,
        )
        try:
            place.provider.write(call.session, place.path, data, False)
        except PSError as fault:
            report(call, fault)


def _import(call: Call) -> None:
    texts = [to_text(one) for one in call.bound.get("LiteralPath") or call.bound.get("Path") or []]
    for _, place in existing_files(call, texts):
        data = place.provider.read(call.session, place.path)
        values = Deserializer().document(decode(data, None, "7"))
        skip, first = int(call.bound.get("Skip") or 0), call.bound.get("First")
        for value in values[skip : None if first is None else skip + int(first)]:
            call.write(value)


_INPUT = Parameter(
    "InputObject", "psobject", mandatory=True, pipeline=True, allow_null=True, allow_empty=True
)
CMDLETS = [
    Cmdlet(
        "ConvertTo-Xml",
        parameters=[
            Parameter("InputObject", "psobject", position=0, mandatory=True, pipeline=True, allow_null=True),
            Parameter("Depth", "int"),
            Parameter("NoTypeInformation", "switch"),
            Parameter("As", "string"),
        ],
        process=_collect,
        end=_to_xml_end,
    ),
    Cmdlet(
        "Select-Xml",
        parameters=[
            Parameter("XPath", "string", position=0, mandatory=True),
            Parameter(
                "Xml",
                "System.Xml.XmlNode[]",
                sets=("Xml",),
                position=1,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
                aliases=("Node",),
            ),
            Parameter("Path", "string[]", sets=("Path",), position=1, mandatory=True, pipeline_by_name=True),
            Parameter(
                "LiteralPath",
                "string[]",
                sets=("LiteralPath",),
                mandatory=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
            ),
            Parameter("Content", "string[]", sets=("Content",), mandatory=True, pipeline=True),
            Parameter("Namespace", "hashtable"),
        ],
        process=_select_xml,
        default_set="Xml",
    ),
    Cmdlet(
        "Export-Clixml",
        parameters=[
            Parameter("Path", "string", sets=("ByPath",), position=0, mandatory=True),
            Parameter(
                "LiteralPath",
                "string",
                sets=("ByLiteralPath",),
                mandatory=True,
                aliases=("PSPath",),
                since="3.0",
            ),
            _INPUT,
            Parameter("Depth", "int"),
            Parameter("Force", "switch"),
            Parameter("NoClobber", "switch", aliases=("NoOverwrite",)),
            Parameter("Encoding", "object"),
        ],
        process=_collect,
        end=_export_end,
        default_set="ByPath",
        should_process=True,
    ),
    Cmdlet(
        "Import-Clixml",
        parameters=[
            Parameter(
                "Path",
                "string[]",
                sets=("ByPath",),
                position=0,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
            ),
            Parameter(
                "LiteralPath",
                "string[]",
                sets=("ByLiteralPath",),
                mandatory=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
                since="3.0",
            ),
            Parameter("First", "long", since="3.0"),
            Parameter("Skip", "long", since="3.0"),
            Parameter("IncludeTotalCount", "switch", since="3.0"),
        ],
        process=_import,
        default_set="ByPath",
    ),
]
