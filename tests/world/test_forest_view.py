"""The forest: replicas, latency, searches, links."""

from datetime import timedelta

import pytest

from exmigrate.twin.world.directory import DirectoryError
from exmigrate.twin.world.ldapfilter import FilterError, parse
from exmigrate.twin.world.world import World


def users(world: World) -> str:
    return f"CN=Users,{world.forest.root_dn}"


def test_a_write_reaches_the_other_site_after_its_latency(world: World) -> None:
    main, branch = world.forest.all()
    dn = f"CN=Anna,{users(world)}"
    main.create(dn, "user", {"sAMAccountName": "anna"})
    assert branch.get(dn) is None
    world.clock.advance(899)
    assert branch.get(dn) is None
    world.clock.advance(60)
    found = branch.get(dn)
    assert found is not None
    assert found.guid == main.get(dn).guid  # type: ignore[union-attr]


def test_the_newer_of_two_writes_wins_everywhere(world: World) -> None:
    main, branch = world.forest.all()
    dn = f"CN=Anna,{users(world)}"
    with world.forest.instantly():
        main.create(dn, "user", {"description": "old"})
    main.modify(dn, {"description": "from main"})
    world.clock.advance(10)
    branch.modify(dn, {"description": "from branch"})
    world.clock.advance(5000)
    assert [dc.get(dn).text("description") for dc in (main, branch)] == ["from branch", "from branch"]  # type: ignore[union-attr]


def test_a_write_replaces_what_is_there_though_it_was_due_before_it(world: World) -> None:
    main, branch = world.forest.all()
    dn = f"CN=Anna,{users(world)}"
    with world.forest.instantly():
        main.create(dn, "user", {"description": "old"})
    world.clock.schedule(10, lambda: main.modify(dn, {"description": "second"}) and None)
    base, wall = world.clock._base
    world.clock._base = (base + timedelta(seconds=20), wall)  # time went on and nobody looked
    main.modify(dn, {"description": "first"})
    world.clock.tick()
    assert main.get(dn).text("description") == "second"  # type: ignore[union-attr]
    world.clock.advance(5000)
    assert branch.get(dn).text("description") == "second"  # type: ignore[union-attr]


def test_a_stuck_controller_gets_what_it_missed_when_released(world: World) -> None:
    main, branch = world.forest.all()
    dn = f"CN=Anna,{users(world)}"
    world.forest.stick("DC02")
    main.create(dn, "user")
    world.clock.advance(10000)
    assert branch.get(dn) is None
    world.forest.release("DC02")
    assert branch.get(dn) is not None


def test_back_links_follow_renames_and_deletions(world: World) -> None:
    dc = world.forest.all()[0]
    one, group = f"CN=Anna,{users(world)}", f"CN=Staff,{users(world)}"
    dc.create(one, "user")
    dc.create(group, "group", {"member": [one]})
    entry = dc.get(one)
    assert entry is not None
    assert dc.value(entry, "memberOf") == (group,)
    dc.rename(one, f"CN=Anna Meier,{users(world)}")
    assert dc.get(group).get("member") == (f"CN=Anna Meier,{users(world)}",)  # type: ignore[union-attr]
    dc.delete(f"CN=Anna Meier,{users(world)}")
    assert dc.get(group).get("member") == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(objectClass=user)", {"Anna", "Bernd"}),
        ("(&(objectCategory=person)(objectClass=user)(!(description=*)))", {"Bernd"}),
        ("(|(cn=ann*)(cn=*rnd))", {"Anna", "Bernd"}),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", {"Bernd"}),
        ("(logonCount>=5)", {"Anna"}),
        ("(description=line \\28one\\29)", {"Anna"}),
        ("cn=Anna", {"Anna"}),
        ("(cn=a*n*a)", {"Anna"}),
        ("(cn=a*nn*nna)", set()),
    ],
)
def test_filters(world: World, text: str, found: set[str]) -> None:
    dc = world.forest.all()[0]
    unit = f"OU=Test,{world.forest.root_dn}"
    dc.create(unit, "organizationalUnit")
    dc.create(
        f"CN=Anna,{unit}", "user", {"description": "line (one)", "logonCount": 7, "userAccountControl": 512}
    )
    dc.create(f"CN=Bernd,{unit}", "user", {"userAccountControl": 514})
    assert {str(dc.value(entry, "cn")[0]) for entry in dc.search(unit, text)} == found


@pytest.mark.parametrize("text", ["(cn=a", "(&(cn=a)", "cn", "(cn:1.2.3:=a)", "(cn=\\zz)"])
def test_malformed_filters_are_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse(text)


def test_a_domain_search_does_not_enter_the_configuration(world: World) -> None:
    dc = world.forest.all()[0]
    assert dc.search(world.forest.root_dn, "(objectClass=msExchExchangeServer)") == []
    assert len(dc.search(world.forest.configuration_dn, "(objectClass=msExchExchangeServer)")) == 1
    assert len(dc.search("", "(objectClass=msExchExchangeServer)", across=True)) == 1


def test_refusals_name_their_reason(world: World) -> None:
    dc = world.forest.all()[0]
    with pytest.raises(DirectoryError, match="no such object"):
        dc.modify(f"CN=Nobody,{users(world)}", {"description": "x"})
    with pytest.raises(DirectoryError, match="already exists"):
        dc.create(users(world), "container")
    with pytest.raises(DirectoryError, match="leaf"):
        dc.delete(world.forest.configuration_dn)


def test_the_locator_prefers_the_own_site(world: World) -> None:
    assert world.forest.find("Branch").name == "DC02"  # type: ignore[union-attr]
    world.forest.set_up("DC02", False)
    assert world.forest.find("Branch").name == "DC01"  # type: ignore[union-attr]
