"""Scalar types of the plan language, and the marks that say what a name refers to.

Every quantity is written with its unit and read to one: durations to seconds, sizes to bytes. `Defines` and `Refers`
are metadata: a generic walk over the raw document finds doubled and dangling names with them, whether or not the rest
of the document is right.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Defines:
    """This field is the name of an entity of that kind, unique among its kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refers:
    """This field names an entity of one of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The language has this key, this version cannot do it: refused by name."""

    what: str
    remedy: str


class Entry(BaseModel):
    """Base of every mapping of the plan: unknown keys and silent conversions are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


_SECRET = re.compile(r"(env|file|keyring|prompt):\S.*\Z", re.DOTALL)
_DURATION = re.compile(r"(\d+)\s*(s|m|h|d|w)\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB|TB)\Z")
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
_DIGITS = 16
"""Digits of a number that are read: one with more is beyond every limit."""
_LONGEST = 10 * 365 * 86400
_LARGEST = 1 << 50
_PERCENT = re.compile(r"(\d{1,3})\s*%\Z")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")
_HOST = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*"
_IPV4 = r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)"
is_address = re.compile(_IPV4).fullmatch


def _secret(value: Any) -> str:
    if isinstance(value, str) and _SECRET.match(value):
        return value
    raise ValueError("literal-secret")


def _duration(value: Any) -> int:
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a duration with its unit, such as 90m, 2h or 7d")
    seconds = int(found[1][:_DIGITS]) * _SECONDS[found[2]]
    if seconds > _LONGEST:
        raise ValueError("a duration of ten years at most")
    return seconds


def size_of(value: Any) -> int:
    """Bytes of a size with its unit.

    Raises:
        ValueError: says what was expected.
    """
    found = _SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a size with its unit, such as 250MB or 40GB")
    size = int(found[1][:_DIGITS]) * _BYTES[found[2]]
    if size > _LARGEST:
        raise ValueError("a size of 1024TB at most")
    return size


def _percent(value: Any) -> int:
    found = _PERCENT.match(value) if isinstance(value, str) else None
    if not found or int(found[1]) > 100:
        raise ValueError("a share of the whole, such as 15%")
    return int(found[1])


def _clock(value: Any) -> int:
    found = _CLOCK.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a time of day, such as 22:00")
    return int(found[1]) * 60 + int(found[2])


def _date(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise ValueError("a day of the calendar, such as 2011-05-06")


def _label(value: Any) -> Any:
    """Labels that look like numbers (`version: 2007`) are words all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class AsLabel:
    """Marks a text that may be written as a number: a version, an extension."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_label, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(schema)
        if "enum" in found:
            return {"enum": [*found["enum"], *(int(v) for v in found["enum"] if v.isdigit())]}
        return {"type": ["string", "integer"]}


def _matching(pattern: str, said: str) -> Callable[[Any], str]:
    known = re.compile(pattern)

    def check(value: Any) -> str:
        if isinstance(value, str) and known.fullmatch(value):
            return value
        raise ValueError(said)

    return check


def _subnet(value: Any) -> str:
    try:
        if isinstance(value, str) and "-" in value:
            first, last = (ip_address(part.strip()) for part in value.split("-"))
            if first.version == last.version == 4 and int(first) <= int(last):
                return value
        elif isinstance(value, str) and ip_network(value, strict=False).version == 4:
            return value
    except ValueError:
        pass
    raise ValueError("an address, a range or a subnet such as 10.1.0.0/16")


_HTTP = re.compile(r"https?://([^\s/]+)(/\S*)?")


def _url(value: Any) -> str:
    found = _HTTP.fullmatch(value) if isinstance(value, str) else None
    if found and "@" in found[1]:
        raise ValueError("secret-in-url")
    if not found:
        raise ValueError("a URL that starts with https://")
    return str(value)


def _text(pattern: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": description})


SecretRef = Annotated[
    str,
    BeforeValidator(_secret),
    _text(
        r"^(env|file|keyring|prompt):\S",
        "Reference to a secret: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT",
    ),
]
Duration = Annotated[
    int, BeforeValidator(_duration), _text(r"^\d+\s*(s|m|h|d|w)$", "Duration with unit: 90m, 2h, 7d")
]
Size = Annotated[
    int, BeforeValidator(size_of), _text(r"^\d+\s*(B|KB|MB|GB|TB)$", "Size with unit: 250MB, 40GB")
]
Percent = Annotated[int, BeforeValidator(_percent), _text(r"^\d{1,3}\s*%$", "Share: 15%")]
Clock = Annotated[int, BeforeValidator(_clock), _text(r"^([01]?\d|2[0-3]):[0-5]\d$", "Time of day: 22:00")]
Day = Annotated[str, BeforeValidator(_date), _text(r"^\d{4}-\d{2}-\d{2}$", "Day: 2011-05-06")]
Label = Annotated[str, AsLabel()]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
ComputerName = Annotated[
    str,
    BeforeValidator(
        _matching(
            r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9_-]{0,13}[A-Za-z0-9])?",
            "a computer's name: at most 15 letters, digits and hyphens, without its domain, such as EX10-01",
        )
    ),
    _text(r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,13}[A-Za-z0-9])?$", "Computer name, such as EX10-01"),
]
HostName = Annotated[
    str,
    BeforeValidator(_matching(_HOST, "a host name such as mail.contoso.com")),
    _text(f"^{_HOST}$", "Host name"),
]
Address = Annotated[
    str,
    BeforeValidator(_matching(_IPV4, "an IPv4 address such as 10.1.0.10")),
    _text(f"^{_IPV4}$", "IPv4 address"),
]
Subnet = Annotated[str, BeforeValidator(_subnet), _text(r"^\d+\.\d+\.\d+\.\d+", "Address, range or subnet")]
Drive = Annotated[
    str, BeforeValidator(_matching(r"[A-Z]:", "a drive such as C:")), _text(r"^[A-Z]:$", "Drive: C:")
]
PlanName = Annotated[
    str,
    BeforeValidator(
        _matching(
            r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
            "a name of at most 64 letters, digits, '.', '_' and '-', such as contoso-2010",
        )
    ),
    _text(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "Name of letters, digits, '.', '_' and '-'"),
]
RuleId = Annotated[
    str,
    BeforeValidator(_matching(r"[A-Z]{2,4}-\d{3}", "the id of a rule, such as TOP-024")),
    _text(r"^[A-Z]{2,4}-\d{3}$", "Id of a rule"),
]
DsnIdentity = Annotated[
    str,
    BeforeValidator(
        _matching(
            r"[A-Za-z-]+\\(Internal|External)\\\S+",
            "language, audience and code, such as en\\External\\5.7.1",
        )
    ),
    _text(r"^[A-Za-z-]+\\(Internal|External)\\\S+$", "Language, audience and code"),
]
FolderPath = Annotated[
    str,
    BeforeValidator(_matching(r"\\.*", "the path of a public folder, such as \\Sales")),
    _text(r"^\\", "Path of a public folder"),
]
DialCode = Annotated[
    str,
    BeforeValidator(_matching(r"[0-9]{0,4}", 'a dialling code in quotes, such as "41"')),
    _text(r"^[0-9]{0,4}$", "Dialling code"),
]
Url = Annotated[
    str,
    BeforeValidator(_url),
    _text(r"^https?://", "URL"),
]
Sha256 = Annotated[
    str,
    BeforeValidator(_matching(r"[0-9A-Fa-f]{64}", "64 hexadecimal digits (SHA-256)")),
    _text(r"^[0-9A-Fa-f]{64}$", "SHA-256"),
]
Build = Annotated[
    str,
    BeforeValidator(_matching(r"\d+\.\d+\.\d+(\.\d+)?", "a build such as 14.3.123.4")),
    _text(r"^\d+\.\d+\.\d+(\.\d+)?$", "Build"),
]
WindowsPath = Annotated[
    str,
    BeforeValidator(
        _matching(
            r"([A-Za-z]:|\\\\[^\\]+\\[^\\]+)(\\.*)?",
            "a full Windows path such as D:\\Media or \\\\files\\media",
        )
    ),
    _text(r"^([A-Za-z]:|\\\\)", "Full Windows path"),
]
RelativeFile = Annotated[
    str,
    BeforeValidator(
        _matching(
            r"(?!/)(?![A-Za-z]:)(?!.*(^|/)\.\.(/|$))[^\x00\\]+",
            "a file beside the plan, relative, without ..",
        )
    ),
    _text(r"^[^/\\]", "File beside the plan"),
]
