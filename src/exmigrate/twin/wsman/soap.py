"""WS-Management envelopes: requests parsed into values, responses and faults as text."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING: Final = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL: Final = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER: Final = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION: Final = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
IDENTITY: Final = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
CMD_SHELL: Final = f"{SHELL}/cmd"
_FAULT: Final = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"

ACTIONS: Final = {
    f"{TRANSFER}/Create": "create",
    f"{TRANSFER}/Delete": "delete",
    f"{TRANSFER}/Get": "get",
    f"{ENUMERATION}/Enumerate": "enumerate",
    f"{SHELL}/Command": "command",
    f"{SHELL}/Send": "send",
    f"{SHELL}/Receive": "receive",
    f"{SHELL}/Signal": "signal",
}

_NAMESPACES: Final = {
    "s": ENVELOPE,
    "a": ADDRESSING,
    "w": WSMAN,
    "rsp": SHELL,
    "x": TRANSFER,
    "n": ENUMERATION,
    "wsmid": IDENTITY,
}
_DURATION: Final = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")


class Malformed(Exception):
    """Not an envelope that WS-Management knows."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        operation: A value of `ACTIONS`, or `identify`.
        message_id: As sent.
        resource: Resource URI.
        shell_id: Selector `ShellId`; empty when there is none.
        timeout_s: `OperationTimeout`; None if not given.
        max_envelope: `MaxEnvelopeSize` in bytes; None if not given.
        options: The option set.
        body: The element inside `Body`, or None.
    """

    operation: str
    message_id: str = ""
    resource: str = ""
    shell_id: str = ""
    timeout_s: float | None = None
    max_envelope: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    body: ElementTree.Element | None = None

    def text(self, path: str) -> str:
        """Text of the first element at `path` below the body element; prefixes as in this module."""
        found = self.body.find(path, _NAMESPACES) if self.body is not None else None
        return (found.text or "") if found is not None else ""

    def elements(self, path: str) -> list[ElementTree.Element]:
        """All elements at `path` below the body element."""
        return self.body.findall(path, _NAMESPACES) if self.body is not None else []


def parse(data: bytes) -> Request:
    """Parse a request envelope.

    Raises:
        Malformed: not XML, not SOAP 1.2, an unknown action, or a document type declaration.
    """
    if b"<!DOCTYPE" in data[:2048]:
        raise Malformed("document type declarations are not allowed")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Malformed(str(error)) from error
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise Malformed("not a SOAP 1.2 envelope")
    body = root.find("s:Body", _NAMESPACES)
    inner = body[0] if body is not None and len(body) else None
    if inner is not None and inner.tag == f"{{{IDENTITY}}}Identify":
        return Request("identify", body=inner)
    action = (root.findtext("s:Header/a:Action", "", _NAMESPACES) or "").strip()
    if action not in ACTIONS:
        raise Malformed(f"action not supported: {action}")
    return _request(ACTIONS[action], root, inner)


def _request(operation: str, root: ElementTree.Element, inner: ElementTree.Element | None) -> Request:
    def header(path: str) -> str:
        return (root.findtext(f"s:Header/{path}", "", _NAMESPACES) or "").strip()

    selectors = {
        (item.get("Name") or ""): (item.text or "").strip()
        for item in root.findall("s:Header/w:SelectorSet/w:Selector", _NAMESPACES)
    }
    options = {
        (item.get("Name") or ""): (item.text or "").strip()
        for item in root.findall("s:Header/w:OptionSet/w:Option", _NAMESPACES)
    }
    size = header("w:MaxEnvelopeSize")
    return Request(
        operation,
        message_id=header("a:MessageID"),
        resource=header("w:ResourceURI"),
        shell_id=selectors.get("ShellId", "").upper(),
        timeout_s=duration(header("w:OperationTimeout")),
        max_envelope=int(size) if size.isdigit() else None,
        options=options,
        body=inner,
    )


def duration(text: str) -> float | None:
    """Seconds of an XML duration such as `PT20S` or `PT60.000S`; None when there is none."""
    found = _DURATION.match(text.strip())
    if not text or found is None:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)


def response(request: Request, action: str, body: str) -> bytes:
    """A response envelope around the text of its body."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{ENVELOPE}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" '
        f'xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}" xmlns:rsp="{SHELL}" '
        f'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header>'
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{ADDRESSING}/role/anonymous</a:To>"
        f"<a:RelatesTo>{escape(request.message_id)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def identify_response(os_version: str, service_pack: str) -> bytes:
    """The answer to Identify of an authenticated client."""
    stack = "2.0" if os_version.startswith(("6.1", "6.0", "5.")) else "3.0"
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{ENVELOPE}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        f"<wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>"
        f"<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>OS: {escape(os_version)} SP: {escape(service_pack)} Stack: {stack}"
        f"</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()


@dataclass(eq=False)
class Fault(Exception):
    """A WS-Management fault, raised where an operation fails.

    Attributes:
        code: Number of the `WSManFault` element.
        message: Text as Windows gives it.
        subcode: SOAP subcode with its prefix.
        sender: True for `s:Sender` (the request is wrong), False for `s:Receiver`.
        status: HTTP status.
    """

    code: int
    message: str
    subcode: str = "w:InternalError"
    sender: bool = False
    status: int = 500

    def envelope(self, machine: str, message_id: str = "") -> bytes:
        """The fault as an envelope."""
        kind = "s:Sender" if self.sender else "s:Receiver"
        relates = f"<a:RelatesTo>{escape(message_id)}</a:RelatesTo>" if message_id else ""
        return (
            f'<s:Envelope xml:lang="en-US" xmlns:s="{ENVELOPE}" xmlns:a="{ADDRESSING}" '
            f'xmlns:x="{TRANSFER}" xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing" '
            f'xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}" '
            f'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header>'
            f"<a:Action>http://schemas.dmtf.org/wbem/wsman/1/wsman/fault</a:Action>"
            f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
            f"<a:To>{ADDRESSING}/role/anonymous</a:To>{relates}</s:Header><s:Body><s:Fault>"
            f"<s:Code><s:Value>{kind}</s:Value><s:Subcode><s:Value>{self.subcode}</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{escape(self.message)}</s:Text></s:Reason><s:Detail>'
            f'<f:WSManFault xmlns:f="{_FAULT}" Code="{self.code}" Machine={quoteattr(machine)}>'
            f"<f:Message>{escape(self.message)}</f:Message></f:WSManFault></s:Detail></s:Fault></s:Body></s:Envelope>"
        ).encode()


def operation_timed_out() -> Fault:
    """No data came within the operation time-out; the client asks again."""
    return Fault(
        2150858793,
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
        "w:TimedOut",
    )


def shell_not_found(shell_id: str) -> Fault:
    """The shell is gone: deleted, idle for too long, or the machine was restarted."""
    return Fault(
        2150858843,
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not found "
        "on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on "
        "the server. Provide the correct ShellId or create a new shell and retry the operation.",
        "w:InvalidSelectors",
        sender=True,
    )


def too_many_shells(limit: int) -> Fault:
    """The user's shells are used up."""
    return Fault(
        2150859173,
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of {limit} "
        "concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
        "w:QuotaLimit",
    )


def too_many_operations(limit: int) -> Fault:
    """The user's operations are used up."""
    return Fault(
        2150859174,
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of {limit} "
        "concurrent operations, which has been exceeded. Close existing operations for this user, or raise the "
        "quota for this user. ",
        "w:QuotaLimit",
    )


def too_many_commands(limit: int) -> Fault:
    """The shell's commands are used up."""
    return Fault(
        2150859175,
        "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell "
        f"({limit}) has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota.",
        "w:QuotaLimit",
    )


def envelope_too_large(size: int, limit: int) -> Fault:
    """The envelope is over the service's limit."""
    return Fault(
        2150858823,
        f"The WS-Management service cannot process the request because the envelope of {size} bytes is larger "
        f"than the maximum envelope size of {limit}.",
        "w:EncodingLimit",
        sender=True,
    )


def access_denied() -> Fault:
    """The account is no administrator, or the shell belongs to another user."""
    return Fault(5, "Access is denied. ", "w:AccessDenied", sender=True)


def not_supported(what: str) -> Fault:
    """A construct that this service does not know, named."""
    return Fault(
        2150858752,
        f"The WS-Management service does not support the request: {what}. ",
        "w:UnsupportedFeature",
        sender=True,
    )


def invalid_parameter(what: str) -> Fault:
    """The request's body is wrong."""
    return Fault(2150858811, f"The parameter is incorrect: {what}. ", "w:SchemaValidationError", sender=True)


def file_not_found() -> Fault:
    """With no command processor in front, an executable that does not exist fails the Command itself."""
    return Fault(2147942402, "The system cannot find the file specified. ", "w:InternalError")
