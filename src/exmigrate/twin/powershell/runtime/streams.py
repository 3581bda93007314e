"""The streams besides output: where errors, warnings and other records go.

A `Sinks` value is the set of receivers in force; redirection and the ``-*Variable`` parameters put a changed copy in its
place while a command runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Sink = Callable[[Any], None]
STREAM_NAMES = {2: "error", 3: "warning", 4: "verbose", 5: "debug", 6: "information"}


class Sinks:
    """Receivers of records by stream."""

    __slots__ = ("debug", "error", "information", "progress", "verbose", "warning")

    def __init__(
        self, error: Sink, warning: Sink, verbose: Sink, debug: Sink, information: Sink, progress: Sink
    ) -> None:
        self.error = error
        self.warning = warning
        self.verbose = verbose
        self.debug = debug
        self.information = information
        self.progress = progress

    def copy(self) -> Sinks:
        """A copy to change."""
        return Sinks(self.error, self.warning, self.verbose, self.debug, self.information, self.progress)

    def tee(self, name: str, keep: Sink) -> None:
        """Let records of a stream also go to ``keep``, first."""
        onward: Sink = getattr(self, name)

        setattr(self, name, _Both(keep, onward))


class _Both:
    """A sink that keeps a record and passes it on."""

    __slots__ = ("keep", "onward")

    def __init__(self, keep: Sink, onward: Sink) -> None:
        self.keep = keep
        self.onward = onward

    def __call__(self, record: Any) -> None:
        self.keep(record)
        self.onward(record)


def drop(_: Any) -> None:
    """A sink that keeps nothing."""
