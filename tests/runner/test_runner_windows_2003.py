"""A service pack and a hotfix on a Windows 2003 server that is reached by NTLM: the compiled steps, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from exmigrate.change import to_bytes
from exmigrate.compile import compile_plan
from exmigrate.engine import check_invariants, events
from exmigrate.journal import SQLiteJournal
from exmigrate.model import Change
from exmigrate.rehearse import world_spec
from exmigrate.rehearse.secrets_for import secrets_for
from exmigrate.remote import Endpoint, Endpoints, WinRMSessions
from exmigrate.runner import Options, RunOutcome, Silent, run
from exmigrate.twin.serve import build_world
from exmigrate.twin.wsman import Organization, ScriptedFaults
from tests.catalog.legacy_worlds import to_2007
from tests.catalog.scripts import catalog
from tests.runner.conftest import FastAmbient

pytestmark = pytest.mark.wire

HOST = "EX03-1"
PATCH, HOTFIX = f"patch-legacy-servers@{HOST}", f"install-kb937031@{HOST}"
ORDER = [
    f"preflight-remoting@{HOST}", f"stage-media@{HOST}", f"suppress-link-state@{HOST}", PATCH, HOTFIX,
]  # fmt: skip


def on_the_old_server(change: Change) -> Change:
    """The steps that run on it, without what the rest of the plan does before."""
    own = [s for s in change.steps if s.host == HOST]
    names = {s.id for s in own}
    steps = tuple(replace(s, needs=tuple(n for n in s.needs if n in names), window="any") for s in own)
    return replace(
        change,
        steps=steps,
        phases=(),
        markers=(),
        critical_path=(),
        findings=(),
        coexistence=(),
        policy={k: v for k, v in change.policy.items() if k not in ("start", "windows", "blackout_dates")},
    )


class StopAt(Silent):
    """Stops the session, as Ctrl-C does, when a step's job has been submitted."""

    def __init__(self, step: str, stop: Event) -> None:
        self.step, self.stop = step, stop

    def event(self, event: Any, state: Any) -> None:
        if isinstance(event, events.Submitted) and event.step == self.step:
            self.stop.set()


@dataclass
class Place:
    change: Change
    organization: Organization
    environ: dict[str, str]
    path: Path
    states: list[Any] = field(default_factory=list)

    def run(self, **more: Any) -> RunOutcome:
        endpoint = self.organization.endpoints[HOST]
        journal = SQLiteJournal(self.path)
        try:
            return run(
                journal,
                WinRMSessions(),
                Options(
                    endpoints=Endpoints({HOST.lower(): Endpoint(endpoint.address, endpoint.http_port)}),
                    grace_s=0.5,
                ),
                change_bytes=to_bytes(self.change),
                ambient=FastAmbient(environ=self.environ, speed=600.0),
                **more,
            )
        finally:
            journal.close()


def place(tmp_path: Path, **connection: Any) -> Place:
    topology = to_2007()
    secrets = secrets_for(topology, lambda _: None, lambda ref: ref)
    organization = Organization(
        build_world(world_spec(topology, secrets.passwords), speed=600.0), ScriptedFaults()
    )
    change = on_the_old_server(compile_plan(topology, catalog()).change)
    there = {**change.connections[HOST], **connection}
    change = replace(change, connections={HOST: there})
    environ = {name.removeprefix("env:"): value for name, value in secrets.made_up.items()}
    return Place(change, organization, environ, tmp_path / "run.db")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Place]:
    made = place(tmp_path)
    yield made
    made.organization.close()


def test_service_pack_and_hotfix_over_ntlm_with_a_controller_that_goes_in_between(old: Place) -> None:
    server = old.organization.world.servers[HOST.lower()]
    assert old.change.connections[HOST]["transport"] == "ntlm"
    stop = Event()
    first = old.run(listener=StopAt(PATCH, stop), stop=stop)
    assert first.outcome == "interrupted", first
    second = old.run()
    assert (second.outcome, second.exit_code) == ("done", 0), second
    assert server.exchange is not None
    assert server.exchange.level == "2003SP2"
    assert server.boots == 1
    journal = SQLiteJournal(old.path)
    told = list(journal.events())
    check_invariants(old.change, told)
    assert len([e for e in told if isinstance(e, events.IntentMade) and e.step == PATCH]) == 1
    assert any(isinstance(e, events.Submitted) and e.step == PATCH and e.adopted for e in told)
    assert {s.id for s in old.change.steps} == set(ORDER)
    assert server.tasks.all() == []
    for secret in old.environ.values():
        assert all(secret.encode() not in r.body for r in journal.records())
    journal.close()


@pytest.mark.parametrize("known", [True, False], ids=["as-planned", "not-as-planned"])
def test_a_password_that_may_not_show_fails_the_step_with_what_to_do(tmp_path: Path, known: bool) -> None:
    """Refused by the controller, which knows Windows 2003 from the plan; else by the server, which finds itself old."""
    made = place(tmp_path, expose_run_as_password=False, **({} if known else {"tasks": ""}))
    try:
        outcome = made.run()
        step = f"stage-media@{HOST}"
        assert outcome.exit_code == 3, outcome
        assert "command line of schtasks.exe" in outcome.state.of(step).message
        assert "expose_run_as_password: true" in outcome.state.of(step).message
        assert not outcome.state.of(step).submissions
        server = made.organization.world.servers[HOST.lower()]
        assert server.tasks.all() == []
        assert server.exchange is not None
        assert server.exchange.level == "2003SP1"
    finally:
        made.organization.close()


def test_a_wrong_password_stops_the_run_after_one_attempt(tmp_path: Path) -> None:
    made = place(tmp_path)
    reference = {**made.change.connections[HOST]["run_as"], "password": "env:WRONG"}
    made.change = replace(
        made.change, connections={HOST: {**made.change.connections[HOST], "run_as": reference}}
    )
    made.environ["WRONG"] = "not-it"
    try:
        outcome = made.run()
        assert outcome.exit_code == 3
        assert "stopped at once" in outcome.message
        assert "does not take" in outcome.state.stopped
        assert "not-it" not in outcome.state.stopped
        assert made.organization.world.servers[HOST.lower()].tasks.all() == []
    finally:
        made.organization.close()
