"""Smaller types that scripts reach for: HttpUtility, WMI dates, Mutex, XmlTextWriter, name-value collections, Tuple."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, invalid_operation, out_of_range
from exmigrate.twin.powershell.typeinfo import BY_CLASS, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.filepaths import full
from exmigrate.twin.powershell.types.textio import newline
from exmigrate.twin.powershell.types.textreaders import Writer
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.xmlnodes import escape

# Web texts ----------------------------------------------------------------------------------------------

HTTP = declare_type("System.Web.HttpUtility", is_abstract=True, assembly="System.Web")
WEB = declare_type("System.Net.WebUtility", is_abstract=True)
for _kind in (HTTP, WEB):
    _kind.static_method("string HtmlEncode(string value)")(
        lambda text: html.escape(text or "").replace("&#x27;", "&#39;")
    )
    _kind.static_method("string HtmlDecode(string value)")(lambda text: html.unescape(text or ""))
    _kind.static_method("string UrlEncode(string value)")(lambda text: _url_encode(text or ""))
    _kind.static_method("string UrlDecode(string value)")(lambda text: unquote_plus(text or ""))


def _url_encode(text: str) -> str:
    """.NET writes the hexadecimal digits small and leaves ``!()*-_.`` as they are."""
    encoded = quote_plus(text, safe="!()*-_.")
    out, position = [], 0
    while position < len(encoded):
        if encoded[position] == "%":
            out.append(encoded[position : position + 3].lower())
            position += 3
        else:
            out.append(encoded[position])
            position += 1
    return "".join(out).replace("~", "%7e")


# Dates of WMI --------------------------------------------------------------------------------------------

WMI_DATES = declare_type(
    "System.Management.ManagementDateTimeConverter", is_abstract=True, assembly="System.Management"
)


@WMI_DATES.static_method("datetime ToDateTime(string dmtfDate)", ctx=True)
def wmi_to_date(text: str, ctx: Any) -> s.DateTime:
    """A DMTF date (``20100304050607.000000+060``) as local time."""
    try:
        moment = datetime.strptime(text[:14], "%Y%m%d%H%M%S") + timedelta(microseconds=int(text[15:21]))
        offset = int(text[21:25])
    except ValueError:
        raise out_of_range("Specified argument was out of the range of valid values.", "dmtfDate") from None
    made = s.DateTime.from_datetime(moment - timedelta(minutes=offset))
    local = ctx.machine.clock.offset_minutes(made.ticks)
    return s.DateTime(made.ticks + local * 60 * s.TICKS_PER_SECOND, s.LOCAL)


@WMI_DATES.static_method("string ToDmtfDateTime(datetime date)", ctx=True)
def _date_to_wmi(moment: s.DateTime, ctx: Any) -> str:
    parts = moment.to_datetime()
    offset = 0 if moment.kind == s.UTC else ctx.machine.clock.offset_minutes(moment.ticks)
    return f"{parts:%Y%m%d%H%M%S}.{moment.fraction // 10:06d}{'-' if offset < 0 else '+'}{abs(offset):03d}"


# Mutex ---------------------------------------------------------------------------------------------------


class Mutex(v.NetObject):
    """System.Threading.Mutex: one script runs at a time, so it is free unless the session holds it."""

    __slots__ = ("held", "name")

    def __init__(self, owned: bool = False, name: str = ""):
        self.name = name
        self.held = int(owned)


MUTEX = declare_type("System.Threading.Mutex", python=Mutex)
MUTEX.constructor("new()", "new(bool initiallyOwned)", "new(bool initiallyOwned, string name)")(Mutex)


@MUTEX.method(
    "bool WaitOne()",
    "bool WaitOne(int millisecondsTimeout)",
    "bool WaitOne(int millisecondsTimeout, bool exitContext)",
)
def _wait(mutex: Mutex, timeout: int = -1, leave: bool = False) -> bool:
    mutex.held += 1
    return True


@MUTEX.method("void ReleaseMutex()")
def _release(mutex: Mutex) -> None:
    if not mutex.held:
        raise NetFault(
            "System.ApplicationException",
            "Object synchronization method was called from an unsynchronized block of code.",
        )
    mutex.held -= 1


MUTEX.method("void Close()", "void Dispose()")(lambda mutex: None)

# Collections of strings ------------------------------------------------------------------------------------


class Names(c.Hashtable):
    """System.Collections.Specialized.NameValueCollection, or StringDictionary with its keys in lower case."""

    __slots__ = ("net",)

    def __init__(self, net: NetType):
        self.net = net
        super().__init__()


for _name in ("NameValueCollection", "StringDictionary"):
    _kind = declare_type(
        f"System.Collections.Specialized.{_name}",
        "System.Collections.Hashtable",
        interfaces=d.HASHTABLE.interfaces,
    )
    _kind.raw_constructor = lambda kind, args, ctx: Names(kind)
    _kind.method("string Get(string name)")(lambda names, name: names.get(name))
BY_CLASS[Names] = d.HASHTABLE

# Tuple and Nullable ------------------------------------------------------------------------------------------


class TupleObject(v.NetObject):
    """System.Tuple."""

    __slots__ = ("items", "net")

    def __init__(self, net: NetType, items: list[Any]):
        self.net = net
        self.items = items


TUPLE = declare_type("System.Tuple", is_abstract=True, since=3.0)
TUPLE_OF = declare_type("System.Tuple`2", since=3.0)
for _index in range(7):
    TUPLE_OF.prop(
        f"Item{_index + 1}", lambda one, ctx, i=_index: one.items[i] if i < len(one.items) else None
    )
TUPLE_OF.to_string = lambda one, ctx: "(" + ", ".join(to_text(item, ctx) for item in one.items) + ")"
BY_CLASS[TupleObject] = TUPLE_OF


@TUPLE.static_method("object Create(params object[] items)")
def _tuple(items: Any) -> TupleObject:
    return TupleObject(TUPLE_OF, list(items))


# XmlTextWriter -------------------------------------------------------------------------------------------------


class XmlWriter(v.NetObject):
    """System.Xml.XmlTextWriter: text is put out as it is written."""

    __slots__ = ("close", "indented", "line", "open", "pending", "put", "started")

    def __init__(self, put: Any, line: str, close: Any = None):
        self.put = put
        self.line = line
        self.close = close
        self.indented = False
        self.open: list[tuple[str, bool]] = []
        self.pending = False
        self.started = False

    def flush_tag(self) -> None:
        """Ends the start tag that attributes may still follow."""
        if self.pending:
            self.put(">")
            self.pending = False

    def start(self, name: str) -> None:
        """Begins an element."""
        self.flush_tag()
        if self.open:
            self.open[-1] = (self.open[-1][0], True)
        self.new_line()
        self.put(f"<{name}")
        self.open.append((name, False))
        self.pending = True

    def new_line(self) -> None:
        """Begins a line when the output is indented."""
        if self.indented and self.started:
            self.put(self.line + "  " * len(self.open))
        self.started = True

    def end(self) -> None:
        """Ends the innermost element."""
        if not self.open:
            raise invalid_operation("There was no XML start tag open.")
        name, has_elements = self.open.pop()
        if self.pending:
            self.put(" />")
            self.pending = False
            return
        if has_elements:
            self.new_line()
        self.put(f"</{name}>")


XML_WRITER = declare_type("System.Xml.XmlTextWriter", python=XmlWriter, assembly="System.Xml")


@XML_WRITER.constructor("new(System.IO.TextWriter w)", ctx=True)
def _writer_of_text(writer: Writer, ctx: Any) -> XmlWriter:
    return XmlWriter(writer.target or writer.pieces.append, newline(ctx))


@XML_WRITER.constructor("new(string filename, System.Text.Encoding encoding)", ctx=True)
def _writer_of_file(path: str, encoding: Any, ctx: Any) -> XmlWriter:
    place, files = full(path, ctx), ctx.machine.files
    codec = "utf-8" if encoding is None else encoding.codec
    files.write(place, b"" if encoding is None else encoding.mark)
    return XmlWriter(lambda text: files.append(place, text.encode(codec, "replace")), newline(ctx))


def _set_formatting(writer: XmlWriter, value: Any, ctx: Any) -> None:
    writer.indented = str(value) == "Indented"


XML_WRITER.prop(
    "Formatting",
    lambda w, ctx: "Indented" if w.indented else "None",
    _set_formatting,
    "System.Xml.Formatting",
)
XML_WRITER.prop("Indentation", lambda w, ctx: 2, lambda w, value, ctx: None)
XML_WRITER.method("void WriteStartElement(string localName)")(lambda w, name: w.start(name))
XML_WRITER.method("void WriteEndElement()", "void WriteFullEndElement()")(lambda w: w.end())


@XML_WRITER.method("void WriteStartDocument()")
def _start_document(writer: XmlWriter) -> None:
    writer.put('<?xml version="1.0"?>')
    writer.started = True


@XML_WRITER.method("void WriteEndDocument()")
def _end_document(writer: XmlWriter) -> None:
    while writer.open:
        writer.end()


@XML_WRITER.method("void WriteAttributeString(string localName, string value)")
def _attribute(writer: XmlWriter, name: str, value: str) -> None:
    if not writer.pending:
        raise invalid_operation(
            "Token StartAttribute in state Content would result in an invalid XML document."
        )
    writer.put(f' {name}="{escape(value or "", True)}"')


@XML_WRITER.method("void WriteString(string text)")
def _text(writer: XmlWriter, text: str) -> None:
    writer.flush_tag()
    writer.put(escape(text or ""))


@XML_WRITER.method("void WriteRaw(string data)")
def _raw(writer: XmlWriter, text: str) -> None:
    writer.flush_tag()
    writer.put(text)


@XML_WRITER.method("void WriteElementString(string localName, string value)")
def _element(writer: XmlWriter, name: str, value: str) -> None:
    writer.start(name)
    if value:
        _text(writer, value)
    writer.end()


@XML_WRITER.method("void WriteComment(string text)")
def _comment(writer: XmlWriter, text: str) -> None:
    writer.flush_tag()
    writer.new_line()
    writer.put(f"<!--{text}-->")


XML_WRITER.method("void Flush()", "void Close()", "void Dispose()")(lambda w: w.close() if w.close else None)
