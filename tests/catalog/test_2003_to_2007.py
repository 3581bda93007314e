"""From Exchange 2000 and 2003 to 2007: what its plans need of the step kinds together."""

from __future__ import annotations

from dataclasses import replace

from exmigrate.compile import compile_plan
from tests.catalog.scripts import catalog
from tests.plan.topologies import legacy_a


def test_what_is_done_on_a_server_reached_by_ntlm_stays_on_it_and_the_rest_is_a_gate() -> None:
    t = legacy_a()
    old = t.server_by_name["EX03"]
    assert old.connection is not None
    ntlm = replace(old, connection=replace(old.connection, transport="ntlm"))
    change = compile_plan(
        replace(t, servers=tuple(ntlm if s.name == "EX03" else s for s in t.servers)), catalog()
    ).change
    on_it = {s.kind: s for s in change.steps if s.host == "EX03"}
    assert sorted(on_it) == ["preflight-remoting", "suppress-link-state"]
    assert {s.identity for s in on_it.values()} == {"local"}
    assert on_it["preflight-remoting"].arguments["second_hop"] is False
    assert on_it["preflight-remoting"].arguments["run_as"] == ""
    gates = {"gate-patch-legacy-servers@EX03", "gate-install-kb937031@EX03"}
    assert gates <= change.by_id.keys()
    assert "reached by NTLM" in change.by_id["gate-install-kb937031@EX03"].gate.instructions
    with_kerberos = compile_plan(t, catalog()).change.by_id
    assert not gates & with_kerberos.keys()
    # Windows 2003 has no task service: its media are copied in the connection itself.
    assert with_kerberos["stage-media@EX03"].run == "inline"
    assert with_kerberos["stage-media@MAIL07"].run == "job"
