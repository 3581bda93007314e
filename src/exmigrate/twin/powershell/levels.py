"""What a level of PowerShell has, from the data file beside this module."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

LEVELS: dict[str, float] = {"2.0": 2.0, "3.0": 3.0, "5.1": 5.1, "7": 7.0}


class Level:
    """One level.

    Attributes:
        name: '2.0', '3.0', '5.1' or '7'.
        number: The same as a number.
    """

    def __init__(self, name: str, features: frozenset[str]) -> None:
        self.name = name
        self.number = LEVELS[name]
        self.features = features

    def has(self, feature: str) -> bool:
        """Whether the level has a feature of the data file; '' is always there."""
        return feature == "" or feature in self.features

    def covers(self, since: str, until: str = "7") -> bool:
        """Whether the level lies between two levels, both included."""
        return LEVELS[since] <= self.number <= LEVELS[until]


@cache
def level(name: str) -> Level:
    """The level of that name.

    Raises:
        ValueError: There is no such level.
    """
    if name not in LEVELS:
        raise ValueError(f"PowerShell level {name!r} is not one of {', '.join(LEVELS)}")
    data = json.loads(resources.files(__package__).joinpath("levels.json").read_text("utf-8"))
    number = LEVELS[name]
    features = {
        feature
        for section in ("grammar", "runtime")
        for feature, entry in data[section].items()
        if LEVELS[entry.get("since", "2.0")] <= number <= LEVELS[entry.get("until", "7")]
    }
    return Level(name, frozenset(features))
