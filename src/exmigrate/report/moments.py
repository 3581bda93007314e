"""Events of a run in a reader's words: one phrase a type, and which of them a reader waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PHRASES: Mapping[str, str] = {
    "run-started": "run begins",
    "controller-took": "controller takes over",
    "controller-left": "controller leaves",
    "run-stopped": "RUN STOPPED",
    "checked": "checked",
    "intent-made": "begins",
    "submitted": "job started",
    "looked-absent": "nothing had begun",
    "send-again": "sent again under the same id",
    "look-failed": "could not be looked at",
    "answer-lost": "answer lost",
    "applied": "applied",
    "reboot-intended": "restart",
    "rebooted": "restarted",
    "host-ready": "ready again",
    "pending-seen": "under way",
    "members-settled": "members moved on",
    "verified": "verified",
    "step-done": "done",
    "step-skipped": "already so",
    "reopened": "open again",
    "attempt-failed": "attempt failed",
    "retry-planned": "will be tried again",
    "step-failed": "FAILED",
    "interrupted": "INTERRUPTED",
    "became-unknown": "UNKNOWN",
    "gate-opened": "gate is open",
    "gate-probed": "probe",
    "gate-confirmed": "confirmed",
    "gate-rejected": "rejected",
    "acceptance-given": "accepted",
    "retry-asked": "retry asked for",
    "members-skipped": "members left out",
    "resolved": "resolved",
    "rollback-started": "rollback begins",
    "undo-intended": "undo begins",
    "undo-applied": "undo applied",
    "undone": "undone",
    "rollback-finished": "rollback done",
}

TOLD = frozenset(PHRASES) - {
    "checked",
    "applied",
    "looked-absent",
    "send-again",
    "host-ready",
    "verified",
    "gate-probed",
}
"""What is worth a line while a run goes on; the rest is in the history."""

ALARMS = frozenset(
    {"run-stopped", "step-failed", "interrupted", "became-unknown", "attempt-failed", "answer-lost"}
)
"""What an operator has to see."""


def phrase(type: str) -> str:
    """The words for an event's type; the type itself where there are none."""
    return PHRASES.get(type, type)


def text(data: Mapping[str, Any]) -> str:
    """An event as `step: phrase, what it says`."""
    step = str(data.get("step") or "")
    said = [phrase(str(data["type"])), *_details(data)]
    body = ", ".join(said)
    return f"{step}: {body}" if step else body


def _details(data: Mapping[str, Any]) -> list[str]:
    found = [str(data["message"])] if data.get("message") else []
    who = data.get("who") or data.get("owner")
    if who:
        found.append(f"by {who}")
    for name in ("evidence", "reason", "outcome", "marker", "how"):
        value = data.get(name)
        if isinstance(value, str) and value:
            found.append(f"{name}: {value}")
    members = data.get("members")
    if isinstance(members, Mapping) and members:
        failed = sum(m.get("state") == "failed" for m in members.values())
        found.append(f"{len(members)} members" + (f", {failed} FAILED" if failed else ""))
    elif isinstance(members, list | tuple) and members:
        found.append(f"{len(members)} members")
    if data.get("attempt", 1) not in (0, 1):
        found.append(f"attempt {data['attempt']}")
    return found
