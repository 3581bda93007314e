"""Clustered mailbox servers of 2007 in a plan: what is refused, where, and what comes of one in the topology."""

from __future__ import annotations

import pytest

from exmigrate.plan import LoadResult, load
from tests.plan.broken import Change, changed
from tests.plan.topologies import PLANS, clustered

FOLDER = PLANS / "clustered-2007-2010"
TEXT = (FOLDER / "plan.yaml").read_text("utf-8")
NODES = TEXT[TEXT.index("      nodes:\n") : TEXT.index("      databases:\n")]
NODE_B = NODES[NODES.index("        - name: NODE-B\n") :]

CASES: dict[str, tuple[tuple[Change, ...], str, str, str, str]] = {
    "no nodes": (
        ((NODES, ""),), "EXM-L062", "'MBX07' is a clustered server and names no nodes", "cluster: CCR", "active: true",
    ),
    "one node of a CCR": (((NODE_B, ""),), "EXM-L061", "'MBX07' has 1 node", "nodes:", "both nodes"),
    "three nodes of a CCR": (
        ((NODE_B, NODE_B + NODE_B.replace("NODE-B", "NODE-C").replace("10.1.0.13", "10.1.0.14")),),
        "EXM-L061", "'MBX07' has 3 nodes", "nodes:", "no other",
    ),
    "one node of an SCC": (
        ((NODE_B, ""), ("cluster: CCR", "cluster: SCC")), "EXM-L061", "'MBX07' has one node", "nodes:", "every node",
    ),
    "nodes of local copies": (
        (("cluster: CCR", "cluster: LCR"),), "EXM-L061", "'MBX07' has nodes and is no clustered", "nodes:", "CCR or SCC",
    ),
    "nodes of standby copies": (
        (("cluster: CCR", "cluster: SCR"),), "EXM-L061", "'MBX07' has nodes and is no clustered", "nodes:", "CCR or SCC",
    ),
    "nodes of no cluster": (
        (("      cluster: CCR\n", ""),), "EXM-L061", "'MBX07' has nodes and is no clustered", "nodes:", "CCR or SCC",
    ),
    "a node that is a server": (
        (("- name: NODE-B", "- name: CASHUB07"),), "EXM-L031", "CASHUB07", "- name: CASHUB07", "",
    ),
    "a further role": (
        (("roles: [mailbox]", "roles: [mailbox, hub]"),), "EXM-L061", "a clustered server with the hub role", "hub]", "leave mailbox",
    ),
    "nobody active": (
        (("          active: true                    # as Get-ClusteredMailboxServerStatus shows it today\n", ""),),
        "EXM-L062", "nothing says which node runs 'MBX07'", "nodes:", "Get-ClusteredMailboxServerStatus",
    ),
    "two active": (
        (("        - name: NODE-B\n", "        - name: NODE-B\n          active: true\n"),),
        "EXM-L061", "'NODE-B' is a second active node", "active: true\n          os", "leave active: true",
    ),
    "Windows of the clustered server": (
        (("      cluster: CCR\n", "      cluster: CCR\n      os: 2008\n      memory: 8GB\n"),),
        "EXM-L061", "has no os and no memory of its own", "os: 2008\n      memory", "on each node",
    ),
    "a node in no domain": (
        (("        - name: NODE-B\n", "        - name: NODE-B\n          workgroup: true\n"),),
        "EXM-L061", "'NODE-B' is a node and is said to be in no domain", "workgroup: true", "take workgroup out",
    ),
    "a node in another site": (
        (
            ("        domain_controllers:\n", "        domain_controllers:\n          - {name: DC09, addresses: [10.1.0.9]}\n"),
            ("      - name: Zurich\n", "      - {name: Geneva, internet_facing: false, domain_controllers: [{name: DC08}]}\n      - name: Zurich\n"),
            ("        - name: NODE-B\n", "        - name: NODE-B\n          site: Geneva\n"),
        ),
        "EXM-L061", "'NODE-B' is in another site than 'MBX07'", "Geneva\n          os", "take site out",
    ),
    "an address twice": (
        (("addresses: [10.1.0.13]", "addresses: [10.1.0.11]"),), "EXM-L061", "'NODE-B' has the address 10.1.0.11, and so has 'MBX07'",
        "10.1.0.11]\n      databases", "correct the address",
    ),
    "a logon to the clustered server": (
        (("\nmedia:\n", "  servers:\n    MBX07: {transport: ntlm}\n\nmedia:\n"),), "EXM-L061",
        "'MBX07' is a clustered server, which nobody logs on to", "{transport: ntlm}", "NODE-A, NODE-B",
    ),
    "a node that becomes a new server": (
        (("\n  client_access:\n    outlook_anywhere: true", "\n    - name: NODE-B\n      roles: [cas]\n\n  client_access:\n    outlook_anywhere: true"),), "EXM-L031", "NODE-B", "NODE-B\n      roles", "",
    ),
}  # fmt: skip


def loaded(*changes: Change) -> LoadResult:
    return load(changed(*changes, text=TEXT).encode(), "plan.yaml", lambda name: (FOLDER / name).read_bytes())


@pytest.mark.parametrize("name", CASES)
def test_what_no_clustered_server_is_is_refused_where_it_stands(name: str) -> None:
    changes, code, message, where, remedy = CASES[name]
    text, result = changed(*changes, text=TEXT), loaded(*changes)
    assert [p.code for p in result.errors] == [code], [str(p) for p in result.errors]
    [problem] = result.errors
    assert message in problem.message
    assert problem.why
    assert remedy in problem.remedy
    assert problem.location.line == text[: text.rindex(where)].count("\n") + 1


def test_the_clustered_server_has_the_role_and_its_nodes_are_the_machines() -> None:
    topology = clustered()
    server, node = topology.server_by_name["MBX07"], topology.server_by_name["NODE-B"]
    assert (server.source, server.node, server.driven, server.roles) == (True, False, False, ("mailbox",))
    assert (node.source, node.node, node.driven, node.roles) == (False, True, True, ())
    assert (node.version, node.service_pack, node.site, node.fqdn) == (
        "2007",
        "SP1",
        "Zurich",
        "node-b.contoso.local",
    )
    assert server.clustered == node.clustered
    assert server.clustered is not None
    assert (server.clustered.active, server.clustered.successor) == ("NODE-A", "NODE-B")
    assert server.clustered.in_turn == ("NODE-B", "NODE-A")
    assert [m.name for m in topology.source.machines] == ["CASHUB07", "NODE-A", "NODE-B", "MAIL2010"]  # type: ignore[union-attr]


def test_what_stays_stays_with_its_nodes() -> None:
    keep = "\nkeep:\n  - {server: MBX07, reason: an application that is bound to it}\n  - {server: CASHUB07, reason: its Hub}\n\nbatches:\n"
    result = loaded(("\nbatches:\n", keep))
    assert result.topology is not None, [str(p) for p in result.errors]
    reasons = {n: result.topology.server_by_name[n].keep for n in ("MBX07", "NODE-A", "NODE-B")}
    assert set(reasons.values()) == {"an application that is bound to it"}


@pytest.mark.parametrize("kind", ["LCR", "SCR"])
def test_copies_on_one_machine_need_no_nodes(kind: str) -> None:
    machine = "      os: 2008\n      os_service_pack: 2\n      memory: 16GB\n"
    result = loaded((NODES, machine), ("cluster: CCR", f"cluster: {kind}"))
    assert result.topology is not None, [str(p) for p in result.errors]
    assert result.topology.server_by_name["MBX07"].clustered is None
