"""Two Internet-facing sites, each with main and legacy names of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.model import Topology
from tests.catalog import worlds
from tests.catalog.bench import Bench
from tests.catalog.ends import said

pytestmark = pytest.mark.long

OWN = {"namespace": "mail.geneva.contoso.com", "legacy_name": "legacy.geneva.contoso.com"}
OWN_NAMES = (*OWN.values(), "gva07-cashub.contoso.local")


@cache
def topology() -> Topology:
    """The plan of two sites with Geneva published as well."""
    base = worlds.few_mailboxes()
    sites = tuple(
        replace(
            s,
            internet_facing=True,
            external_addresses=("203.0.113.80",),
            internal_addresses=("10.2.0.80",),
            legacy_addresses=("10.2.0.12",),
            legacy_external_addresses=("203.0.113.81",),
            **OWN,
        )
        if s.name == "Geneva"
        else s
        for s in base.sites
    )
    certificates = tuple(replace(c, names=(*c.names, *OWN_NAMES)) for c in base.certificates)
    return replace(base, sites=sites, certificates=certificates)


OWA = 'Get-OwaVirtualDirectory | ForEach-Object { "$($_.Server) $($_.ExternalUrl)" }'


def test_each_site_has_its_own_legacy_name() -> None:
    at = Bench(topology())
    for step in at.order():
        if step == "retire-legacy-namespace":
            urls = said(at, "GVA07-CASHUB", "shell-e07", OWA)
            assert {u for u in urls if u.startswith(("CASHUB07-1 ", "GVA07-CASHUB "))} == {
                "CASHUB07-1 https://legacy.contoso.com/owa",
                "GVA07-CASHUB https://legacy.geneva.contoso.com/owa",
            }
        at.carry_out(step)
        if step == "gate-create-legacy-dns":
            told = at.run(step, "Check")["message"]
            assert told == "As planned: legacy.contoso.com, legacy.geneva.contoso.com."
    urls = said(at, "EX10-CH1", "shell-e10", OWA)
    assert "EX10-CH3 https://mail.geneva.contoso.com/owa" in urls


def test_each_name_must_be_gone() -> None:
    """The second of two legacy names that still resolves keeps the gate open."""
    at = Bench(topology())
    at.carry_out("gate-create-legacy-dns")
    one, two = (n.name for n in at.topology.legacy_names)
    at.world.exchange.people.act("remove-name", {"name": one})
    seen = at.run("retire-legacy-namespace", "Check")
    assert (seen["state"], two in seen["message"]) == ("needed", True), seen
