"""Ids: how steps, scopes and markers are named, in one place.

A step id is `<kind>` for the organization, `<kind>@<server>` for a server and `<kind>@<level>:<name>` for every other
scope (DESIGN section 2): `prepare-schema`, `install-hub@EX10-01`, `create-cas-array@site:Zurich`.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (
    "organization",
    "forest",
    "domain",
    "site",
    "server",
    "database",
    "batch",
    "connector",
    "dialplan",
    "edge",
    "dag",
    "mailboxset",
    "rgc",
    "routing-group",
)
"""Scope levels, widest first."""

PHASES = ("readiness", "directory", "cas", "hub", "um", "mailbox", "edge", "decommission", "finalize")
"""Phases in the order of a 2007 to 2010 transition; a transition file may order them otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What a step is about: a level and, except for organization and forest, a name."""

    level: str
    name: str = ""
    site: str = ""
    server: str = ""

    @property
    def suffix(self) -> str:
        """The part of a step id behind the kind, `@` included; empty for the organization."""
        match self.level:
            case "organization":
                return ""
            case "server":
                return f"@{self.name}"
            case "forest":
                return "@forest"
            case _:
                return f"@{self.level}:{self.name}"


def step_id(kind: str, scope: Scope) -> str:
    """The id of the step that binds `kind` to `scope`."""
    return kind + scope.suffix


def marker_id(phase: str, site: str = "") -> str:
    """The id of the rollback marker of a phase, or of one site's part of it."""
    return f"{phase}@site:{site}" if site else phase
