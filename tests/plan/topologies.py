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


@cache
def domains() -> Topology:
    """2007 to 2010 in a forest with an empty root and two children, each with servers, and mailboxes on the other's."""
    return _data("domains")


def _legacy(letter: str) -> Topology:
    return _data(f"legacy-{letter}")


def _data(name: str) -> Topology:
    result = load(DATA / f"{name}.yaml")
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


@cache
def clustered_beside_2003() -> Topology:
    """2003 and 2007 to 2010: EX03, and MBX07 as an SCC of SP1 whose nodes have Windows 2003 and take no CredSSP."""
    text = (DATA / "legacy-d.yaml").read_text("utf-8")
    start = text.index("      databases:\n        - name: Mailbox Database\n")
    held = text[start : text.index("      client_access:\n", start)]
    nodes = "".join(
        f'        - {{name: NODE-{n}, addresses: [10.1.0.{last}], os: 2003, os_service_pack: 2, memory: 8GB, disks: {{"C:": 80GB, "D:": 400GB, "E:": 120GB}}, active: {active}}}\n'
        for n, last, active in (("A", 12, "true"), ("B", 13, "false"))
    )
    server = (
        "    - name: MBX07\n      version: 2007\n      site: Zurich\n      addresses: [10.1.0.11]\n      roles: [mailbox]\n"
        f"      edition: Enterprise\n      cluster: SCC\n      nodes:\n{nodes}{held}"
    )
    for old, new in (
        (held, ""),
        (
            "roles: [cas, hub, mailbox]\n      edition: Enterprise\n      client",
            "roles: [cas, hub]\n      client",
        ),
        ("    - name: MAIL2007\n", f"{server}    - name: MAIL2007\n"),
        ("server: MAIL2007, versions", "server: MBX07, versions"),
        ("{version: 2007, service_pack: SP3}", "{version: 2007, service_pack: SP1}"),
        (
            "EX03: {transport: kerberos}",
            "EX03: {transport: kerberos}\n    NODE-A: {transport: kerberos}\n    NODE-B: {transport: kerberos}",
        ),
    ):
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    result = load(text.encode(), "plan.yaml", lambda name: (DATA / name).read_bytes())
    assert result.topology is not None, "\n".join(str(p) for p in result.problems)
    return result.topology
