"""The two shipped plans as topologies, for the tests of every room."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from exmigrate.model import Topology
from exmigrate.plan import load

PLANS = Path(__file__).resolve().parents[2] / "plans"


def topology_of(name: str) -> Topology:
    """The topology of a shipped plan; fails with the problems where it has any."""
    result = load(PLANS / name / "plan.yaml")
    assert result.topology is not None, "\n".join(str(p) for p in result.problems)
    return result.topology


@cache
def single_site() -> Topology:
    """One Internet-facing site, MAIL2007 to MAIL2010."""
    return topology_of("single-site-2007-2010")


@cache
def two_site() -> Topology:
    """Two sites, separate roles, CAS array, UM, an Edge pair, 400 mailboxes in five batches."""
    return topology_of("two-site-2007-2010")
