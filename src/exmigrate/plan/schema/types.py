"""Scalar types of the plan language, and the marks that say what a name refers to.

Every quantity is written with its unit and read to one: durations to seconds, sizes to bytes. `Defines` and `Refers`
are metadata: a generic walk over the raw document finds doubled and dangling names with them, whether or not the rest
of the document is right.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from exmigrate.plan.ranges import bounds


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


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB|TB)")
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
_DIGITS = 16
"""Digits of a number that are read: one with more is beyond every limit."""
_LONGEST = 10 * 365 * 86400
_LARGEST = 1 << 50
_HOST = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*"
_RANGE = "an address, a range or a subnet such as 10.1.0.0/16"
_IPV4 = r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)"
is_address = re.compile(_IPV4).fullmatch


class Written:
    """A text of one form, for the check and for the JSON Schema alike.

    Args:
        pattern: what the whole text matches.
        said: what was expected, for an error: "a drive such as C:".
        description: for an editor.
        read: the value of a match; the text itself by default. Raises ValueError with what was expected.
    """

    def __init__(
        self,
        pattern: str,
        said: str,
        description: str,
        read: Callable[[re.Match[str]], Any] = lambda found: found[0],
    ) -> None:
        self._known = re.compile(pattern)
        self._said = said
        self.json_schema: JsonSchemaValue = {
            "type": "string",
            "pattern": f"^{pattern}$",
            "description": description,
        }
        self._read = read

    def _check(self, value: Any) -> Any:
        found = self._known.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError(self._said)
        return self._read(found)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(self.json_schema)


def _duration(found: re.Match[str]) -> int:
    seconds = int(found[1][:_DIGITS]) * _SECONDS[found[2]]
    if seconds > _LONGEST:
        raise ValueError("a duration of ten years at most")
    return seconds


def size_of(value: str) -> int:
    """Bytes of a size with its unit.

    Raises:
        ValueError: says what was expected.
    """
    found = _SIZE.fullmatch(value)
    if not found:
        raise ValueError("a size with its unit, such as 250MB or 40GB")
    return _size(found)


def _size(found: re.Match[str]) -> int:
    size = int(found[1][:_DIGITS]) * _BYTES[found[2]]
    if size > _LARGEST:
        raise ValueError("a size of 1024TB at most")
    return size


def _day(found: re.Match[str]) -> str:
    try:
        return date.fromisoformat(found[0]).isoformat()
    except ValueError:
        raise ValueError("a day of the calendar, such as 2011-05-06") from None


def _url(found: re.Match[str]) -> str:
    if "@" in found[1]:
        raise ValueError("secret-in-url")
    return found[0]


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


def _subnet(found: re.Match[str]) -> str:
    try:
        bounds(found[0])
    except ValueError:
        raise ValueError(_RANGE) from None
    return found[0]


SecretRef = Annotated[
    str,
    Written(
        r"(env|file|keyring|prompt):\S[\s\S]*",
        "literal-secret",
        "Reference to a secret: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT",
    ),
]
Duration = Annotated[
    int,
    Written(
        r"(\d+)\s*(s|m|h|d|w)",
        "a duration with its unit, such as 90m, 2h or 7d",
        "Duration with unit: 90m, 2h, 7d",
        _duration,
    ),
]
Size = Annotated[
    int,
    Written(
        _SIZE.pattern, "a size with its unit, such as 250MB or 40GB", "Size with unit: 250MB, 40GB", _size
    ),
]
Percent = Annotated[
    int,
    Written(
        r"(\d{1,2}|100)\s*%", "a share of the whole, such as 15%", "Share: 15%", lambda found: int(found[1])
    ),
]
Clock = Annotated[
    int,
    Written(
        r"([01]?\d|2[0-3]):([0-5]\d)",
        "a time of day, such as 22:00",
        "Time of day: 22:00",
        lambda found: int(found[1]) * 60 + int(found[2]),
    ),
]
Day = Annotated[
    str, Written(r"\d{4}-\d{2}-\d{2}", "a day of the calendar, such as 2011-05-06", "Day: 2011-05-06", _day)
]
Label = Annotated[str, AsLabel()]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
ComputerName = Annotated[
    str,
    Written(
        r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9_-]{0,13}[A-Za-z0-9])?",
        "a computer's name: at most 15 letters, digits and hyphens, without its domain, such as EX10-01",
        "Computer name, such as EX10-01",
    ),
]
HostName = Annotated[str, Written(_HOST, "a host name such as mail.contoso.com", "Host name")]
Address = Annotated[str, Written(_IPV4, "an IPv4 address such as 10.1.0.10", "IPv4 address")]
Subnet = Annotated[
    str, Written(r"\d[\d.]*(\s*-\s*\d[\d.]*|/[\d.]+)?", _RANGE, "Address, range or subnet", _subnet)
]
Drive = Annotated[str, Written(r"[A-Z]:", "a drive such as C:", "Drive: C:")]
PlanName = Annotated[
    str,
    Written(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "a name of at most 64 letters, digits, '.', '_' and '-', such as contoso-2010",
        "Name of letters, digits, '.', '_' and '-'",
    ),
]
RuleId = Annotated[str, Written(r"[A-Z]{2,4}-\d{3}", "the id of a rule, such as TOP-024", "Id of a rule")]
DsnIdentity = Annotated[
    str,
    Written(
        r"[A-Za-z-]+\\(Internal|External)\\\S+",
        "language, audience and code, such as en\\External\\5.7.1",
        "Language, audience and code",
    ),
]
FolderPath = Annotated[
    str, Written(r"\\.*", "the path of a public folder, such as \\Sales", "Path of a public folder")
]
DialCode = Annotated[str, Written(r"[0-9]{0,4}", 'a dialling code in quotes, such as "41"', "Dialling code")]
Url = Annotated[str, Written(r"https?://([^\s/]+)(/\S*)?", "a URL that starts with https://", "URL", _url)]
Sha256 = Annotated[str, Written(r"[0-9A-Fa-f]{64}", "64 hexadecimal digits (SHA-256)", "SHA-256")]
Build = Annotated[str, Written(r"\d+\.\d+\.\d+(\.\d+)?", "a build such as 14.3.123.4", "Build")]
WindowsPath = Annotated[
    str,
    Written(
        r"([A-Za-z]:|\\\\[^\\]+\\[^\\]+)(\\.*)?",
        "a full Windows path such as D:\\Media or \\\\files\\media",
        "Full Windows path",
    ),
]
RelativeFile = Annotated[
    str,
    Written(
        r"(?!/)(?![A-Za-z]:)(?!.*(^|/)\.\.(/|$))[^\x00\\]+",
        "a file beside the plan, relative, without ..",
        "File beside the plan",
    ),
]
