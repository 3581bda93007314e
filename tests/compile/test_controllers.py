"""Domain controllers of a step: one for the configuration, one of each domain for its recipients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exmigrate.compile import ExpressionError, compile_plan
from exmigrate.model import Step, Topology
from exmigrate.plan import load
from tests.catalog.scripts import catalog
from tests.compile.small import compiled
from tests.plan.broken import changed
from tests.plan.topologies import DATA, domains, single_site

PLAN = (DATA / "domains.yaml").read_text("utf-8")
ROOT, EMEA, ASIA = "root-dc01.corp.local", "zrh-dc01.emea.corp.local", "sin-dc01.asia.corp.local"
EVERY = {"corp.local": ROOT, "emea.corp.local": EMEA, "asia.corp.local": ASIA}


def step(topology: Topology, id: str) -> Step:
    return compile_plan(topology, catalog()).change.by_id[id]


def said(id: str, *changes: tuple[str, str]) -> dict[str, Any]:
    """Arguments of a step of the plan of three domains, changed."""
    topology = load(changed(*changes, text=PLAN).encode(), "plan.yaml").topology
    assert topology is not None
    return dict(step(topology, id).arguments)


@pytest.mark.parametrize(
    ("id", "dc"),
    [
        ("move-mailboxes@batch:zurich", EMEA),
        ("move-mailboxes@batch:singapore", ASIA),
        ("create-mailbox-database@database:SIN10-DB01", ASIA),
        ("move-special-mailboxes", EMEA),
        ("move-expansion-servers", EMEA),
    ],
)
def test_a_step_on_recipients_knows_a_controller_of_every_domain(id: str, dc: str) -> None:
    found = step(domains(), id).arguments
    assert (found["dc"], dict(found["dcs"])) == (dc, EVERY)


def test_a_step_that_touches_no_recipient_knows_the_one_of_its_site() -> None:
    found = step(domains(), "configure-cas-vdirs@ZRH10").arguments
    assert found["dc"] == EMEA
    assert "dcs" not in found


@pytest.mark.parametrize("id", ["prepare-schema", "prepare-ad", "wait-replication-ad", "clean-2007-groups"])
def test_what_prepares_the_directory_looks_where_setup_writes(id: str) -> None:
    """The directory host is of the root domain, the servers of its site are of a child."""
    assert step(domains(), id).arguments["dc"] == ROOT


def test_a_controller_of_the_site_goes_before_one_that_stands_first_in_the_plan() -> None:
    here = "          - {name: SIN-DC01,"
    more = "          - {name: SIN-DC02, domain: emea.corp.local, os: 2008R2, os_service_pack: 1, addresses: [10.3.0.4]}\n"
    assert (
        said("move-mailboxes@batch:singapore", (here, more + here))["dcs"]["emea.corp.local"]
        == "sin-dc02.emea.corp.local"
    )
    assert said("move-mailboxes@batch:zurich", (here, more + here))["dcs"]["emea.corp.local"] == EMEA


def test_a_read_only_controller_is_no_place_to_write() -> None:
    only = ("global_catalog: false}", "global_catalog: false, read_only: true}")
    first = ("- {name: ZRH-DC01, domain: emea", "- {name: ZRH-DC01, read_only: true, domain: emea")
    topology = load(changed(first, only, text=PLAN).encode(), "plan.yaml")
    assert [p.code for p in topology.errors] == ["EXM-L061"]
    assert "'emea.corp.local' has no writable domain controller" in topology.errors[0].message


def test_a_site_whose_only_controllers_are_of_the_root_serves_members_of_the_child() -> None:
    """The configuration is read there; recipients and system mailboxes are reached in the child, wherever that is."""
    here = (
        "          - {name: ZRH-DC01, domain: emea.corp.local, os: 2008R2, os_service_pack: 1, addresses: [10.1.0.3]}\n"
        "          - {name: ZRH-DC02, domain: emea.corp.local, os: 2008R2, os_service_pack: 1, addresses: [10.1.0.4], global_catalog: false}\n"
    )
    there = "          - {name: SIN-DC01,"
    away = "          - {name: EMEA-DC, domain: emea.corp.local, os: 2008R2, os_service_pack: 1, addresses: [10.3.0.9]}\n"
    found = said("move-mailboxes@batch:zurich", (here, ""), (there, away + there))
    assert found["dc"] == ROOT
    assert found["dcs"] == {**EVERY, "emea.corp.local": "emea-dc.emea.corp.local"}


def test_a_domain_without_exchange_is_not_asked() -> None:
    more = (
        "      - {name: asia.corp.local,",
        "      - {name: lab.corp.local, netbios: LAB, exchange: false, level: 2003}\n      - {name: asia.corp.local,",
    )
    assert said("move-special-mailboxes", more)["dcs"] == EVERY


def test_the_same_plan_names_the_same_controllers_in_whatever_order_it_lists_domains() -> None:
    topology = domains()
    other = replace(topology, domains=tuple(reversed(topology.domains)))
    one, two = (step(t, "move-special-mailboxes").arguments["dcs"] for t in (topology, other))
    assert list(one.items()) == list(two.items())


def test_the_name_is_the_compiler_s() -> None:
    with pytest.raises(ExpressionError, match="'dcs' is reserved"):
        compiled(
            single_site(),
            cas__one="scope: organization\neffect: read\nvantage: AD\narguments: {dcs: \"'x'\"}",
        )
