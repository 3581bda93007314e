"""Whether and when another try is made: by the failure's class, counted in the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Step

from .state import StepRecord


@dataclass(frozen=True)
class Rule:
    """So many further tries, the first after `first_s` seconds, each pause twice as long, `most_s` at most."""

    tries: int
    first_s: int
    most_s: int


DEFAULTS: Mapping[str, Rule] = {
    "never-sent": Rule(20, 5, 300),
    "transient": Rule(5, 30, 600),
    "ambiguous": Rule(5, 10, 300),
    "throttled": Rule(20, 30, 900),
    "credentials": Rule(0, 0, 0),
    "permanent": Rule(0, 0, 0),
}
"""Policy's `retries` replaces the number of tries."""

LOOKS_PER_TRY = 3
"""Check and Verify change nothing: they are tried so many times as often, through another server's Setup or restart."""

LOOKS = Rule(30, 10, 300)
"""How often a server that does not answer is asked what became of a job before a person is."""


def classify(step: Step, failure_class: str, message: str, error_id: str = "") -> str:
    """The class of a failure: the transport's, or for an error of the script what its kind's author knows of it."""
    if failure_class != "script":
        return failure_class
    text = f"{error_id}\n{message}"
    for known in step.failures:
        if re.search(known.match, text, re.IGNORECASE):
            return known.failure_class
    return "permanent"


def pause(policy: Mapping[str, Any], step: Step, record: StepRecord) -> int | None:
    """Seconds until the next try of a broken step, or None if there is none."""
    failure_class = record.failure_class
    rule = DEFAULTS.get(failure_class, DEFAULTS["permanent"])
    allowed = int((policy.get("retries") or {}).get(failure_class, rule.tries))
    if failure_class in ("credentials", "permanent"):
        allowed = 0
    if step.effect == "once" and record.during in ("job", "verify") and failure_class == "transient":
        allowed = min(allowed, 1)
    elif record.during in ("check", "verify"):
        allowed *= LOOKS_PER_TRY
    count = record.failures.get(failure_class, 0)
    return wait(rule, count) if count <= allowed else None


def wait(rule: Rule, count: int) -> int:
    """Seconds before try number `count` + 1."""
    return int(min(rule.most_s, rule.first_s * 2 ** max(0, count - 1)))
