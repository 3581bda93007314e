"""Words and figures that every form of report shares: durations, counts, states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exmigrate.model import Change, Step

STATE_MARK = {"needed": "●", "satisfied": "✓", "unknown": "?", "blocked": "✗"}
"""One character a state; the word always stands beside it, colour and sign are only help for the eye."""


def duration(seconds: int) -> str:
    """Seconds as a person says them: `45 s`, `12 min`, `3 h 20 min`, `5 d 4 h`."""
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 36:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def count(number: int, one: str, many: str = "") -> str:
    """`1 gate`, `3 gates`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def state_counts(steps: Iterable[Step]) -> Mapping[str, int]:
    """How many steps are in each state; states without steps are left out."""
    counts: dict[str, int] = {}
    for step in steps:
        counts[step.state] = counts.get(step.state, 0) + 1
    return {
        state: counts[state] for state in ("needed", "satisfied", "unknown", "blocked") if state in counts
    }


def gates(change: Change) -> tuple[Step, ...]:
    """Steps that a person completes, acceptances included."""
    return tuple(s for s in change.steps if s.effect == "gate" or s.acceptance)


def points_of_no_return(change: Change) -> tuple[Step, ...]:
    """Steps that nothing can undo, in the order of the schedule."""
    return tuple(s for s in change.steps if s.reversibility == "point-of-no-return")


def verdict(change: Change) -> str:
    """The first line a reader needs: how much is to do, and what is in the way."""
    states = state_counts(change.steps)
    errors = [f for f in change.findings if f.severity == "error" and not f.waived]
    parts = [count(len(change.steps), "step"), *(f"{n} {state}" for state, n in states.items())]
    line = ", ".join([": ".join(parts[:2]), *parts[2:]]) if len(parts) > 1 else parts[0]
    if errors:
        return f"NOT READY: {count(len(errors), 'error')} in {line}"
    if states.get("blocked"):
        return f"NOT READY: {line}"
    return line


def flags(step: Step) -> tuple[str, ...]:
    """What a reader must not overlook about a step."""
    found = []
    if step.reversibility == "point-of-no-return":
        found.append("POINT OF NO RETURN")
    elif step.reversibility == "forward-only":
        found.append("forward only")
    if step.effect == "gate":
        found.append(
            {"person": "gate", "probe": "gate, closed by a probe", "both": "gate, probe and person"}[
                step.gate.closes if step.gate else "person"
            ]
        )
    if step.acceptance:
        found.append(f"acceptance: {step.acceptance}")
    if step.reboot != "never":
        found.append("reboots" if step.reboot == "always" else "may reboot")
    if step.window not in ("any", ""):
        found.append("in its window" if step.window == "policy" else f"window {step.window}")
    return tuple(found)


def against_phases(change: Change) -> tuple[tuple[Step, Step], ...]:
    """Pairs (needed, needing) in which a step waits for one of a later phase: edges order, phases only group."""
    rank = {phase.id: n for n, phase in enumerate(change.phases)}
    by_id = change.by_id
    return tuple(
        (by_id[need], step)
        for step in change.steps
        for need in step.needs
        if rank[by_id[need].phase] > rank[step.phase]
    )
