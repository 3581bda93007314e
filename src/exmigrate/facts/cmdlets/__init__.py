"""Signatures of the Exchange management cmdlets, per product version, as data with a typed reader.

One JSON file a version holds what the published cmdlet references state: names, types, parameter sets,
mandatory parameters, positions, accepted values. What was not read from a page of that version carries
``certain: false``; who checks scripts against it warns there and does not refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["VERSIONS", "Cmdlet", "Parameter", "ParameterSet", "Signatures", "signatures"]

ExchangeVersion = Literal["2007", "2010"]
VERSIONS: tuple[ExchangeVersion, ...] = ("2007", "2010")

_COMMON = frozenset(
    [
        "verbose",
        "debug",
        "erroraction",
        "warningaction",
        "errorvariable",
        "warningvariable",
        "outvariable",
        "outbuffer",
        "vb",
        "db",
        "ea",
        "wa",
        "ev",
        "wv",
        "ov",
        "ob",
    ]
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as the reference of that version states it.

    Attributes:
        name: as written on the page.
        type: .NET type name without its namespace, ``SwitchParameter`` for switches.
        position: 1-based, or None where it is named only.
        values: names of an enumeration, empty where the page gives none (not: free text).
        certain: False where it was not read from a page of this version.
    """

    name: str
    type: str
    switch: bool = False
    position: int | None = None
    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A set: the lower-case names of its members and of those that are mandatory in it."""

    name: str
    members: frozenset[str]
    mandatory: frozenset[str]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """One cmdlet of one version.

    Attributes:
        certain: False where the whole signature was derived from another version's page.
        source: address of the page or how it was derived, empty where the file's own source holds.
    """

    name: str
    version: ExchangeVersion
    parameters: Mapping[str, Parameter]
    sets: tuple[ParameterSet, ...]
    certain: bool
    source: str
    default_set: str | None = None
    edge_only: bool = False

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name or alias; a unique abbreviation counts as PowerShell lets it."""
        key = name.lower()
        if key in self.parameters:
            return self.parameters[key]
        for parameter in self.parameters.values():
            if key in (alias.lower() for alias in parameter.aliases):
                return parameter
        hits = [p for k, p in self.parameters.items() if k.startswith(key)]
        return hits[0] if len(hits) == 1 else None

    def accepts(self, name: str) -> bool:
        """Whether ``-name`` is a parameter of this cmdlet or a common parameter of the shell."""
        return name.lower() in _COMMON or self.parameter(name) is not None

    def set_is_possible(self, given: frozenset[str]) -> bool:
        """Whether some parameter set contains all given names and has its mandatory ones among them."""
        names = frozenset(n.lower() for n in given)
        return any(names <= s.members and s.mandatory <= names for s in self.sets)


class Signatures(Mapping[str, Cmdlet]):
    """All signatures of one version; names compare case-insensitively, entries are read when asked for."""

    def __init__(self, version: ExchangeVersion, source: str, raw: Mapping[str, Any]) -> None:
        self.version = version
        self.source = source
        self._names = {name.lower(): name for name in raw}
        self._raw = raw
        self._read: dict[str, Cmdlet] = {}

    def __getitem__(self, name: str) -> Cmdlet:
        key = name.lower()
        if key not in self._read:
            spelled = self._names[key]
            self._read[key] = _cmdlet(spelled, self.version, self._raw[spelled])
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._names


@lru_cache(maxsize=len(VERSIONS))
def signatures(version: ExchangeVersion) -> Signatures:
    """The signatures of a version.

    Args:
        version: ``"2007"`` or ``"2010"``.

    Raises:
        KeyError: no file exists for that version.
    """
    if version not in VERSIONS:
        raise KeyError(f"no cmdlet signatures for Exchange {version}: there are {', '.join(VERSIONS)}")
    text = resources.files(__package__).joinpath(f"exchange-{version}.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return Signatures(version, document["source"], document["cmdlets"])


def _cmdlet(name: str, version: ExchangeVersion, raw: Mapping[str, Any]) -> Cmdlet:
    parameters = {key.lower(): _parameter(key, entry) for key, entry in raw["parameters"].items()}
    everything = frozenset(parameters)
    sets = tuple(
        ParameterSet(
            set_name,
            frozenset(m.lower() for m in entry["members"]) if "members" in entry else everything,
            frozenset(m.lower() for m in entry["mandatory"]),
            entry.get("certain", True),
        )
        for set_name, entry in raw["sets"].items()
    )
    return Cmdlet(
        name,
        version,
        MappingProxyType(parameters),
        sets,
        raw["certain"],
        raw.get("source", ""),
        raw.get("default_set"),
        raw.get("edge_only", False),
    )


def _parameter(name: str, raw: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name,
        raw["type"],
        raw.get("switch", False),
        raw.get("position"),
        tuple(raw.get("values", ())),
        tuple(raw.get("aliases", ())),
        raw.get("certain", True) or bool(raw.get("name_certain")),
    )
