"""What clients see on the way from 2000 and 2003: the small plans against the client-access matrices, read by hand.

The rows are those of the matrices of the field: entry point 2010, entry point 2007, entry point 2003 or 2000.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.catalog import load_catalog
from exmigrate.compile import compile_plan
from exmigrate.compile.coexistence import expanded, matrix
from exmigrate.compile.coexistence.matrix import applies
from exmigrate.model import Change, Topology
from exmigrate.plan import load
from tests.plan.broken import changed
from tests.plan.topologies import DATA, legacy_a, legacy_b, legacy_d

PROTOCOLS = ("owa", "activesync", "outlook-anywhere", "autodiscover", "ews", "oab", "pop-imap")
SERVED, SILENT, MANUAL = "served", "silent-redirect", "manual-redirect"
PROXIED, NOTIFIED, NONE = "proxied", "notified", "not-available"
START, FIRST, PILOT = "Before the start", "After the first Client Access server", "After the pilot"
CUT, MOVED = "After the cut-over of {}", "After the moves of {}"
MAIL, LEGACY, AUTO = "mail.contoso.com", "legacy.contoso.com", "autodiscover.contoso.com"
NO = (NONE, "")


def change_of(topology: Topology) -> Change:
    return compile_plan(topology, load_catalog("")).change


@cache
def a() -> Change:
    return change_of(legacy_a())


@cache
def b() -> Change:
    return change_of(legacy_b())


@cache
def d() -> Change:
    return change_of(legacy_d())


def cells(change: Change, stage: str, site: str, mailbox: str, entry: str = "") -> dict[str, tuple[str, str]]:
    """Behaviour and host by protocol, without the control panel, for one stage, site, mailbox version and name."""
    return {
        row["protocol"]: (row["behaviour"], row["host"])
        for row in expanded(change.coexistence)
        if (row["stage"], row["site"], row["mailbox"]) == (stage, site, mailbox)
        and entry in ("", row["entry"])
        and row["protocol"] in PROTOCOLS
    }


def row(*answers: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return dict(zip(PROTOCOLS, answers, strict=True))


def of(host: str, auto: str) -> dict[str, dict[str, tuple[str, str]]]:
    """The rows by name, for a main name and an Autodiscover name."""
    at = (SERVED, host)
    through = (PROXIED, host)
    return {
        # 1.3: a front-end serves 2003 mailboxes; no Autodiscover, no web services, the OAB in public folders
        "front-end": row(at, at, at, NO, NO, NO, NO),
        # 1.2, mailbox 2003: OWA, ActiveSync and Outlook Anywhere proxied; Autodiscover basic; no EWS
        "behind 2007": row(through, through, through, (SERVED, auto), NO, NO, NO),
        "served": row(at, at, at, (SERVED, auto), at, at, NO),
        # 1.1, mailbox 2003: silent redirect to Exchange2003Url, ActiveSync and Outlook Anywhere proxied
        "behind 2010": row(
            (SILENT, host.replace("mail.", "legacy.")), through, through, (SERVED, auto), NO, NO, NO
        ),
        "nothing": row(*[NO] * len(PROTOCOLS)),
    }


@pytest.mark.parametrize(
    ("stage", "old", "new"),
    [
        (START, "front-end", ""),
        (FIRST, "front-end", "nothing"),
        (CUT.format("Zurich"), "behind 2007", "served"),
        (PILOT, "behind 2007", "served"),
        (MOVED.format("Zurich"), "", "served"),
        ("After the removal", "", "served"),
    ],
)
def test_2007_proxies_what_is_left_on_2003(stage: str, old: str, new: str) -> None:
    rows = {**of(MAIL, AUTO), "": {}}
    assert cells(a(), stage, "Zurich", "2003") == rows[old]
    assert cells(a(), stage, "Zurich", "2007") == rows[new]


@pytest.mark.parametrize(
    ("stage", "old", "new"),
    [
        (START, "front-end", ""),
        (FIRST, "front-end", "nothing"),
        (CUT.format("Main"), "behind 2010", "served"),
        (MOVED.format("Main"), "", "served"),
        ("After the legacy name is retired", "", "served"),
        ("After the removal", "", "served"),
    ],
)
def test_2010_redirects_what_is_left_on_2003(stage: str, old: str, new: str) -> None:
    rows = {**of("mail.acme.com", "autodiscover.acme.com"), "": {}}
    assert cells(b(), stage, "Main", "2003") == rows[old]
    assert cells(b(), stage, "Main", "2010") == rows[new]


def test_with_2007_there_it_is_the_door_of_both_before_the_cut_over() -> None:
    rows = of(MAIL, AUTO)
    assert cells(d(), START, "Zurich", "2003") == rows["behind 2007"]
    assert cells(d(), START, "Zurich", "2007") == rows["served"]
    assert cells(d(), FIRST, "Zurich", "2010")["owa"] == NO  # 1.2: cannot redirect or proxy upwards


def test_with_2007_there_the_legacy_name_serves_both_after_the_cut_over() -> None:
    cut = CUT.format("Zurich")
    assert cells(d(), cut, "Zurich", "2003") == of(MAIL, AUTO)["behind 2010"]
    seven = cells(d(), cut, "Zurich", "2007")
    assert seven["owa"] == (SILENT, LEGACY)
    assert seven["ews"] == (NONE, LEGACY)
    assert seven["outlook-anywhere"] == (PROXIED, MAIL)
    assert cells(d(), cut, "Zurich", "2010") == of(MAIL, AUTO)["served"]


def test_one_logon_only_where_the_old_owa_has_a_form() -> None:
    def said(change: Change, stage: str) -> str:
        [users] = [
            r["users"]
            for r in expanded(change.coexistence)
            if (r["stage"], r["protocol"], r["mailbox"]) == (stage, "owa", "2003")
        ]
        return users

    assert "one logon" in said(b(), CUT.format("Main"))
    assert "one logon" in said(d(), CUT.format("Zurich"))  # the form is that of 2007
    t = legacy_b()
    assert t.source is not None
    plain = tuple(replace(v, authentication=("basic",)) for v in t.source.virtual_directories)
    change = change_of(replace(t, source=replace(t.source, virtual_directories=plain)))
    assert "second logon" in said(change, CUT.format("Main"))


def test_the_address_of_2003_is_the_plans() -> None:
    t = legacy_b()
    assert t.client_access.exchange2003_url == "https://legacy.acme.com/exchange"
    other = replace(t.client_access, exchange2003_url="https://old.acme.com/exchange")
    change = change_of(replace(t, client_access=other))
    assert cells(change, CUT.format("Main"), "Main", "2003")["owa"] == (SILENT, "old.acme.com")


def test_without_an_address_of_2003_its_owa_is_lost_at_the_cut_over() -> None:
    t = legacy_b()
    change = change_of(replace(t, client_access=replace(t.client_access, exchange2003_url="")))
    found = cells(change, CUT.format("Main"), "Main", "2003")
    assert found["owa"] == NO
    assert found["activesync"] == (PROXIED, "mail.acme.com")


def test_mailboxes_of_2000_have_no_sync_and_no_rpc_over_http() -> None:
    t = legacy_a()
    servers = tuple(replace(s, version="2000") if s.name == "EX03" else s for s in t.servers)
    batches = tuple(replace(x, source="2000") for x in t.batches)
    sources = (replace(t.sources[0], version="2000"), *t.sources)
    change = change_of(replace(t, servers=servers, batches=batches, sources=sources))
    before = cells(change, START, "Zurich", "2000")
    assert before["owa"] == (SERVED, MAIL)
    assert (before["activesync"], before["outlook-anywhere"]) == (NO, NO)
    after = cells(change, CUT.format("Zurich"), "Zurich", "2000")
    assert after["owa"] == (PROXIED, MAIL)
    assert after["outlook-anywhere"] == NO
    assert cells(change, START, "Zurich", "2003") == {}  # the front-end has no mailbox


def test_a_server_without_front_end_answers_itself() -> None:
    t = legacy_a()
    servers = tuple(replace(s, roles=("bridgehead",)) if s.name == "FE03" else s for s in t.servers)
    assert cells(change_of(replace(t, servers=servers)), START, "Zurich", "2003")["owa"] == (SERVED, MAIL)


def test_a_kept_server_stays_in_the_table() -> None:
    t = legacy_a()
    servers = tuple(replace(s, keep="a fax product") if s.source else s for s in t.servers)
    change = change_of(replace(t, servers=servers))
    last = MOVED.format("Zurich")
    assert cells(change, last, "Zurich", "2003") == of(MAIL, AUTO)["behind 2007"]


_REGIONAL = (
    (
        "      - name: Zurich\n        internet_facing: true\n",
        "      - name: Geneva\n        internet_facing: true\n        subnets: [10.2.0.0/16]\n"
        "        domain_controllers:\n          - {name: DC09, os: 2003, os_service_pack: 2, addresses: [10.2.0.2]}\n"
        "      - name: Zurich\n        internet_facing: true\n",
    ),
    (
        "  servers:\n    - name: EX03\n",
        "  servers:\n    - name: EX03G\n      site: Geneva\n      addresses: [10.2.0.10]\n      roles: [mailbox]\n"
        "      routing_group: Perimeter\n      databases: [{name: Store G, storage_group: SG}]\n    - name: EX03\n",
    ),
    (
        "    FE03: {transport: kerberos}\n",
        "    FE03: {transport: kerberos}\n    EX03G: {transport: kerberos}\n",
    ),
    (
        "  machines:\n",
        "  machines:\n    - {name: MAIL07G, site: Geneva, os: 2008, os_service_pack: 2, addresses: [10.2.0.20]}\n",
    ),
    (
        "  mailboxes:\n",
        "  mailboxes:\n    - {alias: gil, database: Store G, size: 10MB}\n",
    ),
    (
        "  sites:\n    - name: Zurich\n",
        "  sites:\n    - {name: Geneva, namespace: mail-gva.contoso.com, internal_addresses: [10.2.0.20], "
        "external_addresses: [203.0.113.30]}\n    - name: Zurich\n",
    ),
    (
        "  servers:\n    - name: MAIL07\n",
        "  servers:\n    - name: MAIL07G\n      roles: [cas, hub, mailbox]\n      databases: [{name: MBG, edb: 'D:\\G\\G.edb', "
        "logs: 'D:\\G'}]\n    - name: MAIL07\n",
    ),
    (
        "names: [mail.contoso.com, autodiscover",
        "names: [mail.contoso.com, mail-gva.contoso.com, autodiscover",
    ),
    ("batches:\n", "batches:\n  - {name: geneva, order: 9, members: [gil], targets: [MBG]}\n"),
)


@cache
def regional() -> Change:
    text = changed(*_REGIONAL, text=(DATA / "legacy-a.yaml").read_text("utf-8"))
    result = load(text.encode())
    assert result.topology is not None, "\n".join(str(p) for p in result.problems)
    return change_of(result.topology)


def test_a_2007_mailbox_is_sent_to_its_own_sites_name() -> None:
    own = "mail-gva.contoso.com"
    last = [r["stage"] for r in expanded(regional().coexistence) if r["site"] == "Geneva"][-1]
    wrong = cells(regional(), last, "Geneva", "2007", MAIL)
    assert wrong["owa"] == (MANUAL, own)  # 1.2: other IF site redirect
    assert wrong["activesync"] == (NOTIFIED, own)  # 1.2: serve/proxy/451
    assert cells(regional(), last, "Geneva", "2007", own)["owa"] == (SERVED, own)
    old = cells(regional(), CUT.format("Zurich"), "Geneva", "2003", MAIL)
    assert old["owa"] == (PROXIED, MAIL)  # 1.2: 2003 mailboxes of any site are proxied
    assert cells(regional(), CUT.format("Zurich"), "Geneva", "2003", own)["owa"] == (SERVED, own)


def test_a_2007_mailbox_whose_own_name_still_leads_to_2003_is_stranded() -> None:
    answers = matrix().answers("2007", "owa", "2007", "facing")
    facts = dict.fromkeys(("stranded", "new-url", "activesync-url", "old-cas"), True)
    assert next(x for x in answers if applies(x, facts)).behaviour == NONE
    assert next(x for x in answers if applies(x, {**facts, "stranded": False})).behaviour == MANUAL


@pytest.mark.parametrize(("entry", "mailbox"), [("2000", "2007"), ("2003", "2007"), ("2003", "2010")])
def test_no_front_end_serves_a_later_mailbox(entry: str, mailbox: str) -> None:
    for protocol in PROTOCOLS:
        assert [x.behaviour for x in matrix().answers(entry, protocol, mailbox, "same")] == [NONE]
