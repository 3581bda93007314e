"""A small XML document model: parsed with expat (no external entities), written as .NET writes it."""

from __future__ import annotations

import xml.parsers.expat
from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.values import NetObject


class Node(NetObject):
    """An XML node.

    Attributes:
        kind: ``element attribute text cdata comment declaration instruction document``.
        name: Qualified name.
        value: Text of leaf nodes.
        nodes: Child nodes.
        attributes: Attribute nodes of an element.
    """

    __slots__ = ("attributes", "kind", "name", "namespace", "net", "nodes", "owner", "parent", "value")

    def __init__(self, net: NetType, kind: str, name: str, value: str = ""):
        self.net = net
        self.kind = kind
        self.name = name
        self.value = value
        self.nodes: list[Node] = []
        self.attributes: list[Node] = []
        self.parent: Node | None = None
        self.owner: Node | None = None
        self.namespace: str | None = None

    def append(self, child: Node) -> Node:
        """Adds a child at the end."""
        if child.parent is not None:
            child.parent.remove(child)
        child.parent = self
        self.nodes.append(child)
        return child

    def remove(self, child: Node) -> None:
        """Takes a child out."""
        self.nodes = [node for node in self.nodes if node is not child]
        child.parent = None

    def text(self) -> str:
        """InnerText."""
        if self.kind in ("text", "cdata", "attribute", "space"):
            return self.value
        return "".join(
            node.text() for node in self.nodes if node.kind in ("element", "text", "cdata", "space")
        )

    def elements(self) -> list[Node]:
        """Child elements."""
        return [node for node in self.nodes if node.kind == "element"]

    def descend(self) -> list[Node]:
        """All elements below, in document order."""
        out: list[Node] = []
        for node in self.elements():
            out.append(node)
            out.extend(node.descend())
        return out

    def attribute(self, name: str) -> Node | None:
        """The attribute of a name."""
        return next((one for one in self.attributes if one.name == name), None)

    def document(self) -> Node:
        """The document that the node is in or was made by."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node if node.kind == "document" else (self.owner or node)

    def prefix_of(self, namespace: str) -> str | None:
        """The prefix that stands for a namespace here."""
        node: Node | None = self
        while node is not None:
            for one in node.attributes:
                if one.name.startswith("xmlns:") and one.value == namespace:
                    return one.name[6:]
            node = node.parent
        return None

    def namespace_uri(self) -> str:
        """The namespace of an element or attribute."""
        if self.namespace is not None:
            return self.namespace
        prefix, colon, _ = self.name.rpartition(":")
        if self.kind == "attribute" and not colon:
            return ""
        wanted = f"xmlns:{prefix}" if colon else "xmlns"
        node: Node | None = self if self.kind == "element" else self.parent
        while node is not None:
            found = node.attribute(wanted)
            if found is not None:
                return found.value
            node = node.parent
        return ""


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str, attribute: bool = False) -> str:
    """Text escaped for content, or for an attribute's value."""
    out = "".join(_ESCAPES.get(letter, letter) for letter in text)
    if attribute:
        out = out.replace('"', "&quot;").replace("\n", "&#xA;").replace("\r", "&#xD;").replace("\t", "&#x9;")
    return out


def outer(node: Node) -> str:
    """OuterXml."""
    if node.kind == "element":
        attributes = "".join(f' {one.name}="{escape(one.value, True)}"' for one in node.attributes)
        if not node.nodes:
            closing = "></" + node.name + ">" if node.value == "full" else " />"
            return f"<{node.name}{attributes}{closing}"
        return f"<{node.name}{attributes}>{inner(node)}</{node.name}>"
    if node.kind in ("text", "space"):
        return escape(node.value)
    if node.kind == "attribute":
        return f'{node.name}="{escape(node.value, True)}"'
    if node.kind == "cdata":
        return f"<![CDATA[{node.value}]]>"
    if node.kind == "comment":
        return f"<!--{node.value}-->"
    if node.kind == "declaration":
        return f"<?xml {node.value}?>"
    if node.kind == "instruction":
        return f"<?{node.name} {node.value}?>"
    return inner(node)


def inner(node: Node) -> str:
    """InnerXml."""
    return "".join(outer(child) for child in node.nodes)


def indented(node: Node, step: str = "  ", line: str = "\r\n") -> str:
    """A document as ``Save`` writes it: indented where there is no text between elements."""
    return line.join(_lines(child, "", step, line) for child in node.nodes if child.kind != "space")


def _lines(node: Node, pad: str, step: str, line: str) -> str:
    children = [child for child in node.nodes if child.kind != "space"]
    if node.kind != "element" or not children or any(child.kind in ("text", "cdata") for child in children):
        return pad + outer(node)
    attributes = "".join(f' {one.name}="{escape(one.value, True)}"' for one in node.attributes)
    body = line.join(_lines(child, pad + step, step, line) for child in children)
    return f"{pad}<{node.name}{attributes}>{line}{body}{line}{pad}</{node.name}>"


class Maker:
    """Makes nodes of the declared types; filled in by the module that declares them."""

    def __init__(self, types: dict[str, NetType]):
        self.types = types

    def node(self, kind: str, name: str, value: str = "") -> Node:
        """A node by kind."""
        return Node(self.types[kind], kind, name, value)


def parse(text: str, maker: Maker, keep_space: bool = False) -> Node:
    """A document from text; XmlException with line and position where it is not well-formed."""
    document = maker.node("document", "#document")
    stack = [document]
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    state: dict[str, Any] = {"cdata": False, "full": False}

    def start(name: str, attributes: list[str]) -> None:
        element = maker.node("element", name)
        for index in range(0, len(attributes), 2):
            one = maker.node("attribute", attributes[index], attributes[index + 1])
            one.parent = element
            element.attributes.append(one)
        stack[-1].append(element)
        stack.append(element)

    def end(name: str) -> None:
        element = stack.pop()
        source = text_bytes[: parser.CurrentByteIndex]
        if (
            not element.nodes
            and not source.rstrip().endswith(b"/>")
            and text_bytes[parser.CurrentByteIndex :].startswith(b"</")
        ):
            element.value = "full"

    def data(value: str) -> None:
        if state["cdata"]:
            stack[-1].append(maker.node("cdata", "#cdata-section", value))
        elif value.strip() or keep_space:
            stack[-1].append(
                maker.node(
                    "text" if value.strip() else "space", "#text" if value.strip() else "#whitespace", value
                )
            )

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        parts = f'version="{version}"' + (f' encoding="{encoding}"' if encoding else "")
        if standalone >= 0:
            parts += f' standalone="{"yes" if standalone else "no"}"'
        document.append(maker.node("declaration", "xml", parts))

    def refuse(*args: Any) -> None:
        raise NetFault(
            "System.Xml.XmlException", "For security reasons DTD is prohibited in this XML document."
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.CommentHandler = lambda value: stack[-1].append(maker.node("comment", "#comment", value))
    parser.ProcessingInstructionHandler = lambda target, value: stack[-1].append(
        maker.node("instruction", target, value)
    )
    parser.StartCdataSectionHandler = lambda: state.__setitem__("cdata", True)
    parser.EndCdataSectionHandler = lambda: state.__setitem__("cdata", False)
    parser.XmlDeclHandler = declaration
    parser.EntityDeclHandler = refuse
    text_bytes = text.lstrip("\ufeff").encode("utf-8", "replace")
    try:
        parser.Parse(_utf8(text_bytes), True)
    except xml.parsers.expat.ExpatError as fault:
        raise _bad(text, fault) from None
    return document


def _utf8(data: bytes) -> bytes:
    """The declaration's encoding no longer counts once the text is decoded."""
    import re

    head = data[:200]
    changed = re.sub(
        rb'(<\?xml[^>]*?encoding=["\'])([\w-]+)',
        lambda m: (
            m.group(1) + m.group(2)
            if m.group(2).lower() in (b"utf-8", b"us-ascii")
            else m.group(1) + b"utf-8"
        ),
        head,
    )
    return changed + data[200:]


def _bad(text: str, fault: xml.parsers.expat.ExpatError) -> NetFault:
    line, column = fault.lineno, fault.offset + 1
    name = xml.parsers.expat.ErrorString(fault.code)
    if not text.strip():
        return NetFault("System.Xml.XmlException", "Root element is missing.")
    if name == "no element found":
        last = text.rstrip().rpartition("<")[2].strip("/>").partition(" ")[0] or "?"
        return NetFault(
            "System.Xml.XmlException",
            f"Unexpected end of file has occurred. The following elements are not closed: {last}. Line {line}, position {column}.",
        )
    return NetFault("System.Xml.XmlException", f"{name.capitalize()}. Line {line}, position {column}.")
