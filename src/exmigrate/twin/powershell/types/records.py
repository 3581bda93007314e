"""ProgressRecord, IPAddress, MailAddress: small types with wire forms of their own."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault
from exmigrate.twin.powershell.faults import bad_format
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.enums import enum_value


class ProgressObject(v.NetObject):
    """System.Management.Automation.ProgressRecord."""

    __slots__ = ("fields",)

    def __init__(
        self, activity: str, identity: int, status: str, percent: int = -1, kind: str = "Processing"
    ):
        self.fields: dict[str, Any] = {
            "Activity": activity, "ActivityId": identity, "StatusDescription": status, "PercentComplete": percent,
            "RecordType": kind, "CurrentOperation": None, "ParentActivityId": -1, "SecondsRemaining": -1,
        }  # fmt: skip

    def progress(self) -> Any:
        """The record for the wire."""
        from exmigrate.twin.powershell.clixml_values import Progress

        fields = self.fields
        made = Progress(
            str(fields["Activity"]),
            int(fields["ActivityId"] or 0),
            str(fields["StatusDescription"]),
            int(fields["PercentComplete"] or 0),
            str(fields["RecordType"]),
        )
        made.operation = fields["CurrentOperation"]
        made.parent = int(fields["ParentActivityId"] or 0)
        made.seconds = int(fields["SecondsRemaining"] or 0)
        return made


PROGRESS = declare_type("System.Management.Automation.ProgressRecord", python=ProgressObject)
for _name in (
    "Activity",
    "ActivityId",
    "StatusDescription",
    "PercentComplete",
    "CurrentOperation",
    "ParentActivityId",
    "SecondsRemaining",
):
    PROGRESS.prop(
        _name,
        lambda r, ctx, key=_name: r.fields[key],
        lambda r, value, ctx, key=_name: r.fields.__setitem__(key, value),
    )
PROGRESS.prop(
    "RecordType",
    lambda r, ctx: enum_value("System.Management.Automation.ProgressRecordType", str(r.fields["RecordType"])),
)
PROGRESS.constructor("new(int activityId, string activity, string statusDescription)")(
    lambda identity, activity, status: ProgressObject(activity, identity, status)
)


class Address(v.NetObject):
    """System.Net.IPAddress."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)


ADDRESS = declare_type("System.Net.IPAddress", python=Address, assembly="System")


def parse_address(text: str) -> Address:
    """An address from text; FormatException."""
    try:
        return Address(ipaddress.ip_address((text or "").strip().strip("[]").partition("%")[0]))
    except ValueError:
        raise bad_format("An invalid IP address was specified.") from None


def _six(name: str) -> Any:
    return lambda a, ctx: a.value.version == 6 and bool(getattr(a.value, name))


ADDRESS.prop(
    "AddressFamily",
    lambda a, ctx: enum_value(
        "System.Net.Sockets.AddressFamily", "InterNetworkV6" if a.value.version == 6 else "InterNetwork"
    ),
)
for _name, _test in (
    ("IsIPv6Multicast", "is_multicast"), ("IsIPv6LinkLocal", "is_link_local"), ("IsIPv6SiteLocal", "is_site_local"),
    ("IsIPv6Teredo", "teredo"), ("IsIPv6UniqueLocal", "is_private"), ("IsIPv4MappedToIPv6", "ipv4_mapped"),
):  # fmt: skip
    ADDRESS.prop(_name, _six(_test), type_name="System.Boolean")
ADDRESS.prop(
    "Address",
    lambda a, ctx: v.Int64(int.from_bytes(a.value.packed, "little")) if a.value.version == 4 else None,
    type_name="System.Int64",
)
ADDRESS.prop("IPAddressToString", lambda a, ctx: str(a.value), type_name="System.String")
ADDRESS.to_string = lambda a, ctx: str(a.value)
ADDRESS.static_method("ipaddress Parse(string ipString)")(parse_address)
ADDRESS.method("byte[] GetAddressBytes()")(lambda a: bytes_value(a.value.packed))
ADDRESS.method("bool Equals(object comparand)")(lambda a, other: a == other)
for _name, _text in (
    ("Any", "0.0.0.0"),
    ("Loopback", "127.0.0.1"),
    ("Broadcast", "255.255.255.255"),
    ("None", "255.255.255.255"),
    ("IPv6Loopback", "::1"),
    ("IPv6Any", "::"),
):
    ADDRESS.static(_name, lambda ctx, text=_text: Address(ipaddress.ip_address(text)))


@ADDRESS.static_method("bool TryParse(string ipString, ref address)")
def _try_address(text: str, result: Any) -> bool:
    try:
        result.assign(parse_address(text))
    except Exception:
        result.assign(None)
        return False
    return True


def _cast_address(value: Any, ctx: Any) -> Any:
    if value is None or isinstance(value, Address):
        return value
    if isinstance(value, str):
        return parse_address(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Address(ipaddress.IPv4Address(int(value).to_bytes(4, "little")))
    raise CastFault()


ADDRESS.convert = _cast_address
ADDRESS.constructor("new(byte[] address)")(lambda data: Address(ipaddress.ip_address(bytes(data))))


class Mailbox(v.NetObject):
    """System.Net.Mail.MailAddress."""

    __slots__ = ("address", "display")

    def __init__(self, text: str, display: str = ""):
        found = re.fullmatch(r'\s*(?:"?([^"<]*?)"?\s*<)?\s*([^@<>\s]+@[^@<>\s]+?)\s*>?\s*', text or "")
        if found is None:
            raise bad_format("The specified string is not in the form required for an e-mail address.")
        self.display = display or (found.group(1) or "")
        self.address = found.group(2)


MAIL = declare_type("System.Net.Mail.MailAddress", python=Mailbox, assembly="System")
MAIL.prop("DisplayName", lambda m, ctx: m.display, type_name="System.String")
MAIL.prop("User", lambda m, ctx: m.address.rpartition("@")[0], type_name="System.String")
MAIL.prop("Host", lambda m, ctx: m.address.rpartition("@")[2], type_name="System.String")
MAIL.prop("Address", lambda m, ctx: m.address, type_name="System.String")
MAIL.to_string = lambda m, ctx: f'"{m.display}" <{m.address}>' if m.display else m.address
MAIL.constructor("new(string address)", "new(string address, string displayName)")(Mailbox)
