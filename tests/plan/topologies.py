"""The two shipped plans of 2007 to 2010 and a small plan of each legacy transition, for the tests of every room."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from exmigrate.model import Topology
from exmigrate.plan import load

PLANS = Path(__file__).resolve().parents[2] / "plans"
DATA = Path(__file__).parent / "data"


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


@cache
def clustered() -> Topology:
    """One site, a clustered mailbox server (CCR) of 2007 SP1 on NODE-A, with NODE-B beside it."""
    return topology_of("clustered-2007-2010")


def _legacy(letter: str) -> Topology:
    result = load(DATA / f"legacy-{letter}.yaml")
    assert result.topology is not None, "\n".join(str(p) for p in result.problems)
    return result.topology


@cache
def legacy_a() -> Topology:
    """2003 to 2007: EX03 and front-end FE03 in two routing groups, one new server with every role."""
    return _legacy("a")


@cache
def legacy_b() -> Topology:
    """2003 to 2010: one published Exchange 2003 Standard server, one new server with every role."""
    return _legacy("b")


@cache
def legacy_d() -> Topology:
    """2003 and 2007 to 2010: EX03 and MAIL2007 side by side, joined by a routing group connector, MAIL2010 new."""
    return _legacy("d")
