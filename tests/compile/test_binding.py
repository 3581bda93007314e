"""Binding, hosts, needs and arguments: what a step kind's front matter becomes."""

import pytest

from exmigrate.compile import CompileError, ExpressionError, VantageError
from tests.compile.small import compiled
from tests.plan.topologies import single_site

ON_TARGETS = 'scope: server\nwhen: "server.target"\neffect: convergent\nidentity: local\n'


def test_a_kind_becomes_a_step_for_each_scope_whose_when_holds() -> None:
    change = compiled(
        single_site(),
        cas__one="scope: organization\neffect: read\nvantage: AD",
        hub__two=ON_TARGETS,
        mailbox__three="scope: site\neffect: read\nvantage: AD",
    ).change
    assert set(change.by_id) == {"one", "two@MAIL2010", "three@site:Zurich"}


def test_hosts_follow_from_the_vantage() -> None:
    kinds = {v: f"scope: organization\neffect: read\nvantage: {v}" for v in ("AD", "E07", "E10")}
    change = compiled(single_site(), cas__ad=kinds["AD"], cas__old=kinds["E07"], cas__new=kinds["E10"]).change
    assert {id: s.host for id, s in change.by_id.items()} == {
        "ad": "MAIL2010",
        "old": "MAIL2007",
        "new": "MAIL2010",
    }
    assert all(s.arguments["dc"] for s in change.steps)


def test_a_vantage_nobody_offers_is_refused_with_the_kind_s_line() -> None:
    with pytest.raises(VantageError, match="No server of the plan can run probe") as caught:
        compiled(single_site(), cas__probe="scope: organization\neffect: read\nvantage: EDGE")
    assert str(caught.value.where) == "cas/probe.ps1:4"


def test_a_need_on_a_step_the_plan_lacks_is_void() -> None:
    change = compiled(
        single_site(),
        cas__later="scope: organization\neffect: read\nvantage: AD\nneeds: [never]",
        cas__never='scope: organization\nwhen: "false"\neffect: read\nvantage: AD',
    ).change
    assert change.by_id["later"].needs == ()


def test_a_need_on_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CompileError, match="needs the unknown kind 'nothing'"):
        compiled(single_site(), cas__later="scope: organization\neffect: read\nvantage: AD\nneeds: [nothing]")


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("base@server", ("base@MAIL2010",)),
        ("base@site", ("base@MAIL2007", "base@MAIL2010")),
        ("base@all", ("base@MAIL2007", "base@MAIL2010")),
        ("base@first", ("base@MAIL2007",)),
        ("base", ("base@MAIL2007", "base@MAIL2010")),
        ("{kind: base, at: \"['MAIL2007']\"}", ("base@MAIL2007",)),
        ('{kind: base, when: "not server.target"}', ()),
    ],
)
def test_forms_of_needs(need: str, expected: tuple[str, ...]) -> None:
    change = compiled(
        single_site(),
        cas__base="scope: server\neffect: read\nidentity: local",
        hub__then=ON_TARGETS + f"needs: [{need}]",
    ).change
    assert set(change.by_id["then@MAIL2010"].needs) == set(expected)


def test_before_is_a_need_the_other_way_round() -> None:
    change = compiled(
        single_site(), cas__late=ON_TARGETS, hub__early=ON_TARGETS + "before: [late@server]"
    ).change
    assert change.by_id["late@MAIL2010"].needs == ("early@MAIL2010",)


def test_arguments_are_values_and_references() -> None:
    change = compiled(
        single_site(),
        cas__one=ON_TARGETS
        + "arguments: {name: server.name, roles: server.roles, auth: {$fact: \"'inv-oa@' ~ server.name\"}, n: 3}",
    ).change
    step = change.by_id["one@MAIL2010"]
    assert step.arguments["name"] == "MAIL2010"
    assert step.arguments["roles"] == list(single_site().server_by_name["MAIL2010"].roles)
    assert step.arguments["auth"] == {"$fact": "inv-oa@MAIL2010"}
    assert change.facts == {"inv-oa@MAIL2010": None}


def test_an_undefined_name_is_refused_with_file_line_and_step() -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(single_site(), cas__one=ON_TARGETS + "arguments: {name: server.nmae}")
    assert caught.value.step == "one@MAIL2010"
    assert str(caught.value.where) == "cas/one.ps1:6"
    assert "nmae" in caught.value.why


def test_a_value_no_script_can_take_is_refused() -> None:
    with pytest.raises(ExpressionError, match="not as they must be"):
        compiled(single_site(), cas__one=ON_TARGETS + "arguments: {site: site}")


def test_sandboxed_expressions_reach_nothing_private() -> None:
    with pytest.raises(ExpressionError):
        compiled(single_site(), cas__one=ON_TARGETS + 'arguments: {x: "topology.__class__.__mro__|string"}')
