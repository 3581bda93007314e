"""Shapes of random organizations: what a plan is made of, and what can be wrong with it on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

OLD_LAYOUTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("cas", "hub", "mailbox"),),
    (("cas", "hub", "um", "mailbox"),),
    (("cas", "hub"), ("mailbox",)),
    (("cas",), ("hub",), ("mailbox",)),
    (("cas", "hub"), ("cas", "hub"), ("mailbox",), ("mailbox",), ("um",)),
    (("cas",), ("hub", "um"), ("mailbox",)),
)
NEW_LAYOUTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("cas", "hub", "mailbox"),),
    (("cas", "hub"), ("mailbox",)),
    (("cas",), ("hub",), ("mailbox",)),
    (("cas", "hub"), ("cas", "hub"), ("mailbox",), ("mailbox",)),
    (("cas", "hub", "mailbox"), ("cas", "hub", "mailbox")),
    (("cas", "hub"), ("um",), ("mailbox",)),
    (("mailbox",), ("hub",), ("cas", "um")),
)
LEGACY_LAYOUTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("mailbox", "bridgehead"),),
    (("mailbox",),),
    (("front-end",), ("mailbox", "bridgehead")),
    (("front-end",), ("front-end",), ("mailbox",), ("mailbox",), ("bridgehead",)),
    (("bridgehead",), ("mailbox",)),
)
LEGACY_FLAWS: dict[str, tuple[str, ...]] = {
    "mixed-mode": ("ORG-002",),
    "remnants": ("ORG-001",),
    "unpatched": ("ORG-008",),
    "link-state": ("MF-001",),
    "plain-url": ("CA-005",),
    "shared": ("MF-014",),
    "retained": ("FEAT-001",),
    "smtp-stays": ("DEC-001",),
    "um-stays": ("UM-001", "DEC-001", "CA-002"),
    "old-windows": ("ORG-029",),
    "um-first": ("TOP-005",),
    "no-pair": ("MF-005", "EXM-L062"),
    "left-behind": ("DEC-001", "CA-001", "CA-002"),
    "no-hub": ("TOP-003",),
    "no-cas": ("TOP-004",),
    "order": ("TOP-002",),
    "ntlm": ("EXE-005",),
    "bits": ("ORG-027",),
    "certificate": ("CA-011",),
    "no-pf-target": ("EXM-L062",),
    "many-databases": ("TOP-021",),
    "edge-without-hub": ("MF-018",),
}
"""What can be wrong with a plan that has 2000 or 2003 servers, and the codes of which one must be told."""

FLAWS: dict[str, tuple[str, ...]] = {
    "no-hub": ("TOP-003",),
    "no-cas": ("TOP-004",),
    "order": ("TOP-002",),
    "old-media": ("EXE-008",),
    "ntlm": ("EXE-005",),
    "bits": ("ORG-027",),
    "forest": ("ORG-014",),
    "left-behind": ("CA-001", "DEC-001"),
    "connector": ("MF-013",),
    "external-url": ("CA-019",),
    "certificate": ("CA-011",),
    "many-databases": ("TOP-021",),
    "no-pf-target": ("EXM-L062",),
    "unwaivable": ("CA-001",),
    "edge-without-hub": ("MF-018",),
    "no-legacy-name": ("CA-009",),
    "shared-legacy-name": ("EXM-L062",),
    "facing-closes": ("CA-006",),
}
"""What can be wrong with a plan on purpose, and the codes of which one must be among the reasons for its refusal."""


@dataclass(frozen=True)
class SiteShape:
    """One site: which of `OLD_LAYOUTS` and `NEW_LAYOUTS` (none: it closes), and what it wishes for.

    `keeps`: its old servers stay, for a reason of their own, although its users move. `legacy`: which of
    `LEGACY_LAYOUTS` it has, -1 for none; then `group` is its routing group, `version` that of these servers, `driven`
    whether they can be reached. `old` -1: no 2007 server. `cluster`: of its 2007 Mailbox servers that have no other role.
    """

    old: int = 0
    new: int | None = 0
    domain: int = 0
    facing: bool = False
    array: bool = True
    dag: bool = False
    folders: bool = True
    batches: int = 1
    connectors: int = 0
    edge: str = ""
    expansion: bool = False
    keeps: bool = False
    cluster: str = ""
    legacy: int = -1
    group: int = 0
    version: str = "2003"
    driven: bool = True
    pair: bool = True


@dataclass(frozen=True)
class Shape:
    """A whole plan; `sites[0]` is Internet-facing, gets new servers and starts. `transition` is the rules' letter."""

    sites: tuple[SiteShape, ...]
    domains: int = 1
    pilots: tuple[int, ...] = (0,)
    folders: bool = True
    later_sites: str = "after-pilot"
    rollup: bool = False
    keys: bool = True
    service_pack: str = "SP3"
    tools_host: bool = True
    clean: bool = False
    outlook_2003: bool = False
    wildcard: bool = False
    routing: bool = False
    dsn: bool = False
    flaw: str = ""
    mailboxes: int = 2
    shared: bool = False
    transition: str = "C"
    um_users: bool = False
    suppressed: bool = False
    manager: bool = False


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Random organizations of one to eight sites, mostly few, and one to three domains; about a third has a flaw."""
    count = draw(st.sampled_from([1, 2, 3, 2, 1, 3, 4, 2, 5, 8]))
    domains = draw(st.integers(1, 3))
    folders = draw(st.booleans())
    sites = tuple(draw(_site(n, domains, folders)) for n in range(count))
    flaw = draw(st.one_of(st.just(""), st.just(""), st.sampled_from(sorted(FLAWS))))
    return Shape(
        sites=sites,
        domains=domains,
        pilots=tuple(draw(st.sets(st.integers(0, count - 1), max_size=2))),
        folders=folders,
        later_sites=draw(st.sampled_from(["after-pilot", "after-install"])),
        rollup=draw(st.booleans()),
        keys=draw(st.booleans()),
        service_pack=draw(st.sampled_from(["SP1", "SP2", "SP3", "SP3"])),
        tools_host=draw(st.booleans()),
        clean=draw(st.booleans()),
        outlook_2003=folders and draw(st.booleans()),
        wildcard=draw(st.booleans()),
        routing=draw(st.booleans()),
        dsn=draw(st.booleans()),
        shared=draw(st.booleans()),
        flaw=flaw,
    )


@st.composite
def _site(draw: st.DrawFn, n: int, domains: int, folders: bool) -> SiteShape:
    new = draw(st.integers(0, len(NEW_LAYOUTS) - 1))
    facing = n == 0 or draw(st.booleans())
    closes = n > 0 and not facing and draw(st.integers(0, 4)) == 0
    return SiteShape(
        old=draw(st.integers(0, len(OLD_LAYOUTS) - 1)),
        new=None if closes else new,
        domain=draw(st.integers(0, domains - 1)),
        facing=facing,
        array=draw(st.booleans()),
        dag=draw(st.booleans()),
        folders=folders and (n == 0 or draw(st.booleans())),
        batches=draw(st.integers(1, 3)),
        connectors=draw(st.integers(0, 2)),
        edge=draw(st.sampled_from(["", "", "stays", "replaced", "new"])) if not closes else "",
        expansion=draw(st.booleans()),
        keeps=n > 0 and draw(st.integers(0, 5)) == 0,
        cluster=draw(st.sampled_from(["", "", "CCR", "SCC", "LCR", "SCR"])),
    )


@st.composite
def legacy_shapes(draw: st.DrawFn, transition: str) -> Shape:
    """Random organizations with 2000 or 2003 servers: A to 2007, B to 2010, D with 2007 beside them to 2010."""
    count = draw(st.sampled_from([1, 2, 3, 2, 1, 4, 5, 8]))
    if transition == "D":
        count = max(count, 2)
    domains = draw(st.integers(1, 3))
    sites = [draw(_legacy_site(n, domains, transition)) for n in range(count)]
    flaw = draw(st.one_of(st.just(""), st.just(""), st.sampled_from(sorted(LEGACY_FLAWS))))
    return Shape(
        sites=tuple(sites),
        domains=domains,
        pilots=tuple(draw(st.sets(st.integers(0, count - 1), max_size=2))),
        later_sites=draw(st.sampled_from(["after-pilot", "after-install"])),
        rollup=draw(st.booleans()),
        keys=draw(st.booleans()),
        tools_host=draw(st.booleans()),
        outlook_2003=draw(st.booleans()),
        wildcard=draw(st.booleans()),
        routing=draw(st.booleans()),
        dsn=draw(st.booleans()),
        shared=draw(st.booleans()),
        flaw=flaw,
        transition=transition,
        um_users=draw(st.booleans()),
        suppressed=draw(st.booleans()),
        manager=draw(st.booleans()),
    )


@st.composite
def _legacy_site(draw: st.DrawFn, n: int, domains: int, transition: str) -> SiteShape:
    site = draw(_site(n, domains, folders=True))
    # With both old versions the first site has 2007, and one of the first two 2003.
    both = {0: ("2007", "both"), 1: ("2003", "both")}.get(n, ("2003", "2007", "both"))
    era = draw(st.sampled_from(both)) if transition == "D" else "2003"
    no_2007 = era == "2003"
    edge = site.edge if not no_2007 else ("new" if site.edge == "new" else "")
    return replace(
        site,
        old=-1 if no_2007 else site.old,
        legacy=-1 if era == "2007" else draw(st.integers(0, len(LEGACY_LAYOUTS) - 1)),
        group=draw(st.integers(0, 2)),
        version=draw(st.sampled_from(["2003", "2003", "2000"])) if transition == "A" else "2003",
        driven=draw(st.booleans()),
        pair=draw(st.booleans()),
        edge=edge,
        array=site.array and transition != "A",
        dag=site.dag and transition != "A",
    )
