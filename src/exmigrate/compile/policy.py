"""The policy of a plan in the change's JSON shape: windows, blackout dates, limits, retries, pins."""

from __future__ import annotations

from typing import Any

from exmigrate.model import Topology


def policy_json(topology: Topology) -> dict[str, Any]:
    """Everything the engine obeys, as JSON values; window times are minutes of the day in the window's time zone."""
    policy = topology.policy
    return {
        "start": policy.start,
        "timezone": policy.timezone,
        "later_sites": policy.later_sites,
        "windows": {
            w.name: {"days": list(w.days), "start": w.start, "length": w.length, "timezone": w.timezone}
            for w in policy.windows
        },
        "default_window": policy.default_window,
        "batch_windows": {b.name: b.window or policy.batch_window for b in topology.batches},
        "blackout_dates": list(policy.blackout_dates),
        "limits": dict(policy.limits),
        "retries": dict(policy.retries),
        "basis": policy.basis,
        "batches": {
            b.name: {"concurrency": b.concurrency, "max_failed": b.max_failed} for b in topology.batches
        },
        "pinned_dcs": {s.name: s.dc for s in topology.sites},
        "waivers": [
            {"rule": w.rule, "who": w.who, "date": w.date, "reason": w.reason} for w in policy.waivers
        ],
    }
