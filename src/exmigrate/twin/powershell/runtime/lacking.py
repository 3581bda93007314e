"""Real parameters and cmdlets that are not simulated, from the data file beside this module: naming one is an error."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell.types.published import Member


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files(__package__) / "lacking.json").read_text("utf-8"))
    return data


@cache
def parameters(cmdlet: str) -> tuple[Member, ...]:
    """The parameters that a core cmdlet has in life and not here, at any level."""
    return tuple(Member(text, "parameter") for text in _data()["parameters"].get(cmdlet, "").split())


def parameter(cmdlet: str, given: str, level: str) -> str:
    """The real parameter that a name (or the beginning of one) means, '' for none; not simulated all of them."""
    key = given.lower()
    found = [one.name for one in parameters(cmdlet) if one.at(level) and one.name.lower().startswith(key)]
    return next((name for name in found if name.lower() == key), found[0] if len(found) == 1 else "")


@cache
def _cmdlets() -> dict[str, Member]:
    made = (Member(text, "cmdlet") for text in _data()["cmdlets"])
    return {one.name.lower(): one for one in made}


def cmdlet(given: str, level: str) -> str:
    """The real cmdlet of that name at a level, '' for none; not simulated all of them."""
    found = _cmdlets().get(given.lower())
    return found.name if found is not None and found.at(level) else ""
