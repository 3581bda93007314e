"""Arguments: expressions of a step kind to JSON values and named references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .bind import Bound
from .errors import ExpressionError

REFERENCES = ("$fact", "$output", "$secret", "$file", "$set")
"""Reference forms, each resolved at its stated moment (DESIGN section 5)."""

RESERVED = ("dc", "dcs", "before", "members")
"""Argument names that the compiler and the engine fill."""

RECIPIENTS = "recipients"
"""The library for recipients: a kind that names it gets `dcs`, a controller of each domain."""


def arguments(bound: Bound, dc: str, dcs: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of a step: JSON values, references as `{"$fact": "inv-oa@CAS07"}`.

    Raises:
        ExpressionError: a value is no JSON value, or a name is reserved.
    """
    out: dict[str, Any] = {"dc": dc}
    if RECIPIENTS in bound.kind.libraries:
        out["dcs"] = dict(dcs)
    for name, value in bound.kind.arguments.items():
        if name in RESERVED:
            raise _fault(bound, f"the argument name {name!r} is reserved")
        out[name] = _argument(bound, name, value)
    return out


def _argument(bound: Bound, name: str, value: object) -> Any:
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in REFERENCES:
        form, text = next(iter(value.items()))
        target = bound.evaluate("arguments", str(text))
        return {form: str(target)} if target else None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return plain(bound, name, bound.evaluate("arguments", value))
    if isinstance(value, dict):
        return {str(k): _argument(bound, f"{name}.{k}", v) for k, v in value.items()}
    if isinstance(value, list):
        return [_argument(bound, name, v) for v in value]
    raise _fault(bound, f"{name} is neither an expression nor a reference")


def plain(bound: Bound, name: str, value: object) -> Any:
    """A value as JSON without floats; anything else is refused."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)
        case Mapping():
            return {str(k): plain(bound, f"{name}.{k}", v) for k, v in value.items()}
        case list() | tuple():
            return [plain(bound, name, v) for v in value]
        case _:
            raise _fault(bound, f"{name} has the value {type(value).__name__}, which no script can take")


def references(value: object, form: str) -> list[str]:
    """The targets of all references of a form within a value, in order."""
    match value:
        case Mapping():
            own = [str(value[form])] if set(value) == {form} else []
            return own + [r for v in value.values() for r in references(v, form)]
        case list() | tuple():
            return [r for v in value for r in references(v, form)]
        case _:
            return []


def _fault(bound: Bound, why: str) -> ExpressionError:
    return ExpressionError(
        f"The arguments of {bound.kind.id} are not as they must be.",
        where=bound.kind.where("arguments"),
        step=bound.id,
        why=why,
        next="correct 'arguments:' in the step kind's file",
    )
