"""Windows features of a machine: what is there, and what adding or removing one takes along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exmigrate import facts

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server


@dataclass(frozen=True)
class FeatureChange:
    """What an installation or removal did.

    Attributes:
        changed: feature names in order.
        restart_needed: a restart is pending now.
        success: False when a fault struck.
    """

    changed: tuple[str, ...]
    restart_needed: bool
    success: bool = True


def known_name(name: str) -> str | None:
    """The exact spelling of a feature's name, None for an unknown one."""
    lowered = name.strip().lower()
    return next((known for known in facts.windows_features() if known.lower() == lowered), None)


def closure(wanted: Iterable[str], everything: bool = False) -> list[str]:
    """The features that installing some takes along, needed ones first."""
    features = facts.windows_features()
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered:
            return
        item = features[name]
        if item.parent:
            visit(item.parent)
        for needed in item.needs:
            visit(needed)
        if name not in ordered:
            ordered.append(name)
        for brought in item.brings:
            visit(brought)
        if everything:
            for child in features.values():
                if child.parent == name:
                    visit(child.name)

    for name in wanted:
        visit(name)
    return ordered


def add_features(
    server: Server, wanted: Sequence[str], everything: bool = False, with_parents: bool = False
) -> FeatureChange:
    """Install features with what they need.

    Args:
        server: the machine.
        wanted: exact names.
        everything: also all below them.
        with_parents: at the start of a world: no restart stays pending.
    """
    if server.world.faults.strikes("feature-install-fails", server.name):
        return FeatureChange((), False, False)
    fresh = [name for name in closure(wanted, everything) if name not in server.features]
    restart = False
    for name in fresh:
        item = facts.windows_features()[name]
        server.features.add(name)
        server.add_services(item.services)
        restart = restart or item.reboot
    if restart and not with_parents:
        server.require_reboot("ServerManager")
    return FeatureChange(tuple(fresh), restart and not with_parents)


def remove_features(server: Server, unwanted: Sequence[str]) -> FeatureChange:
    """Remove features with all that is below them or needs them."""
    features = facts.windows_features()
    gone: list[str] = []

    def visit(name: str) -> None:
        if name in gone or name not in server.features:
            return
        gone.append(name)
        for other in features.values():
            if other.parent == name or name in other.needs:
                visit(other.name)

    for name in unwanted:
        visit(name)
    restart = False
    for name in gone:
        server.features.discard(name)
        restart = restart or features[name].reboot
        for fact in features[name].services:
            if server.services.get(fact.name) is not None:
                server.services.stop_if_running(fact.name)
                server.services.delete(fact.name)
    if restart:
        server.require_reboot("ServerManager")
    return FeatureChange(tuple(gone), restart)
