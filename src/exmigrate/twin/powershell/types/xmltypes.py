"""System.Xml: documents and nodes, with the properties that PowerShell adapts from child elements and attributes."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.faults import NetFault, bad_argument
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.xmlnodes import Maker, Node, inner, outer, parse
from exmigrate.twin.powershell.types.xpath import select
from exmigrate.twin.powershell.values import MISSING

NODE = declare_type("System.Xml.XmlNode", is_abstract=True, assembly="System.Xml")
LINKED = declare_type("System.Xml.XmlLinkedNode", "System.Xml.XmlNode", is_abstract=True)
TYPES: dict[str, NetType] = {
    "document": declare_type("System.Xml.XmlDocument", "System.Xml.XmlNode"),
    "element": declare_type("System.Xml.XmlElement", "System.Xml.XmlLinkedNode"),
    "attribute": declare_type("System.Xml.XmlAttribute", "System.Xml.XmlNode"),
    "text": declare_type("System.Xml.XmlText", "System.Xml.XmlLinkedNode"),
    "space": declare_type("System.Xml.XmlWhitespace", "System.Xml.XmlLinkedNode"),
    "cdata": declare_type("System.Xml.XmlCDataSection", "System.Xml.XmlLinkedNode"),
    "comment": declare_type("System.Xml.XmlComment", "System.Xml.XmlLinkedNode"),
    "declaration": declare_type("System.Xml.XmlDeclaration", "System.Xml.XmlLinkedNode"),
    "instruction": declare_type("System.Xml.XmlProcessingInstruction", "System.Xml.XmlLinkedNode"),
}
MAKER = Maker(TYPES)
DOCUMENT, ELEMENT, ATTRIBUTE = TYPES["document"], TYPES["element"], TYPES["attribute"]


class XmlNode(Node):
    """A node with its adapted properties."""

    __slots__ = ()

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """A child element's or attribute's value; several of one name make an array."""
        if self.kind not in ("element", "document"):
            return MISSING
        wanted = name.lower()
        found = [_adapted(one) for one in self.attributes if one.name.lower() == wanted]
        found += [_adapted(child) for child in self.nodes if _shown_name(child) == wanted]
        if not found:
            return MISSING
        return found[0] if len(found) == 1 else found

    def adapt_set(self, name: str, value: Any, ctx: Any) -> bool:
        """Sets the text of an attribute or of a child element that holds text only."""
        if self.kind not in ("element", "document"):
            return False
        wanted = name.lower()
        for one in self.attributes:
            if one.name.lower() == wanted:
                one.value = to_text(value, ctx)
                return True
        matches = [child for child in self.nodes if _shown_name(child) == wanted]
        if not matches:
            return False
        if len(matches) > 1:
            raise NetFault(
                "System.InvalidOperationException",
                f'Cannot set "{name}" because there is more than one node of that name.',
            )
        child = matches[0]
        if child.kind in ("text", "cdata", "comment"):
            child.value = to_text(value, ctx)
            return True
        if not isinstance(value, str):
            raise NetFault(
                "System.Management.Automation.SetValueException",
                f'Cannot set "{name}" because only strings can be used as values to set XmlNode properties.',
            )
        if child.elements():
            raise NetFault(
                "System.Management.Automation.SetValueException",
                f'Cannot set "{name}" because the node has child elements.',
            )
        set_text(child, value)
        return True

    def adapt_names(self) -> list[str]:
        """Names that the adapter shows: attributes, then children."""
        names: dict[str, None] = {}
        for one in self.attributes:
            names[one.name] = None
        for child in self.nodes:
            if child.kind != "space":
                names[child.name if child.kind != "declaration" else "xml"] = None
        return list(names)


def _shown_name(node: Node) -> str:
    return node.name.lower()


def _adapted(node: Node) -> Any:
    if node.kind == "attribute":
        return node.value
    if node.kind in ("text", "cdata", "comment", "space"):
        return node.value
    if node.kind == "declaration":
        return node.value
    if node.kind == "element" and not node.attributes and not node.elements():
        return node.text() if all(one.kind in ("text", "cdata", "space") for one in node.nodes) else node
    return node


def make_node(kind: str, name: str, value: str = "") -> XmlNode:
    """A node of a kind."""
    return XmlNode(TYPES[kind], kind, name, value)


MAKER.node = make_node  # type: ignore[method-assign]


def set_text(node: Node, text: str) -> None:
    """Makes a text the whole content of a node."""
    if node.kind in ("attribute", "text", "cdata", "comment"):
        node.value = text
        return
    node.nodes = []
    node.value = ""
    if text:
        node.append(make_node("text", "#text", text))


def _fragment(text: str) -> list[Node]:
    document = parse(f"<x>{text}</x>", MAKER, True)
    return list(document.nodes[0].nodes)


def _set_inner(node: Node, text: str, ctx: Any) -> None:
    if node.kind == "document":
        node.nodes = []
        for child in list(parse(text, MAKER).nodes):
            node.append(child)
        return
    node.nodes = []
    for child in _fragment(text):
        node.append(child)


class NodeList(c.ListBase):
    """System.Xml.XmlNodeList."""

    __slots__ = ()


LIST = declare_type("System.Xml.XmlNodeList", python=NodeList, interfaces=("System.Collections.IEnumerable",))
LIST.prop("Count", lambda nodes, ctx: len(nodes.items), type_name="System.Int32")
LIST.method("System.Xml.XmlNode Item(int index)")(
    lambda nodes, index: nodes.items[index] if index < len(nodes.items) else None
)
LIST.indexer = lambda nodes, indexes, ctx: (
    nodes.items[indexes[0]] if -len(nodes.items) <= indexes[0] < len(nodes.items) else None
)


class AttributeList(c.ListBase):
    """System.Xml.XmlAttributeCollection of an element."""

    __slots__ = ("element",)

    def __init__(self, element: Node):
        super().__init__(element.attributes)
        self.element = element


ATTRIBUTES = declare_type(
    "System.Xml.XmlAttributeCollection", python=AttributeList, interfaces=("System.Collections.IEnumerable",)
)
ATTRIBUTES.prop("Count", lambda nodes, ctx: len(nodes.items), type_name="System.Int32")
ATTRIBUTES.indexer = lambda nodes, indexes, ctx: (
    nodes.element.attribute(indexes[0]) if isinstance(indexes[0], str) else nodes.items[indexes[0]]
)
ATTRIBUTES.method("System.Xml.XmlNode GetNamedItem(string name)")(
    lambda nodes, name: nodes.element.attribute(name)
)


@ATTRIBUTES.method(
    "System.Xml.XmlAttribute Append(System.Xml.XmlAttribute node)",
    "System.Xml.XmlNode SetNamedItem(System.Xml.XmlNode node)",
)
def _append_attribute(nodes: AttributeList, attribute: Node) -> Node:
    nodes.element.attributes = [one for one in nodes.element.attributes if one.name != attribute.name]
    nodes.element.attributes.append(attribute)
    attribute.parent = nodes.element
    return attribute


@ATTRIBUTES.method(
    "System.Xml.XmlNode RemoveNamedItem(string name)",
    "System.Xml.XmlAttribute Remove(System.Xml.XmlAttribute node)",
)
def _remove_named(nodes: AttributeList, name: Any) -> Node | None:
    wanted = name if isinstance(name, str) else name.name
    found = nodes.element.attribute(wanted)
    nodes.element.attributes = [one for one in nodes.element.attributes if one is not found]
    return found


_T = "System.String"
NODE.prop("Name", lambda n, ctx: n.name, type_name=_T)
NODE.prop("LocalName", lambda n, ctx: n.name.rpartition(":")[2], type_name=_T)
NODE.prop("Prefix", lambda n, ctx: n.name.rpartition(":")[0], type_name=_T)
NODE.prop("NamespaceURI", lambda n, ctx: n.namespace_uri(), type_name=_T)
NODE.prop("InnerText", lambda n, ctx: n.text(), lambda n, text, ctx: set_text(n, text), _T)
NODE.prop("InnerXml", lambda n, ctx: inner(n) if n.kind != "attribute" else n.value, _set_inner, _T)
NODE.prop("OuterXml", lambda n, ctx: outer(n), type_name=_T)
NODE.prop(
    "Value",
    lambda n, ctx: n.value if n.kind in ("attribute", "text", "cdata", "comment") else None,
    lambda n, text, ctx: set_text(n, to_text(text)),
    _T,
)
NODE.prop("ParentNode", lambda n, ctx: n.parent)
NODE.prop("ChildNodes", lambda n, ctx: NodeList(n.nodes))
NODE.prop("HasChildNodes", lambda n, ctx: bool(n.nodes), type_name="System.Boolean")
NODE.prop("FirstChild", lambda n, ctx: n.nodes[0] if n.nodes else None)
NODE.prop("LastChild", lambda n, ctx: n.nodes[-1] if n.nodes else None)
NODE.prop("NextSibling", lambda n, ctx: _sibling(n, 1))
NODE.prop("PreviousSibling", lambda n, ctx: _sibling(n, -1))
NODE.prop("OwnerDocument", lambda n, ctx: None if n.kind == "document" else n.document())
NODE.prop("Attributes", lambda n, ctx: AttributeList(n) if n.kind == "element" else None)
_KINDS = {"element": "Element", "attribute": "Attribute", "text": "Text", "cdata": "CDATA", "comment": "Comment", "document": "Document",
          "declaration": "XmlDeclaration", "instruction": "ProcessingInstruction", "space": "Whitespace"}  # fmt: skip
NODE.prop("NodeType", lambda n, ctx: enum_value("System.Xml.XmlNodeType", _KINDS[n.kind]))
NODE.to_string = lambda n, ctx: n.name
DOCUMENT.to_string = lambda n, ctx: "System.Xml.XmlDocument" if ctx is None else n.name
for _kind in ("element", "text", "attribute"):
    TYPES[_kind].to_string = (
        (lambda n, ctx: n.name)
        if _kind == "element"
        else (lambda n, ctx: n.text() if n.kind == "text" else n.name)
    )
ELEMENT.prop(
    "IsEmpty", lambda n, ctx: not n.nodes and n.value != "full", lambda n, value, ctx: None, "System.Boolean"
)
ELEMENT.prop("HasAttributes", lambda n, ctx: bool(n.attributes), type_name="System.Boolean")


def _sibling(node: Node, step: int) -> Node | None:
    if node.parent is None:
        return None
    position = next(i for i, one in enumerate(node.parent.nodes) if one is node) + step
    return node.parent.nodes[position] if 0 <= position < len(node.parent.nodes) else None


@NODE.method("System.Xml.XmlNode AppendChild(System.Xml.XmlNode newChild)")
def _append(node: Node, child: Node) -> Node:
    if child is None:
        raise bad_argument("Object reference not set to an instance of an object.", "newChild")
    if node.kind == "document" and child.kind == "element" and node.elements():
        raise NetFault(
            "System.InvalidOperationException", "This document already has a 'DocumentElement' node."
        )
    return node.append(child)


@NODE.method("System.Xml.XmlNode PrependChild(System.Xml.XmlNode newChild)")
def _prepend(node: Node, child: Node) -> Node:
    node.append(child)
    node.nodes.insert(0, node.nodes.pop())
    return child


@NODE.method("System.Xml.XmlNode InsertBefore(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)")
def _insert_before(node: Node, child: Node, reference: Node | None) -> Node:
    return _insert(node, child, reference, 0)


@NODE.method("System.Xml.XmlNode InsertAfter(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)")
def _insert_after(node: Node, child: Node, reference: Node | None) -> Node:
    return _insert(node, child, reference, 1)


def _insert(node: Node, child: Node, reference: Node | None, after: int) -> Node:
    node.append(child)
    if reference is not None:
        node.nodes.pop()
        position = next((i for i, one in enumerate(node.nodes) if one is reference), None)
        if position is None:
            raise bad_argument("The reference node is not a child of this node.")
        node.nodes.insert(position + after, child)
    return child


@NODE.method("System.Xml.XmlNode RemoveChild(System.Xml.XmlNode oldChild)")
def _remove_child(node: Node, child: Node) -> Node:
    if all(one is not child for one in node.nodes):
        raise bad_argument("The node to be removed is not a child of this node.")
    node.remove(child)
    return child


@NODE.method("System.Xml.XmlNode ReplaceChild(System.Xml.XmlNode newChild, System.Xml.XmlNode oldChild)")
def _replace_child(node: Node, child: Node, old: Node) -> Node:
    _insert(node, child, old, 0)
    node.remove(old)
    return old


@NODE.method("void RemoveAll()")
def _remove_all(node: Node) -> None:
    node.nodes = []
    node.attributes = []


@NODE.method("System.Xml.XmlNode CloneNode(bool deep)", "System.Xml.XmlNode Clone()")
def clone_node(node: Node, deep: bool = True) -> Node:
    """A copy of a node, with its children when deep."""
    made = make_node(node.kind, node.name, node.value)
    for one in node.attributes:
        copied = make_node("attribute", one.name, one.value)
        copied.parent = made
        made.attributes.append(copied)
    for child in node.nodes if deep else []:
        made.append(clone_node(child, True))
    return made


@NODE.method(
    "System.Xml.XmlNodeList SelectNodes(string xpath)",
    "System.Xml.XmlNodeList SelectNodes(string xpath, System.Xml.XmlNamespaceManager nsmgr)",
)
def _select_nodes(node: Node, path: str, manager: Any = None) -> NodeList:
    return NodeList(select(node, path, manager.table if manager is not None else None))


@NODE.method(
    "System.Xml.XmlNode SelectSingleNode(string xpath)",
    "System.Xml.XmlNode SelectSingleNode(string xpath, System.Xml.XmlNamespaceManager nsmgr)",
)
def _select_one(node: Node, path: str, manager: Any = None) -> Node | None:
    found = select(node, path, manager.table if manager is not None else None)
    return found[0] if found else None


@ELEMENT.method("string GetAttribute(string name)")
def _get_attribute(node: Node, name: str) -> str:
    found = node.attribute(name)
    return "" if found is None else found.value


@ELEMENT.method("void SetAttribute(string name, string value)")
def set_attribute(node: Node, name: str, value: str) -> None:
    """Sets an attribute of an element, made when it is not there."""
    found = node.attribute(name)
    if found is None:
        found = make_node("attribute", name)
        found.parent = node
        node.attributes.append(found)
    found.value = value or ""


@ELEMENT.method("void RemoveAttribute(string name)")
def _remove_attribute(node: Node, name: str) -> None:
    node.attributes = [one for one in node.attributes if one.name != name]


ELEMENT.method("bool HasAttribute(string name)")(lambda node, name: node.attribute(name) is not None)
ELEMENT.method("System.Xml.XmlAttribute GetAttributeNode(string name)")(
    lambda node, name: node.attribute(name)
)
for _owner in (ELEMENT, DOCUMENT):
    _owner.method("System.Xml.XmlNodeList GetElementsByTagName(string name)")(
        lambda node, name: NodeList([one for one in node.descend() if name in ("*", one.name)])
    )
