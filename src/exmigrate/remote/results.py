"""Answers of the host loop, checked before anybody believes them: a server's output is untrusted input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import BadResult

MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_DEPTH: Final = 40
_MAX_TEXT: Final = 1024 * 1024
_MAX_VALUES: Final = 500_000
_MAPS: Final = ("facts", "before", "members", "pending")
BLOTTED: Final = "******"


@dataclass(frozen=True, slots=True)
class Result:
    """What a function returned.

    Attributes:
        data: The whole object; keys in lower case at the top level.
        milliseconds: How long it ran, by the server's clock.
        console: What it printed.
    """

    data: Mapping[str, Any]
    milliseconds: int = 0
    console: str = ""

    @property
    def state(self) -> str:
        """The state it says, in lower case."""
        return str(self.data.get("state") or "").lower()

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its facts; empty without any."""
        found = self.data.get("facts")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that came to nothing.

    Attributes:
        class_: `never-sent ambiguous throttled credentials permanent transient`, or `script` for an error that
            the script itself raised.
        message: The error, without secrets.
        fqid: PowerShell's FullyQualifiedErrorId, or the transport's code.
        position: Where in the script.
        evidence: Named texts: category, script stack, raw reply, console output.
    """

    class_: str
    message: str
    fqid: str = ""
    position: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


CallOutcome = Result | Failure


def read_answer(payload: bytes, secrets: Sequence[str] = (), console: str = "") -> CallOutcome:
    """Check and read one answer.

    Args:
        payload: JSON of the host loop: `{v, result, error, stray, milliseconds}`.
        secrets: Texts that must not leave this room; blotted out wherever they stand.
        console: What scripts printed meanwhile.

    Raises:
        BadResult: not JSON, too large, too deep, or of another shape.
    """
    answer = _load(payload, secrets)
    if not isinstance(answer, dict) or answer.get("v") != 1:
        raise BadResult("An answer of the host loop has another version or shape.")
    printed = blot(console, secrets)
    error = answer.get("error")
    if isinstance(error, dict):
        return _failure(error, printed)
    result = answer.get("result")
    if not isinstance(result, dict):
        raise BadResult("An answer holds neither a result nor an error.")
    milliseconds = answer.get("milliseconds")
    return Result(_result(result), milliseconds if type(milliseconds) is int else 0, printed)


def read_receipt(text: bytes, secrets: Sequence[str] = ()) -> CallOutcome:
    """Read a job's receipt; its form is that of an answer.

    Raises:
        BadResult: as `read_answer`.
    """
    return read_answer(text, secrets)


def blot(text: str, secrets: Sequence[str]) -> str:
    """Replace secrets in a text."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, BLOTTED)
    return text


def _load(payload: bytes, secrets: Sequence[str]) -> Any:
    if len(payload) > MAX_BYTES:
        raise BadResult(f"An answer of {len(payload)} bytes is larger than {MAX_BYTES}.")
    try:
        data = json.loads(
            payload.decode(), parse_float=_no_float, parse_constant=_no_float, parse_int=_integer
        )
    except (ValueError, RecursionError) as error:
        raise BadResult("An answer is no JSON.", why=blot(str(error), secrets)) from None
    budget = [_MAX_VALUES]
    return _checked(data, secrets, 0, budget)


def _no_float(text: str) -> Any:
    raise ValueError(f"fractions are not part of a result: {text[:40]}")


def _integer(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("an integer does not fit into 64 bits")
    return int(text)


def _checked(value: Any, secrets: Sequence[str], depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > _MAX_DEPTH or budget[0] < 0:
        raise BadResult("An answer is nested too deep or holds too many values.")
    if isinstance(value, str):
        if len(value) > _MAX_TEXT:
            raise BadResult(f"An answer holds a text of more than {_MAX_TEXT} characters.")
        return blot(value, secrets)
    if isinstance(value, dict):
        return {blot(k, secrets): _checked(v, secrets, depth + 1, budget) for k, v in value.items()}
    if isinstance(value, list):
        return [_checked(item, secrets, depth + 1, budget) for item in value]
    return value


def _result(given: Mapping[str, Any]) -> dict[str, Any]:
    data = {str(key).lower(): value for key, value in given.items()}
    if not isinstance(data.get("state"), str) or len(data["state"]) > 40:
        raise BadResult("A result has no state.")
    for name in _MAPS:
        if data.get(name) is not None and not isinstance(data[name], Mapping):
            raise BadResult(f"A result's {name} is no map.")
    if data.get("message") is not None and not isinstance(data["message"], str):
        raise BadResult("A result's message is no text.")
    return data


def _failure(error: Mapping[str, Any], console: str) -> Failure:
    def text(name: str) -> str:
        return str(error.get(name) or "")

    names = ("category", "reason", "target", "type", "inner", "stack")
    evidence = {name: text(name) for name in names if text(name)}
    if console:
        evidence["console"] = console
    return Failure(
        "script",
        text("message") or "the script failed without a message",
        text("id"),
        text("position"),
        evidence,
    )
