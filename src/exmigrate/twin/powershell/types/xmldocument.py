"""System.Xml.XmlDocument, the cast to [xml], and namespace managers."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import io
from exmigrate.twin.powershell.types.filepaths import full
from exmigrate.twin.powershell.types.textio import newline
from exmigrate.twin.powershell.types.textreaders import Writer
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.xmlnodes import Node, indented, outer, parse
from exmigrate.twin.powershell.types.xmltypes import (
    DOCUMENT,
    MAKER,
    XmlNode,
    clone_node,
    make_node,
    set_attribute,
)

# Document --------------------------------------------------------------------------------------------------------

DOCUMENT.prop("DocumentElement", lambda n, ctx: next(iter(n.elements()), None))
DOCUMENT.prop(
    "PreserveWhitespace",
    lambda n, ctx: n.value == "keep",
    lambda n, on, ctx: setattr(n, "value", "keep" if on else ""),
    "System.Boolean",
)
DOCUMENT.prop("XmlResolver", lambda n, ctx: None, lambda n, value, ctx: None)
DOCUMENT.prop("NameTable", lambda n, ctx: n)
DOCUMENT.constructor("new()")(lambda: make_node("document", "#document"))


def _load(document: Node, text: str) -> None:
    document.nodes = []
    for child in list(parse(text, MAKER, document.value == "keep").nodes):
        document.append(child)


DOCUMENT.method("void LoadXml(string xml)")(_load)


@DOCUMENT.method("void Load(string filename)", ctx=True)
def _load_file(document: Node, path: str, ctx: Any) -> None:
    _load(document, io.decode(ctx.machine.files.read(full(path, ctx))))


@DOCUMENT.method("void Save(string filename)", ctx=True)
def _save(document: Node, path: str, ctx: Any) -> None:
    text = outer(document) if document.value == "keep" else indented(document, "  ", newline(ctx))
    declared = any(one.kind == "declaration" and "encoding" in one.value for one in document.nodes)
    ctx.machine.files.write(full(path, ctx), (b"\xef\xbb\xbf" if declared else b"") + text.encode("utf-8"))


@DOCUMENT.method("void Save(System.IO.TextWriter writer)", ctx=True)
def _save_to(document: Node, writer: Writer, ctx: Any) -> None:
    writer.pieces.append(indented(document, "  ", newline(ctx)))


def _owned(document: Node, node: XmlNode) -> XmlNode:
    node.owner = document
    return node


@DOCUMENT.method(
    "System.Xml.XmlElement CreateElement(string name)",
    "System.Xml.XmlElement CreateElement(string qualifiedName, string namespaceURI)",
)
def _create_element(document: Node, name: str, namespace: str | None = None) -> XmlNode:
    made = _owned(document, make_node("element", name))
    if namespace:
        made.namespace = namespace
        prefix = name.rpartition(":")[0]
        wanted = f"xmlns:{prefix}" if prefix else "xmlns"
        root = next(iter(document.elements()), None)
        if root is None or root.namespace_uri() != namespace:
            set_attribute(made, wanted, namespace)
    return made


DOCUMENT.method("System.Xml.XmlAttribute CreateAttribute(string name)")(
    lambda doc, name: _owned(doc, make_node("attribute", name))
)
DOCUMENT.method("System.Xml.XmlText CreateTextNode(string text)")(
    lambda doc, text: _owned(doc, make_node("text", "#text", text))
)
DOCUMENT.method("System.Xml.XmlCDataSection CreateCDataSection(string data)")(
    lambda doc, text: _owned(doc, make_node("cdata", "#cdata-section", text))
)
DOCUMENT.method("System.Xml.XmlComment CreateComment(string data)")(
    lambda doc, text: _owned(doc, make_node("comment", "#comment", text))
)


@DOCUMENT.method(
    "System.Xml.XmlDeclaration CreateXmlDeclaration(string version, string encoding, string standalone)"
)
def _create_declaration(document: Node, version: str, encoding: str, standalone: str) -> XmlNode:
    text = (
        f'version="{version}"'
        + (f' encoding="{encoding}"' if encoding else "")
        + (f' standalone="{standalone}"' if standalone else "")
    )
    return _owned(document, make_node("declaration", "xml", text))


DOCUMENT.method("System.Xml.XmlNode ImportNode(System.Xml.XmlNode node, bool deep)")(
    lambda doc, node, deep: _owned(doc, clone_node(node, deep))
)


def _cast(value: Any, ctx: Any) -> Any:
    if value is None or (isinstance(value, Node) and value.kind == "document"):
        return value
    if isinstance(value, (list, c.ListBase)):
        text = "\n".join(to_text(one, ctx) for one in value)
    elif isinstance(value, Node):
        text = outer(value)
    elif isinstance(value, str):
        text = value
    else:
        raise CastFault()
    try:
        return parse(text, MAKER)
    except NetFault as fault:
        raise CastFault("InvalidCastToXmlDocument", fault.message, fault.kind) from None


DOCUMENT.convert = _cast


class Manager(v.NetObject):
    """System.Xml.XmlNamespaceManager."""

    __slots__ = ("table",)

    def __init__(self) -> None:
        self.table: dict[str, str] = {}


MANAGER = declare_type("System.Xml.XmlNamespaceManager", python=Manager)
MANAGER.constructor("new(object nameTable)")(lambda table: Manager())
MANAGER.method("void AddNamespace(string prefix, string uri)")(
    lambda manager, prefix, uri: manager.table.__setitem__(prefix, uri)
)
MANAGER.method("string LookupNamespace(string prefix)")(lambda manager, prefix: manager.table.get(prefix))
MANAGER.method("bool HasNamespace(string prefix)")(lambda manager, prefix: prefix in manager.table)
