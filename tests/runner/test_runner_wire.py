"""A run over real sockets: sessions of the remote room, NTLM and CredSSP, connections that are cut."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from exmigrate.change import to_bytes
from exmigrate.engine import check_invariants
from exmigrate.journal import SQLiteJournal
from exmigrate.model import Change
from exmigrate.remote import Endpoint, Endpoints, WinRMSessions
from exmigrate.runner import Options, RunOutcome, run
from exmigrate.twin.wsman import Effect, Moment, WireFault
from tests.engine.make import change, once, step
from tests.runner.conftest import FastAmbient, connection
from tests.wire.world import ADMIN, Organization

pytestmark = pytest.mark.wire


@dataclass
class Scripts:
    """What the fake interpreter's functions do: one step's effect is a name in a set."""

    present: set[str] = field(default_factory=set)
    applied: list[str] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def functions(self) -> dict[str, Any]:
        made = {
            "Check": lambda a: {"state": "satisfied" if a["step"] in self.present else "needed"},
            "Apply": self.apply,
            "Verify": lambda a: {"state": "verified" if a["step"] in self.present else "failed"},
            "Get-ExmMachine": lambda a: _facts(machine_id="M1", boot_id="B1", ps_version="2.0"),
            "Set-ExmFence": lambda a: {"state": "held"},
            "Submit-ExmJob": self.submit,
            "Get-ExmJob": self.look,
            "Read-ExmLog": lambda a: _facts(data=base64.b64encode(b"all well"[a["offset"] :]).decode()),
            "Remove-ExmTask": lambda a: {"state": "gone"},
        }
        return {name: lambda a, request, console, f=f: f(a) for name, f in made.items()}

    def apply(self, a: dict[str, Any]) -> dict[str, Any]:
        self.applied.append(a["step"])
        self.secrets.append(a.get("password", ""))
        self.present.add(a["step"])
        return {"state": "applied"}

    def submit(self, a: dict[str, Any]) -> dict[str, Any]:
        if a["job"] not in self.jobs:
            self.jobs[a["job"]] = "setup"
            self.applied.append("setup")
            self.present.add("setup")
        return {"state": "submitted"}

    def look(self, a: dict[str, Any]) -> dict[str, Any]:
        there = a["job"] in self.jobs
        receipt = json.dumps({"v": 1, "result": {"state": "applied"}}).encode()
        return _facts(
            machine_id="M1", boot_id="B1", directory=there, started=there, alive=False,
            receipt=base64.b64encode(receipt).decode() if there else "", log_size=8 if there else 0,
        )  # fmt: skip


def _facts(**facts: Any) -> dict[str, Any]:
    return {"state": "read", "facts": facts}


@dataclass
class Site:
    organization: Organization
    scripts: Scripts
    change: Change
    path: Path

    def run(self) -> RunOutcome:
        servers = {
            name.lower(): Endpoint("127.0.0.1", getattr(self.organization, name.lower()).http_port)
            for name in ("MAIL1", "MAIL2")
        }
        journal = SQLiteJournal(self.path)
        try:
            return run(
                journal,
                WinRMSessions(),
                Options(endpoints=Endpoints(servers)),
                change_bytes=to_bytes(self.change),
                ambient=FastAmbient(environ={"PW": ADMIN.password, "PFX": "pfx-pass-1"}),
            )
        finally:
            journal.close()


@pytest.fixture(params=["ntlm", "credssp"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    organization = Organization()
    scripts = Scripts()
    organization.scripts.functions.update(scripts.functions())
    named = {"name": "a", "username": ADMIN.username, "password": "env:PW", "certificate": "", "key": ""}
    made = change(
        once("setup", host="MAIL1", arguments={"step": "setup"}),
        step("a", ("setup",), host="MAIL1", arguments={"step": "a", "password": {"$secret": "env:PFX"}}),
        step("b", ("a",), host="MAIL2", arguments={"step": "b"}),
    )
    connections = {h: connection(transport=request.param, credential=named) for h in ("MAIL1", "MAIL2")}
    yield Site(organization, scripts, replace(made, connections=connections), tmp_path / "run.db")
    organization.close()


def check(site: Site, outcome: RunOutcome) -> None:
    assert (outcome.outcome, outcome.exit_code) == ("done", 0), outcome
    assert site.scripts.applied == ["setup", "a", "b"]
    journal = SQLiteJournal(site.path)
    check_invariants(site.change, journal.events())
    assert journal.log("setup", next(iter(site.scripts.jobs))) == b"all well"
    for secret in (ADMIN.password, "pfx-pass-1"):
        assert all(secret.encode() not in r.body for r in journal.records())
    journal.close()


def test_a_run_over_the_wire(site: Site) -> None:
    check(site, site.run())
    assert site.scripts.secrets == ["pfx-pass-1", ""]


@pytest.mark.parametrize("moment", list(Moment))
def test_cut_connections_neither_lose_nor_repeat_an_effect(site: Site, moment: Moment) -> None:
    for skip in (4, 9, 15):
        site.organization.faults.add(WireFault("send", Effect.DROP, moment, skip=skip))
        site.organization.faults.add(WireFault("receive", Effect.DROP, moment, skip=skip))
    check(site, site.run())
    assert site.organization.faults.hits


def test_a_wrong_password_stops_the_run_after_one_attempt(site: Site) -> None:
    import exmigrate.runner as runner

    journal = SQLiteJournal(site.path)
    outcome = runner.run(
        journal,
        WinRMSessions(),
        Options(
            endpoints=Endpoints({"mail1": Endpoint("127.0.0.1", site.organization.mail1.http_port)}),
        ),
        change_bytes=to_bytes(site.change),
        ambient=FastAmbient(environ={"PW": "wrong", "PFX": "x"}),
    )
    journal.close()
    assert outcome.exit_code == 3
    assert "stopped at once" in outcome.message
    assert site.scripts.applied == []
    assert site.organization.accounts.failures == {"admin": 1}
