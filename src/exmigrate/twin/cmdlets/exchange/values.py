"""Values that Exchange cmdlets give to scripts: identities, sizes, addresses, lists, and objects of a kind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import ArrayList
from exmigrate.twin.powershell.scalars import UTC, DateTime, Guid, TimeSpan, Version
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as _declared  # the base types have to be there first
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.uris import UriObject
from exmigrate.twin.powershell.values import Record, UInt64, record_type
from exmigrate.twin.world import dn as names

if TYPE_CHECKING:
    from exmigrate.twin.world.directory import Entry
    from exmigrate.twin.world.exchange.kinds import Kind

__all__ = [
    "ByteSize",
    "ad_object_id",
    "config_object",
    "date",
    "empty_list",
    "exchange_version",
    "guid",
    "list_of",
    "make",
    "net_type",
    "size",
    "span",
    "text_of",
    "unlimited",
    "uri",
]

DATA = "Microsoft.Exchange.Data"
DIRECTORY = "Microsoft.Exchange.Data.Directory"
_ = _declared.OBJECT

COMMON = (
    "AdminDisplayName", "ExchangeVersion", "Name", "DistinguishedName", "Identity", "Guid", "ObjectCategory",
    "ObjectClass", "WhenChanged", "WhenCreated", "WhenChangedUTC", "WhenCreatedUTC", "OrganizationId",
    "OriginatingServer", "IsValid",
)  # fmt: skip


# identities

_AD_OBJECT_ID = record_type(
    f"{DIRECTORY}.ADObjectId",
    {
        "Rdn": "System.String",
        "Parent": f"{DIRECTORY}.ADObjectId",
        "Depth": "System.Int32",
        "DistinguishedName": "System.String",
        "IsDeleted": "System.Boolean",
        "Name": "System.String",
        "ObjectGuid": "System.Guid",
        "DomainId": f"{DIRECTORY}.ADObjectId",
    },
    to_string=lambda record, ctx: str(record.values["(text)"]),
)


def ad_object_id(dn: str, text: str = "", object_guid: uuid.UUID | None = None) -> Record:
    """An ADObjectId; ``text`` is what it shows as, the object's name by default."""
    return Record(_AD_OBJECT_ID, dict(_object_id_values(dn, text, object_guid)))


@lru_cache(maxsize=16_384)
def _object_id_values(dn: str, text: str, object_guid: uuid.UUID | None) -> tuple[tuple[str, Any], ...]:
    name = names.rdn_value(dn)
    parts = names.split(dn)
    return (
        ("Rdn", parts[0] if dn else ""),
        ("Parent", None),
        ("Depth", len(parts)),
        ("DistinguishedName", dn),
        ("IsDeleted", False),
        ("Name", name),
        ("ObjectGuid", Guid(str(object_guid or uuid.UUID(int=0)))),
        ("DomainId", None),
        ("(text)", text or name),
    )


def guid(value: uuid.UUID) -> Guid:
    """A GUID for scripts."""
    return Guid(str(value))


# sizes

_UNITS = (("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10), ("B", 0))


def _four_digits(number: float) -> str:
    return f"{number:.4g}"


def _size_text(record: Record) -> str:
    count = int(record.values["(bytes)"])
    if record.values.get("(short)"):
        return f"{count}B" if count % 1024 else f"{count // 1024}KB"
    unit, shift = next((item for item in _UNITS if count >= 1 << item[1]), _UNITS[-1])
    return f"{_four_digits(count / (1 << shift))} {unit} ({count:,} bytes)"


ByteSize: NetType = record_type(
    f"{DATA}.ByteQuantifiedSize", {}, to_string=lambda record, ctx: _size_text(record)
)
ByteSize.is_value_type = True


def _to(shift: int) -> Any:
    return lambda record: UInt64(int(record.values["(bytes)"]) >> shift)


for _unit, _shift in (("Bytes", 0), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40)):
    ByteSize.method(f"ulong To{_unit}()")(_to(_shift))

_UNLIMITED = record_type(
    f"{DATA}.Unlimited`1[[{DATA}.ByteQuantifiedSize]]",
    {"IsUnlimited": "System.Boolean", "Value": "System.Object"},
    to_string=lambda record, ctx: _unlimited_text(record),
)
_UNLIMITED.is_value_type = True


def _unlimited_text(record: Record) -> str:
    value = record.values["Value"]
    if record.values["IsUnlimited"]:
        return "unlimited"
    return _size_text(value) if isinstance(value, Record) else text_of(value)


def size(count: int, short: bool = False) -> Record:
    """A ByteQuantifiedSize; ``short`` in the form of 2007: ``1991680KB``."""
    return Record(ByteSize, {"(bytes)": int(count), "(short)": short})


def unlimited(value: int | Record | None, short: bool = False) -> Record:
    """An Unlimited of a byte count; None is unlimited."""
    if value is None:
        return Record(_UNLIMITED, {"IsUnlimited": True, "Value": None})
    inner = value if isinstance(value, Record) else size(value, short)
    return Record(_UNLIMITED, {"IsUnlimited": False, "Value": inner})


# addresses, versions, times


def uri(text: str | None) -> Any:
    """A System.Uri, or None."""
    return UriObject(text) if text else None


_VERSION = record_type(
    f"{DATA}.ServerVersion",
    dict.fromkeys(("Major", "Minor", "Build", "Revision"), "System.Int32"),
    to_string=lambda record, ctx: str(record.values["(text)"]),
)


def server_version(title: str) -> Record:
    """AdminDisplayVersion from ``Version 14.3 (Build 30123.4)`` as the directory has it.

    The build in the text carries 30000 for the release flag, as the cmdlets of both versions show it less that.
    """
    digits = title.replace("(", " ").replace(")", " ").replace(":", " ").split()
    major, minor = (int(part) for part in digits[1].split(".")[:2])
    build, _, revision = digits[3].partition(".")
    number = int(build) - 30000 if int(build) >= 30000 and major >= 8 else int(build)
    values = {
        "Major": major,
        "Minor": minor,
        "Build": number,
        "Revision": int(revision or 0),
        "(text)": f"Version {major}.{minor} (Build {number}.{int(revision or 0)})",
    }
    return Record(_VERSION, values)


_OBJECT_VERSION = record_type(
    f"{DATA}.ExchangeObjectVersion",
    {"Major": "System.Byte", "Minor": "System.Byte", "ExchangeBuild": "System.Version"},
    to_string=lambda record, ctx: str(record.values["(text)"]),
)


@lru_cache(maxsize=8)
def exchange_version(number: int) -> Record:
    """ExchangeVersion from ``msExchVersion``: ``0.1 (8.0.535.0)``, ``0.10 (14.0.100.0)``; 0 is 2003."""
    if number >= 44220983382016:
        major, minor, build = 0, 10, Version(14, 0, 100, 0)
    elif number:
        major, minor, build = 0, 1, Version(8, 0, 535, 0)
    else:
        major, minor, build = 0, 0, Version(6, 5, 6500, 0)
    text = f"{major}.{minor} ({build})"
    return Record(_OBJECT_VERSION, {"Major": major, "Minor": minor, "ExchangeBuild": build, "(text)": text})


def date(moment: datetime | None) -> DateTime | None:
    """A point in time for scripts."""
    return DateTime.from_datetime(moment, UTC) if moment is not None else None


def span(seconds: float | None) -> TimeSpan | None:
    """A time span for scripts."""
    return TimeSpan.from_seconds(seconds) if seconds is not None else None


# lists


def list_of(values: Sequence[Any]) -> ArrayList:
    """A multi-valued property."""
    return ArrayList(values)


def empty_list() -> ArrayList:
    """A multi-valued property without values."""
    return ArrayList()


def text_of(value: Any) -> str:
    """What a value shows as, without a session."""
    if value is None:
        return ""
    if isinstance(value, Record) and value.net.to_string is not None:
        return value.net.to_string(value, None)
    return to_text(value)


# objects


@cache
def net_type(name: str, properties: tuple[str, ...], display: tuple[str, ...] = ()) -> NetType:
    """A type of records, made once; scripts may set any property (the ``-Instance`` way of 2007)."""
    shown = "Identity" if "Identity" in properties else (properties[0] if properties else "")
    return record_type(
        name,
        properties,
        settable=True,
        display=display,
        to_string=lambda record, ctx: text_of(record.values.get(shown)),
    )


def make(name: str, values: dict[str, Any], display: tuple[str, ...] = ()) -> Record:
    """An object of a type that has just these properties."""
    return Record(net_type(name, tuple(values), display), values)


def config_object(
    kind: Kind,
    entry: Entry,
    values: dict[str, Any],
    identity: str,
    server: str,
    display: tuple[str, ...] = (),
) -> Record:
    """A configuration object: its own properties, then those all directory objects have.

    Args:
        values: properties by name, converted for scripts.
        identity: what ``Identity`` shows as.
        server: the controller it was read from.
    """
    created, changed = entry.first("whenCreated"), entry.first("whenChanged")
    common = {
        "AdminDisplayName": entry.text("adminDisplayName"),
        "ExchangeVersion": exchange_version(entry.number("msExchVersion")),
        "Name": names.rdn_value(entry.dn),
        "DistinguishedName": entry.dn,
        "Identity": ad_object_id(entry.dn, identity, entry.guid),
        "Guid": guid(entry.guid),
        "ObjectCategory": names.canonical_name(entry.text("objectCategory")),
        "ObjectClass": list_of([str(v) for v in entry.get("objectClass")]),
        "WhenChanged": date(changed) if isinstance(changed, datetime) else None,
        "WhenCreated": date(created) if isinstance(created, datetime) else None,
        "WhenChangedUTC": date(changed) if isinstance(changed, datetime) else None,
        "WhenCreatedUTC": date(created) if isinstance(created, datetime) else None,
        "OrganizationId": "",
        "OriginatingServer": server,
        "IsValid": True,
    }
    merged = {**values, **{name: value for name, value in common.items() if name not in values}}
    return Record(net_type(kind.net, tuple(merged), display), merged)
