"""Checks at plan time: who is asked, in how many round trips, and what an answer is taken for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exmigrate.model import Change
from exmigrate.remote import Failure
from exmigrate.runner import Questions, SecretStore, probe
from exmigrate.runner.hosts import Directory
from tests.engine.make import change, gate, once, step
from tests.runner.conftest import Stage

Make = Callable[[Change], Stage]


def probed(s: Stage) -> dict[str, tuple[str, str]]:
    store = SecretStore(s.ambient, None, Path())
    with Questions(Directory(s.change, s.servers, store).open) as asker:
        found = probe(s.change, asker.ask)
    return {x.id: (x.state, x.because) for x in found.steps}


def test_a_server_that_this_graph_makes_is_not_asked(stage: Make) -> None:
    s = stage(change(once("install@H1"), step("scp@H1", ("install@H1",)), step("dc", host="AD")))
    s.world.present.add("dc")
    assert probed(s) == {
        "install@H1": ("needed", "to be done"),
        "scp@H1": ("needed", "after install@H1"),
        "dc": ("satisfied", "its Check says so"),
    }
    assert s.world.applied == {}


def test_a_role_that_is_there_already_opens_the_questions_behind_it(stage: Make) -> None:
    s = stage(change(once("install@H1"), step("scp@H1", ("install@H1",)), step("url@H1", ("scp@H1",))))
    s.world.present.update({"install@H1", "scp@H1"})
    assert {i: state for i, (state, _) in probed(s).items()} == {
        "install@H1": "satisfied",
        "scp@H1": "satisfied",
        "url@H1": "needed",
    }


def test_directory_preparation_does_not_make_its_host(stage: Make) -> None:
    tags = ("setup", "directory-preparation")
    s = stage(change(once("prepare", host="AD", tags=tags), step("look", ("prepare",), host="AD")))
    assert probed(s)["look"] == ("needed", "to be done")


def test_checks_cost_one_round_trip_a_server(stage: Make) -> None:
    s = stage(change(*(step(f"s{n}", host=f"H{n % 2}") for n in range(8))))
    probed(s)
    assert sorted(s.servers.round_trips) == [("H0", ("Check",) * 4), ("H1", ("Check",) * 4)]


def test_a_when_ready_kind_is_asked_only_when_its_needs_are_satisfied(stage: Make) -> None:
    s = stage(change(step("a"), step("b", ("a",), check="when-ready", host="H2")))
    assert probed(s)["b"] == ("needed", "after a")
    s.world.present.add("a")
    assert probed(s)["b"] == ("needed", "to be done")


def test_a_server_that_is_down_is_unknown_with_the_reason(stage: Make) -> None:
    s = stage(change(step("a"), step("b", host="H2")))
    s.servers.down.add("H1")
    states = probed(s)
    assert states["a"] == ("unknown", "H1: no route to host")
    assert states["b"][0] == "needed"


def test_a_script_error_is_unknown_and_a_blocked_step_says_why(stage: Make) -> None:
    s = stage(change(step("a"), step("b")))
    s.servers.fails["Check", "a"] = [Failure("script", "the shell did not load")]
    s.world.blocked.add("b")
    assert probed(s) == {"a": ("unknown", "the shell did not load"), "b": ("blocked", "cannot be")}


def test_a_gate_for_a_person_is_needed_and_one_with_a_probe_is_asked(stage: Make) -> None:
    s = stage(change(gate("word"), gate("dns", closes="both")))
    s.world.present.add("dns")
    assert probed(s) == {"word": ("needed", "a person's word"), "dns": ("satisfied", "its Check says so")}


def test_an_output_is_known_once_its_step_is_satisfied(stage: Make) -> None:
    made = change(step("cert"), step("bind", ("cert",), arguments={"thumb": {"$output": "cert.out"}}))
    s = stage(made)
    assert probed(s)["bind"] == ("needed", "after cert")
    s.world.present.add("cert")
    probed(s)
    assert s.servers.calls[-1].argument["thumb"] == "cert-out"


def test_an_unread_fact_is_unknown(stage: Make) -> None:
    s = stage(change(step("a", arguments={"url": {"$fact": "inv-oa@X"}})))
    state, because = probed(s)["a"]
    assert state == "unknown"
    assert "inv-oa@X" in because


def test_a_look_gets_no_secret(stage: Make) -> None:
    s = stage(change(step("a", arguments={"password": {"$secret": "env:PW"}})))
    probed(s)
    assert s.servers.calls[0].argument["password"] == ""
    assert s.servers.calls[0].secrets == {}
