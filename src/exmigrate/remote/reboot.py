"""Waiting for a restart: a boot id that differs, several times in a row, and then the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .errors import BadCredentials, OutcomeUnknown, TransportError
from .kept import Outside

EXCHANGE_SERVICES = ("MSExchange*", "IISADMIN", "W3SVC", "Netlogon", "Schedule")
"""Services whose automatic start is waited for."""


@dataclass(frozen=True, slots=True)
class RebootPolicy:
    """How long a restart may take, in seconds of controller time.

    Attributes:
        deadline: From the request until the server answers under another boot id.
        first_poll: Before the first look; waits double up to `poll`.
        poll: Between looks.
        stable: Looks in a row that must show the same new boot id.
    """

    deadline: float = 3600.0
    first_poll: float = 1.0
    poll: float = 15.0
    stable: int = 2

    def at(self, speed: float) -> RebootPolicy:
        """The same for a server whose time runs `speed` times as fast: shorter waits, down to a tenth of a second."""
        return replace(
            self,
            first_poll=min(self.first_poll, max(0.1, self.first_poll / speed)),
            poll=min(self.poll, max(0.4, self.poll / speed)),
        )


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the services run; `waiting` those that do not."""

    ready: bool
    waiting: tuple[str, ...] = ()


def await_new_boot(
    look: Callable[[], str], boot_before: str, policy: RebootPolicy, outside: Outside, server: str
) -> str:
    """Wait until the server answers under another boot id, steadily.

    A server on its way down or up refuses, resets and times out; a domain account may be refused until Netlogon
    runs, which is let pass twice only, because further attempts could lock the account.

    Args:
        look: Asks the server for its boot id over a fresh session.
        boot_before: The id before the restart.
        policy: Waits.
        outside: Clock and pauses.
        server: For the error.

    Raises:
        OutcomeUnknown: it did not come back in time.
        BadCredentials: refused three times.
    """
    deadline = outside.clock() + policy.deadline
    wait, refused, seen = policy.first_poll, 0, 0
    current, last = "", "it still answers under the old boot id"
    while True:
        try:
            found = look()
            seen = seen + 1 if found == current else 1
            current, refused = found, 0
            if current != boot_before and seen >= policy.stable:
                return current
        except BadCredentials as error:
            refused, seen, last = refused + 1, 0, str(error.why)
            if refused >= 3:
                raise
        except TransportError as error:
            seen, last = 0, error.why or error.message
        if outside.clock() >= deadline:
            raise OutcomeUnknown(
                f"The server has not come back from its restart within {policy.deadline:.0f} s.",
                server=server,
                why=last,
                next="look at its console; when it runs again, repeat the command",
            )
        outside.pause(wait)
        wait = min(wait * 2, policy.poll)
