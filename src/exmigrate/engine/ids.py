"""Ids that follow from the journal alone, so that an older copy of it finds the same job."""

from __future__ import annotations

from hashlib import sha256


def job_id(run: str, step: str, attempt: int, function: str = "Apply") -> str:
    """The id of a detached job: 32 hexadecimal digits, a hash of run, step, function and attempt."""
    text = "\0".join((run, step, function, str(attempt)))
    return sha256(text.encode()).hexdigest()[:32]
