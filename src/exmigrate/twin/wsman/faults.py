"""Faults of the wire, as data: which operation, on which machine, how often, and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Effect(StrEnum):
    """What goes wrong.

    `DROP` cuts the TCP connection; `HTTP` answers with a bare status; `FAULT` with a WS-Management fault;
    `STALL` waits and goes on; `STALL_DROP` waits and cuts; `GARBAGE` answers 200 with no XML, `STRANGER` with XML
    that is no SOAP, as something else at this port would; `TRUNCATE` cuts the connection in the middle of a
    chunked reply; `REAUTH` forgets who the connection belongs to.
    """

    DROP = "drop"
    HTTP = "http"
    FAULT = "fault"
    STALL = "stall"
    STALL_DROP = "stall_drop"
    GARBAGE = "garbage"
    STRANGER = "stranger"
    TRUNCATE = "truncate"
    REAUTH = "reauth"


class Moment(StrEnum):
    """Before the operation took effect, or after it and before its reply left."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class WireFault:
    """One fault to inject.

    Attributes:
        operation: `connect identify create command send receive signal delete enumerate` or `*`.
        effect: What goes wrong.
        moment: When.
        machine: Name of the machine, or `*`.
        skip: Matching operations that pass first.
        times: How many are hit; -1 for all.
        status: HTTP status, for `HTTP`.
        code: WS-Management fault code, for `FAULT`.
        seconds: For the stalls, in controller time.
        with_output: Hit only a Receive that carries output (or ends the command).
    """

    operation: str
    effect: Effect
    moment: Moment = Moment.BEFORE
    machine: str = "*"
    skip: int = 0
    times: int = 1
    status: int = 503
    code: int = 0
    seconds: float = 0.0
    with_output: bool = False


class Faults(Protocol):
    """Asked before and after each operation of the wire."""

    def next(
        self, machine: str, operation: str, moment: Moment, has_output: bool = False
    ) -> WireFault | None:
        """The fault that this operation meets, if any."""


class NoFaults:
    """Nothing ever goes wrong."""

    def next(
        self, machine: str, operation: str, moment: Moment, has_output: bool = False
    ) -> WireFault | None:
        return None


class ScriptedFaults:
    """Injects a list of faults in order of their operations; may be added to while the server runs."""

    def __init__(self, faults: Iterable[WireFault] = ()) -> None:
        self._lock = threading.Lock()
        self._rules: list[list[object]] = []
        self._hits: list[WireFault] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: WireFault) -> None:
        """Arm one more fault."""
        with self._lock:
            self._rules.append([fault, fault.skip, fault.times])

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self._rules.clear()

    @property
    def hits(self) -> tuple[WireFault, ...]:
        """The faults that were injected so far, oldest first."""
        with self._lock:
            return tuple(self._hits)

    def next(
        self, machine: str, operation: str, moment: Moment, has_output: bool = False
    ) -> WireFault | None:
        with self._lock:
            for rule in self._rules:
                fault, skip, times = rule
                assert isinstance(fault, WireFault)
                assert isinstance(skip, int)
                assert isinstance(times, int)
                if times == 0 or not _matches(fault, machine, operation, moment, has_output):
                    continue
                if skip > 0:
                    rule[1] = skip - 1
                    continue
                rule[2] = times - 1 if times > 0 else times
                self._hits.append(fault)
                return fault
        return None


def _matches(fault: WireFault, machine: str, operation: str, moment: Moment, has_output: bool) -> bool:
    return (
        fault.moment is moment
        and fault.operation in ("*", operation)
        and fault.machine.lower() in ("*", machine.lower())
        and (has_output or not fault.with_output)
    )
