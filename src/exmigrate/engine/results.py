"""What a step's function returns, checked before anybody believes it (DESIGN section 5, Results)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import BadResult

STATES = {
    "Check": ("satisfied", "needed", "blocked"),
    "Apply": ("applied",),
    "Verify": ("verified", "pending", "failed"),
    "Rollback": ("applied",),
}
"""The states that each function may answer."""

MEMBER_STATES = {
    "Check": ("satisfied", "needed", "blocked", "failed"),
    "Apply": ("applied", "failed"),
    "Verify": ("verified", "pending", "failed"),
    "Rollback": ("applied", "failed"),
}
"""The states that each function may give a member."""


VERIFY_SAYS_FAILED = "VerifyFailed"
"""The error id of a Verify that looked and did not find the postcondition."""


@dataclass(frozen=True)
class Pending:
    """How far something is that is waited for; `next_s` seconds until it is worth asking again."""

    done: int
    total: int
    next_s: int


@dataclass(frozen=True)
class Result:
    """A function's answer."""

    state: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    message: str = ""
    pending: Pending | None = None
    reboot: bool = False

    @property
    def watermark(self) -> str:
        """What a half-done Setup left behind, in the script's words; empty for none."""
        return str(self.facts.get("watermark") or "")


def read_result(function: str, data: object, step: str = "") -> Result:
    """Check and read a function's answer.

    Raises:
        BadResult: not a mapping, a state that the function cannot give, or a part of another shape.
    """
    if not isinstance(data, Mapping):
        raise BadResult(f"{function} returned {type(data).__name__}, not a result object.", step=step)
    values = {str(k).lower(): v for k, v in data.items()}
    state = str(values.get("state") or "").lower()
    if state not in STATES[function]:
        known = ", ".join(STATES[function])
        raise BadResult(f"{function} returned the state {state!r}; it may return {known}.", step=step)
    return Result(
        state=state,
        facts=_mapping(function, "facts", values.get("facts"), step),
        before=_mapping(function, "before", values.get("before"), step),
        members=_members(function, values.get("members"), step),
        message=str(values.get("message") or ""),
        pending=_pending(function, values.get("pending"), step),
        reboot=values.get("reboot") is True,
    )


def _mapping(function: str, name: str, value: object, step: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadResult(f"{function} returned {name} that is no map.", step=step)
    return {str(k): v for k, v in value.items()}


def _members(function: str, value: object, step: str) -> Mapping[str, Mapping[str, str]]:
    out: dict[str, Mapping[str, str]] = {}
    for name, member in _mapping(function, "members", value, step).items():
        given = _mapping(function, f"members.{name}", member, step)
        state = str(given.get("state") or "").lower()
        if state not in MEMBER_STATES[function]:
            raise BadResult(f"{function} returned the state {state!r} for the member {name!r}.", step=step)
        out[name] = {"state": state, "message": str(given.get("message") or "")}
    return out


def _pending(function: str, value: object, step: str) -> Pending | None:
    given = _mapping(function, "pending", value, step)
    if not given:
        return None
    try:
        return Pending(
            int(given.get("done") or 0), int(given.get("total") or 0), int(given.get("next_s") or 60)
        )
    except (TypeError, ValueError):
        raise BadResult(f"{function} returned pending that has no numbers.", step=step) from None
