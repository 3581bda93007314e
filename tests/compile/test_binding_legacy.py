"""Binding where 2000 and 2003 are: their scopes, the target's own shell, servers that nobody drives, wishes for other kinds."""

from dataclasses import replace

import pytest

from exmigrate.compile import VantageError, compile_plan
from exmigrate.model import Topology
from exmigrate.model.topology import MailboxSet
from tests.compile.small import catalog, compiled
from tests.plan.topologies import legacy_a, legacy_b, legacy_d, single_site


def undriven(topology: Topology, name: str) -> Topology:
    return replace(
        topology, servers=tuple(replace(s, driven=False) if s.name == name else s for s in topology.servers)
    )


def test_a_step_for_each_connector_to_a_routing_group() -> None:
    change = compiled(
        legacy_a(),
        hub__join="scope: rgc\neffect: read\nvantage: AD\narguments: {ends: rgc.targets, first: rgc.first}",
        hub__again="scope: rgc\neffect: read\nvantage: AD\nneeds: [join@rgc]",
    ).change
    assert [s.id for s in change.steps if s.kind == "join"] == [
        "join@rgc:Interop RGC",
        "join@rgc:Perimeter to 2007",
    ]
    step = change.by_id["join@rgc:Perimeter to 2007"]
    assert step.arguments["ends"] == ["FE03"]
    assert step.arguments["first"] is False
    assert step.scope.site == "Zurich"
    assert change.by_id["again@rgc:Perimeter to 2007"].needs == ("join@rgc:Perimeter to 2007",)


def test_a_step_for_each_routing_group() -> None:
    change = compiled(
        legacy_a(),
        decommission__drop="scope: routing-group\nwhen: \"routing_group.master == 'FE03'\"\neffect: read\nvantage: AD\n"
        "needs: [seen@routing-group]",
        readiness__seen="scope: routing-group\neffect: read\nvantage: AD",
    ).change
    assert change.by_id["drop@routing-group:Perimeter"].needs == ("seen@routing-group:Perimeter",)
    assert "drop@routing-group:First Routing Group" not in change.by_id


def test_a_step_for_each_set_of_mailboxes() -> None:
    wish = MailboxSet("desk", "Main", "Guests", {"alice": "4001"}, "Main", "target.um_mailboxes[0]")
    change = compiled(
        replace(legacy_b(), mailbox_sets=(wish,)),
        um__enable="scope: mailboxset\neffect: read\nvantage: shell\narguments: {extensions: mailboxset.members}",
    ).change
    step = change.by_id["enable@mailboxset:desk"]
    assert step.arguments["extensions"] == {"alice": "4001"}
    assert (step.host, step.arguments["dc"]) == ("EXCH2", "adc1.acme.local")


@pytest.mark.parametrize(
    ("topology", "host", "shell", "library"),
    [
        (legacy_a(), "MAIL07", "E07", "library:shell-e07"),
        (legacy_b(), "EXCH2", "E10", "library:shell-e10"),
        (legacy_d(), "MAIL2010", "E10", "library:shell-e10"),
        (single_site(), "MAIL2010", "E10", "library:shell-e10"),
    ],
)
def test_the_shell_is_that_of_the_version_to_come(
    topology: Topology, host: str, shell: str, library: str
) -> None:
    change = compiled(topology, hub__look="scope: organization\neffect: read\nvantage: shell").change
    step = change.by_id["look"]
    assert (step.host, step.vantage) == (host, shell)
    assert library in {change.scripts[sha].kind for sha in step.libraries}


def test_a_legacy_server_is_its_own_host_and_has_no_shell() -> None:
    kind = 'scope: server\nwhen: "server.legacy"\neffect: convergent\nidentity: local'
    change = compiled(legacy_a(), readiness__set=kind).change
    assert {(s.id, s.host, s.vantage) for s in change.steps} == {
        ("set@EX03", "EX03", "target"),
        ("set@FE03", "FE03", "target"),
    }


def test_names_of_old_servers_and_of_the_first_hub() -> None:
    arguments = "{hub: first_hub.name, fronts: \"legacy(role='front-end')|names\", has: has_legacy, groups: routing_groups|names}"
    change = compiled(
        legacy_a(), hub__look=f"scope: organization\neffect: read\nvantage: AD\narguments: {arguments}"
    ).change
    found = change.by_id["look"].arguments
    assert {k: found[k] for k in ("hub", "fronts", "has", "groups")} == {
        "hub": "MAIL07",
        "fronts": ["FE03"],
        "has": True,
        "groups": ["First Routing Group", "Perimeter"],
    }


def test_nothing_is_placed_on_a_server_that_nobody_drives() -> None:
    kind = 'scope: server\nwhen: "server.legacy"\neffect: convergent\nidentity: local'
    with pytest.raises(VantageError, match="set@FE03 shall run on FE03, which is not driven") as caught:
        compiled(undriven(legacy_a(), "FE03"), readiness__set=kind)
    assert caught.value.where is not None
    assert caught.value.where.line == legacy_a().where("source.servers[1]").line
    named = "scope: organization\neffect: read\nvantage: {shell: target, host: \"'FE03'\"}"
    with pytest.raises(VantageError, match="look shall run on FE03, which is not driven"):
        compiled(undriven(legacy_a(), "FE03"), readiness__look=named)


def test_a_gate_of_a_server_that_nobody_drives_looks_from_elsewhere() -> None:
    kind = 'scope: server\nwhen: "server.legacy and not server.driven"\neffect: gate\nvantage: AD\ngate: {closes: both, every: 60, instructions: Do it.}'
    change = compiled(undriven(legacy_a(), "FE03"), readiness__gate=kind).change
    assert [(s.id, s.host) for s in change.steps] == [("gate@FE03", "MAIL07")]


def test_a_wish_for_a_kind_of_nobody_or_of_another_transition_is_told() -> None:
    t = legacy_a()
    wishes = replace(t.policy, optional=("look", "lok", "elsewhere"))
    kinds = dict.fromkeys(("hub__look", "hub__elsewhere"), "scope: organization\neffect: read\nvantage: AD")
    whole = catalog(**kinds)
    here = replace(
        whole.transitions[1],
        phases=tuple(
            replace(p, kinds=tuple(k for k in p.kinds if k != "elsewhere"))
            for p in whole.transitions[1].phases
        ),
    )
    change = compile_plan(replace(t, policy=wishes), replace(whole, transitions=(here,))).change
    told = [f.message for f in change.findings if f.rule == "EXM-C030"]
    assert told == [
        "policy.optional names lok, which is no step kind of the catalog: it would never run.",
        "policy.optional names elsewhere, which is no step kind of this transition: it would never run.",
    ]
