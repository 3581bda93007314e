"""From Exchange 2000 and 2003 to 2007: what its plans need of the step kinds together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.compile import VantageError, compile_plan
from exmigrate.model import Change, Step
from tests.catalog.scripts import catalog
from tests.plan.topologies import legacy_a


def reached_by(transport: str, *, exposed: bool) -> Change:
    """The small plan with EX03 reached so, and the password of its run-as account on a command line or not."""
    t = legacy_a()
    old = t.server_by_name["EX03"]
    assert old.connection is not None
    other = replace(
        old, connection=replace(old.connection, transport=transport, expose_run_as_password=exposed)
    )
    servers = tuple(other if s.name == "EX03" else s for s in t.servers)
    return compile_plan(replace(t, servers=servers), catalog()).change


def on_ex03(change: Change) -> dict[str, Step]:
    return {s.kind: s for s in change.steps if s.host == "EX03"}


GATES = {"gate-patch-legacy-servers@EX03", "gate-install-kb937031@EX03"}


def test_what_is_done_on_a_server_reached_by_ntlm_stays_on_it_and_the_rest_is_a_gate() -> None:
    change = reached_by("ntlm", exposed=False)
    on_it = on_ex03(change)
    assert sorted(on_it) == ["preflight-remoting", "suppress-link-state"]
    assert {s.identity for s in on_it.values()} == {"local"}
    assert on_it["preflight-remoting"].arguments["second_hop"] is False
    assert on_it["preflight-remoting"].arguments["run_as"] == ""
    assert change.by_id.keys() >= GATES
    assert "reached by NTLM" in instructions(change, "gate-install-kb937031@EX03")
    assert "expose_run_as_password" in instructions(change, "gate-patch-legacy-servers@EX03")


def instructions(change: Change, step: str) -> str:
    gate = change.by_id[step].gate
    assert gate is not None
    return gate.instructions


def test_jobs_run_on_windows_2003_where_their_password_may_show() -> None:
    """A job logs on by itself: NTLM will do for it, while its Check and Verify stay on the server."""
    change = reached_by("ntlm", exposed=True)
    on_it = on_ex03(change)
    assert not GATES & change.by_id.keys()
    jobs = {name: (s.run, s.identity) for name, s in on_it.items() if s.run == "job"}
    assert jobs == {
        "stage-media": ("job", "delegated"),
        "patch-legacy-servers": ("job", "delegated"),
        "install-kb937031": ("job", "local"),
    }
    assert on_it["preflight-remoting"].identity == "local"
    assert on_it["preflight-remoting"].arguments["second_hop"] is False
    assert on_it["preflight-remoting"].arguments["run_as"] == "CONTOSO\\exmigrate"
    assert on_it["stage-media"].arguments["sees_share"] is False
    assert change.connections["EX03"]["tasks"] == "schtasks"
    assert change.connections["EX03"]["expose_run_as_password"] is True
    assert "tasks" not in change.connections["MAIL07"]


def test_kerberos_brings_media_without_a_job() -> None:
    """Only the service pack needs the run-as account there; the hotfix is the system's own work."""
    change = reached_by("kerberos", exposed=False)
    on_it = on_ex03(change)
    assert (on_it["stage-media"].run, on_it["stage-media"].identity) == ("inline", "delegated")
    assert (on_it["install-kb937031"].run, on_it["install-kb937031"].identity) == ("job", "local")
    assert change.by_id.keys() & GATES == {"gate-patch-legacy-servers@EX03"}
    assert change.by_id["stage-media@MAIL07"].run == "job"


def test_a_job_that_would_show_a_password_is_refused_with_the_line_and_the_remedy() -> None:
    """Roles of 2007 on Windows 2003: Setup has no gate in its place."""
    t = legacy_a()
    new = t.server_by_name["MAIL07"]
    assert new.connection is not None
    hidden = replace(new.connection, transport="kerberos", expose_run_as_password=False)
    on_2003 = replace(new, os="2003R2", connection=hidden)
    with pytest.raises(VantageError) as caught:
        compile_plan(
            replace(t, servers=tuple(on_2003 if s.name == new.name else s for s in t.servers)), catalog()
        )
    assert "EXE-006" in caught.value.why
    assert "expose_run_as_password: true" in caught.value.next
    assert caught.value.where is not None
    assert caught.value.where.line > 1
