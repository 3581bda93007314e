"""Loads the catalog: step kinds, libraries and transitions, from the package and from a folder of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from exmigrate.model import PHASES, Location

from .frontmatter import CatalogError, parse_kind
from .kind import StepKind

ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TransitionPhase:
    """A phase of a transition: its title and the kinds that belong to it, in the order of display."""

    id: str
    title: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """A version pair: which kinds, in which phases, in which order.

    Attributes:
        sources: sets of source versions that it takes an organization from, each sorted, the usual one first.
    """

    sources: tuple[tuple[str, ...], ...]
    target: str
    phases: tuple[TransitionPhase, ...]
    file: str

    @property
    def phase_of(self) -> Mapping[str, str]:
        """The phase of each kind."""
        return {kind: phase.id for phase in self.phases for kind in phase.kinds}


@dataclass(frozen=True, slots=True)
class Catalog:
    """Step kinds and libraries by id, and the transitions that use them."""

    kinds: Mapping[str, StepKind]
    libraries: Mapping[str, str]
    transitions: tuple[Transition, ...]

    def transition(self, sources: Iterable[str], target: str) -> Transition:
        """The transition from these versions to that one.

        Raises:
            CatalogError: this version of exmigrate does not have it.
        """
        wanted = tuple(sorted(sources))
        for found in self.transitions:
            if wanted in found.sources and found.target == target:
                return found
        known = ", ".join(f"{' + '.join(s)} to {t.target}" for t in self.transitions for s in t.sources)
        raise CatalogError(
            f"There is no transition from {' + '.join(wanted)} to {target}.",
            why=f"transitions of this version: {known}",
            next="change 'transition:' in the plan",
        )


def load_catalog(extra: str = "") -> Catalog:
    """The package's catalog, with the step kinds of a user's own folder added.

    Args:
        extra: folder with one sub-folder a phase, as in the package; empty for none. A kind of the same id as one of
            the package is refused: a board that knows `install-hub` must find the one it knows.

    Raises:
        CatalogError: a file is not as it must be.
    """
    catalog = _packaged()
    if not extra:
        return catalog
    own = _kinds(Path(extra))
    for id, kind in own.items():
        if id in catalog.kinds:
            raise CatalogError(
                f"The step kind {id} exists in the catalog already.",
                where=Location(kind.file, 1),
                next="give the file another name",
            )
    return Catalog({**catalog.kinds, **own}, catalog.libraries, catalog.transitions)


@lru_cache(maxsize=1)
def _packaged() -> Catalog:
    libraries = {f.stem: _text(f) for f in sorted((ROOT / "library").glob("*.ps1"))}
    transitions = tuple(_transition(f) for f in sorted((ROOT / "transitions").glob("*.yaml")))
    return Catalog(_kinds(ROOT), libraries, transitions)


def _text(file: Path) -> str:
    # One line end everywhere: a script's digest must not depend on how the checkout was made.
    return file.read_text(encoding="utf-8").replace("\r\n", "\n")


def _kinds(root: Path) -> dict[str, StepKind]:
    kinds: dict[str, StepKind] = {}
    for phase in PHASES:
        for file in sorted((root / phase).glob("*.ps1")):
            name = str(file.relative_to(root)) if root == ROOT else str(file)
            kinds[file.stem] = parse_kind(_text(file), id=file.stem, phase=phase, file=name)
    return kinds


def _transition(file: Path) -> Transition:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
    phases = tuple(TransitionPhase(p["id"], p["title"], tuple(p["kinds"])) for p in data["phases"])
    accepted = data.get("from_any") or [data["from"]]
    sources = tuple(tuple(sorted(str(v) for v in versions)) for versions in accepted)
    return Transition(sources, str(data["to"]), phases, file.name)
