"""LDAP search filters (RFC 4515): parsing, and matching against an entry.

A filter becomes a predicate over an attribute getter, so that the directory decides what an attribute
is (back-links, categories) and the filter only compares.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

Value = str | int | bool | bytes | datetime
Getter = Callable[[str], Sequence[Value]]
Predicate = Callable[[Getter], bool]

BIT_AND = "1.2.840.113556.1.4.803"
BIT_OR = "1.2.840.113556.1.4.804"
IN_CHAIN = "1.2.840.113556.1.4.1941"


class FilterError(ValueError):
    """The search filter is malformed; Windows says ``The search filter is invalid.``"""


def parse(text: str) -> Predicate:
    """Compile a filter.

    Raises:
        FilterError: malformed text.
    """
    stripped = text.strip()
    if stripped and not stripped.startswith("("):
        stripped = f"({stripped})"
    predicate, end = _filter(stripped, 0)
    if stripped[end:].strip():
        raise FilterError(f"unexpected text after the filter: {stripped[end:]!r}")
    return predicate


def _skip(text: str, index: int) -> int:
    while index < len(text) and text[index].isspace():
        index += 1
    return index


def _filter(text: str, index: int) -> tuple[Predicate, int]:
    index = _skip(text, index)
    if index >= len(text) or text[index] != "(":
        raise FilterError("a filter starts with '('")
    index = _skip(text, index + 1)
    if index >= len(text):
        raise FilterError("the filter ends too early")
    if text[index] in "&|":
        return _composite(text, index)
    if text[index] == "!":
        inner, index = _filter(text, index + 1)
        return (lambda get: not inner(get)), _close(text, index)
    return _item(text, index)


def _composite(text: str, index: int) -> tuple[Predicate, int]:
    operator = text[index]
    parts: list[Predicate] = []
    index = _skip(text, index + 1)
    while index < len(text) and text[index] == "(":
        part, index = _filter(text, index)
        parts.append(part)
        index = _skip(text, index)
    test = all if operator == "&" else any
    return (lambda get: test(part(get) for part in parts)), _close(text, index)


def _close(text: str, index: int) -> int:
    index = _skip(text, index)
    if index >= len(text) or text[index] != ")":
        raise FilterError("a ')' is missing")
    return index + 1


def _item(text: str, index: int) -> tuple[Predicate, int]:
    start = index
    while index < len(text) and text[index] not in "=()":
        index += 1
    if index >= len(text) or text[index] != "=":
        raise FilterError(f"no operator in {text[start:index]!r}")
    attribute = text[start:index]
    value_start = index + 1
    end = _value_end(text, value_start)
    raw = text[value_start:end]
    return _comparison(attribute, raw), _close(text, end)


def _value_end(text: str, start: int) -> int:
    # AD takes a bare '(' inside a value, which strict RFC 4515 does not; the first ')' ends it.
    end = text.find(")", start)
    if end < 0:
        raise FilterError("a ')' is missing")
    return end


def _comparison(attribute: str, raw: str) -> Predicate:
    name, operator = attribute.strip(), "="
    if name[-1:] in "<>~":
        name, operator = name[:-1].strip(), name[-1]
    rule = ""
    if name.endswith(":"):
        name, _, rule = name[:-1].partition(":")
        rule = rule.removeprefix("dn:")
    if not name:
        raise FilterError("an attribute name is missing")
    if rule:
        return _matching_rule(name, rule, raw)
    if operator in "<>":
        return _ordering(name, operator, _unescape(raw))
    if raw == "*":
        return lambda get: len(get(name)) > 0
    if "*" in raw:
        return _substring(name, raw)
    return _equality(name, _unescape(raw))


def _matching_rule(name: str, rule: str, raw: str) -> Predicate:
    if rule in (BIT_AND, BIT_OR):
        try:
            mask = int(raw)
        except ValueError as error:
            raise FilterError(f"a bit rule takes a number, found {raw!r}") from error
        if rule == BIT_AND:
            return lambda get: any(isinstance(v, int) and v & mask == mask for v in get(name))
        return lambda get: any(isinstance(v, int) and bool(v & mask) for v in get(name))
    if rule == IN_CHAIN:
        return _equality(f"{name};chain", _unescape(raw))
    raise FilterError(f"matching rule {rule} is not known")


def _equality(name: str, wanted: str) -> Predicate:
    lowered = wanted.lower()
    return lambda get: any(text_of(value).lower() == lowered for value in get(name))


def _substring(name: str, raw: str) -> Predicate:
    pieces = [_unescape(piece).lower() for piece in raw.split("*")]

    def match(text: str) -> bool:
        if not text.startswith(pieces[0]):
            return False
        position = len(pieces[0])
        for piece in pieces[1:-1]:
            position = text.find(piece, position)
            if position < 0:
                return False
            position += len(piece)
        return text.endswith(pieces[-1]) and len(text) - len(pieces[-1]) >= position

    return lambda get: any(match(text_of(value).lower()) for value in get(name))


def _ordering(name: str, operator: str, wanted: str) -> Predicate:
    def compare(value: Value) -> bool:
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                number = int(wanted)
            except ValueError:
                return False
            return value >= number if operator == ">" else value <= number
        text = text_of(value).lower()
        return text >= wanted.lower() if operator == ">" else text <= wanted.lower()

    return lambda get: any(compare(value) for value in get(name))


def text_of(value: Value) -> str:
    """The directory's string form of a value."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, datetime):
        return value.strftime("%Y%m%d%H%M%S.0Z")
    return str(value)


def _unescape(raw: str) -> str:
    if "\\" not in raw:
        return raw
    out = bytearray()
    index = 0
    while index < len(raw):
        if raw[index] == "\\":
            pair = raw[index + 1 : index + 3]
            try:
                out.append(int(pair, 16))
            except ValueError as error:
                raise FilterError(f"bad escape \\{pair}") from error
            index += 3
            continue
        out += raw[index].encode()
        index += 1
    try:
        return out.decode()
    except UnicodeDecodeError:
        return out.decode("latin-1")
