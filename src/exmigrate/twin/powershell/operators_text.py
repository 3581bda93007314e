"""The operators on text: ``-like -match -replace -split -join -f`` and the type operators ``-is -as``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import bitwise as b
from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import operators as o
from exmigrate.twin.powershell import unary
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.compare import COMPARISONS, Operator
from exmigrate.twin.powershell.convert import convert, to_bool, try_convert
from exmigrate.twin.powershell.errors import NetException, PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.text import regex as rx
from exmigrate.twin.powershell.text.composite import format_composite
from exmigrate.twin.powershell.text.regex_syntax import IGNORE_CASE
from exmigrate.twin.powershell.text.wildcard import compile_wildcard
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import array_type_name, to_text


def _like(negate: bool, ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        pattern = compile_wildcard(to_text(right, ctx), ignore_case)
        if o.is_list(left):
            return [item for item in left if (pattern.match(to_text(item, ctx)) is None) == negate]
        return (pattern.match(to_text(left, ctx)) is None) == negate

    return run


def pattern_of(value: Any, ignore_case: bool, ctx: Any) -> rx.NetRegex:
    """The expression on the right side of an operator: text, or a [regex] that keeps its own options."""
    regex = getattr(value, "regex", None)
    if isinstance(regex, rx.NetRegex):
        return regex
    text = to_text(value, ctx)
    try:
        return rx.compile_regex(text, IGNORE_CASE if ignore_case else 0)
    except NetFault as fault:
        raise _bad_pattern(text, fault) from None


def _bad_pattern(text: str, fault: NetFault) -> PSError:
    inner = NetException(fault.kind, fault.message)
    if fault.kind == "System.NotSupportedException":
        return error(fault.message, "NotSimulated", "NotImplemented", exception=fault.kind)
    return error(
        f"The regular expression pattern {text} is not valid.",
        "InvalidRegularExpression",
        "InvalidOperation",
        text,
        inner=inner,
    )


def matches_table(regex: rx.NetRegex, found: Any) -> c.Hashtable:
    """``$Matches`` of a match: groups that took part, by number or name."""
    table = c.Hashtable()
    for number, name in enumerate(regex.names):
        text = regex.group_text(found, number)
        if text is not None:
            table[int(name) if name.isdigit() else name] = text
    return table


def match(
    left: Any, right: Any, ctx: Any = None, ignore_case: bool = True, negate: bool = False
) -> tuple[Any, Any]:
    """``-match``: the result, and the table for ``$Matches`` (None leaves the variable as it is)."""
    regex = pattern_of(right, ignore_case, ctx)
    if o.is_list(left):
        search = regex.compiled.search
        return [item for item in left if (search(to_text(item, ctx)) is None) == negate], None
    found = regex.compiled.search(to_text(left, ctx))
    if found is None:
        return negate, None
    return not negate, matches_table(regex, found)


def _match_operator(negate: bool, ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        result, table = match(left, right, ctx, ignore_case, negate)
        if table is not None and ctx is not None:
            ctx.set_matches(table)
        return result

    return run


def _replace(ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        pattern, replacement = _replace_arguments(right)
        regex = pattern_of(pattern, ignore_case, ctx)
        template: Any = _replacement_of(replacement, regex, ctx)
        if o.is_list(left):
            return [regex.replace(to_text(item, ctx), template) for item in left]
        return regex.replace(to_text(left, ctx), template)

    return run


def _replace_arguments(right: Any) -> tuple[Any, Any]:
    if not o.is_list(right):
        return right, ""
    items = list(right)
    if len(items) > 2:
        raise error(
            f"The -ireplace operator allows only two elements to follow it, not {len(items)}.",
            "BadReplaceArgument",
            "InvalidOperation",
            right,
        )
    return (items[0] if items else ""), (items[1] if len(items) == 2 else "")


def _replacement_of(value: Any, regex: rx.NetRegex, ctx: Any) -> Any:
    if ctx is not None and ctx.level == "7" and d.type_of(value).short_name == "ScriptBlock":
        from exmigrate.twin.powershell.types.regexes import MatchObject

        def evaluate(found: Any) -> str:
            match_object = MatchObject(regex, found)
            return " ".join(to_text(item, ctx) for item in ctx.invoke(value, [], dollar_under=match_object))

        return evaluate
    return to_text(value, ctx)


def split_unary(value: Any, ctx: Any = None) -> list[Any]:
    """Unary ``-split``: at runs of white space, none at the ends."""
    out: list[Any] = []
    for item in value if o.is_list(value) else [value]:
        out.extend(to_text(item, ctx).split())
    return out


_OPTIONS = {
    "simplematch": 0x1,
    "regexmatch": 0x2,
    "cultureinvariant": 0x4,
    "ignorepatternwhitespace": 0x8,
    "multiline": 0x10,
    "singleline": 0x20,
    "ignorecase": 0x40,
    "explicitcapture": 0x80,
}


def _split(ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        items = list(right) if o.is_list(right) else [right]
        separator = items[0] if items else ""
        limit = int(convert(items[1], d.INT32)) if len(items) > 1 else 0
        options = _split_options(items[2], ctx) if len(items) > 2 else 0
        texts = [to_text(item, ctx) for item in left] if o.is_list(left) else [to_text(left, ctx)]
        out: list[Any] = []
        for text in texts:
            out.extend(_split_one(text, separator, limit, options, ignore_case, ctx))
        return out

    return run


def _split_options(value: Any, ctx: Any) -> int:
    if isinstance(value, v.EnumValue):
        return value.value
    result = 0
    for name in to_text(value, ctx).replace(" ", "").lower().split(","):
        if name not in _OPTIONS:
            raise error(f"Split option '{name}' is not valid.", "InvalidSplitOption", "InvalidArgument")
        result |= _OPTIONS[name]
    return result


def _split_one(text: str, separator: Any, limit: int, options: int, ignore_case: bool, ctx: Any) -> list[str]:
    if d.type_of(separator).short_name == "ScriptBlock":
        return _split_by_block(text, separator, limit, ctx)
    if options & 1:
        regex = rx.compile_regex(
            rx.escape_regex(to_text(separator, ctx)), 1 if ignore_case or options & 0x40 else 0
        )
    else:
        flags = 1 if ignore_case or options & 0x40 else 0
        flags |= (2 if options & 0x10 else 0) | (16 if options & 0x20 else 0)
        flags |= (32 if options & 8 else 0) | (4 if options & 0x80 else 0)
        pattern = to_text(separator, ctx)
        try:
            regex = separator.regex if hasattr(separator, "regex") else rx.compile_regex(pattern, flags)
        except NetFault as fault:
            raise _bad_pattern(pattern, fault) from None
    if limit < 0:
        return _split_from_right(regex, text, -limit)
    return regex.split(text, limit)


def _split_from_right(regex: rx.NetRegex, text: str, limit: int) -> list[str]:
    found = list(regex.compiled.finditer(text))
    kept = found[len(found) - (limit - 1) :] if limit > 1 else []
    out, position = [], 0
    for one in kept:
        out.append(text[position : one.start()])
        position = one.end()
    return [*out, text[position:]]


def _split_by_block(text: str, block: Any, limit: int, ctx: Any) -> list[str]:
    out: list[str] = []
    start = 0
    for position, letter in enumerate(text):
        if limit and len(out) >= limit - 1:
            break
        if to_bool(_single(ctx.invoke(block, [], dollar_under=letter))):
            out.append(text[start:position])
            start = position + 1
    return [*out, text[start:]]


def _single(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def join(left: Any, right: Any, ctx: Any = None) -> str:
    """``-join``."""
    separator = to_text(right, ctx)
    if not o.is_list(left):
        return to_text(left, ctx)
    return separator.join([item if type(item) is str else _element_text(item, ctx) for item in left])


def _element_text(item: Any, ctx: Any) -> str:
    """An element as ``-join`` shows it: an array within the array by its type name."""
    return array_type_name(item) if isinstance(item, list) else to_text(item, ctx)


def join_unary(value: Any, ctx: Any = None) -> str:
    """Unary ``-join``."""
    return join(value, "", ctx)


def format_operator(left: Any, right: Any, ctx: Any = None) -> str:
    """``-f``; what does not fit the template is a FormatError."""
    values = list(right) if o.is_list(right) else [right]
    try:
        return format_composite(to_text(left, ctx), values, ctx)
    except NetFault as fault:
        raise error(
            f"Error formatting a string: {fault.message}",
            "FormatError",
            "InvalidOperation",
            to_text(left, ctx),
            inner=NetException(fault.kind, fault.message),
        ) from None


def is_type(left: Any, right: Any, ctx: Any = None) -> bool:
    """``-is``: the right side is a type, or a text naming one."""
    kind = right if isinstance(right, NetType) else convert(right, d.TYPE, ctx)
    return value_is(left, kind)


def value_is(value: Any, kind: NetType) -> bool:
    """Whether a value is of a type, by class or interface."""
    if value is None:
        return False
    if kind is d.PSOBJECT or kind.name == d.PSOBJECT.name:
        return isinstance(value, (v.PSObject, v.Boxed, v.Record))
    base = o.unbox(value)
    if isinstance(base, NetException):
        return kind.name == "System.Object" or base.is_a(kind.name)
    return d.type_of(base).derives_from(kind)


def is_not_type(left: Any, right: Any, ctx: Any = None) -> bool:
    """``-isnot``."""
    return not is_type(left, right, ctx)


def as_type(left: Any, right: Any, ctx: Any = None) -> Any:
    """``-as``: the conversion, ``$null`` where it cannot be."""
    if isinstance(right, NetType):
        kind = right
    else:
        kind = convert(right, d.TYPE, ctx)
    if left is None and kind.is_value_type:
        converted, value = try_convert(left, kind, ctx)
        return value if converted else None
    return try_convert(left, kind, ctx)[1]


BINARY: dict[str, Operator] = {
    **COMPARISONS,
    "+": o.add,
    "-": o.subtract,
    "*": o.multiply,
    "/": o.divide,
    "%": o.modulo,
    "..": b.range_of,
    "band": b.band,
    "bor": b.bor,
    "bxor": b.bxor,
    "shl": b.shl,
    "shr": b.shr,
    "xor": o.logical_xor,
    "f": format_operator,
    "join": join,
    "is": is_type,
    "isnot": is_not_type,
    "as": as_type,
}
"""Every binary operator that is a function of its two values, by its name without the dash."""
for _prefix, _fold in (("", True), ("i", True), ("c", False)):
    BINARY[_prefix + "like"] = _like(False, _fold)
    BINARY[_prefix + "notlike"] = _like(True, _fold)
    BINARY[_prefix + "match"] = _match_operator(False, _fold)
    BINARY[_prefix + "notmatch"] = _match_operator(True, _fold)
    BINARY[_prefix + "replace"] = _replace(_fold)
    BINARY[_prefix + "split"] = _split(_fold)

UNARY = {
    "-": unary.negate,
    "+": unary.plus,
    "bnot": b.bnot,
    "split": split_unary,
    "join": join_unary,
    "not": lambda value, ctx=None: not to_bool(value),
    "!": lambda value, ctx=None: not to_bool(value),
}
"""Every unary operator that is a function of its value."""
