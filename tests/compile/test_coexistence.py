"""What clients see: both shipped plans against the client-access matrices, read by hand.

The sources of the expectations are the matrices of the field: entry point 2010 (row by protocol, column by where the
mailbox is) and entry point 2007. `same` is the site of the entry point, `inner` one that is not Internet-facing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.catalog import load_catalog
from exmigrate.change import effect_digest
from exmigrate.compile import compile_plan
from exmigrate.compile.coexistence import KEYS, expanded, matrix
from exmigrate.compile.coexistence.matrix import parse
from exmigrate.model import Change, Topology
from tests.plan.topologies import single_site, two_site

PROTOCOLS = ("owa", "activesync", "outlook-anywhere", "autodiscover", "ews", "oab", "pop-imap", "ecp")
SERVED, SILENT, MANUAL = "served", "silent-redirect", "manual-redirect"
PROXIED, NOTIFIED, NONE = "proxied", "notified", "not-available"
MAIL, LEGACY, AUTO = "mail.contoso.com", "legacy.contoso.com", "autodiscover.contoso.com"
GENEVA = "gva07-cashub.contoso.local"


def change_of(topology: Topology) -> Change:
    return compile_plan(topology, load_catalog("")).change


@cache
def single() -> Change:
    return change_of(single_site())


@cache
def two() -> Change:
    return change_of(two_site())


def cells(change: Change, stage: str, site: str, mailbox: str, entry: str = "") -> dict[str, tuple[str, str]]:
    """Behaviour and host by protocol, for one stage, site, mailbox version and name."""
    return {
        row["protocol"]: (row["behaviour"], row["host"])
        for row in expanded(change.coexistence)
        if (row["stage"], row["site"], row["mailbox"]) == (stage, site, mailbox)
        and entry in ("", row["entry"])
    }


def row(*answers: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return dict(zip(PROTOCOLS, answers, strict=True))


NO = (NONE, "")
# Entry point 2007, mailbox 2007 in its site: OWA serve, ActiveSync serve, Outlook Anywhere serve, Autodiscover/EWS serve.
OLD_SAME = row(
    (SERVED, MAIL), (SERVED, MAIL), (SERVED, MAIL), (SERVED, AUTO), (SERVED, MAIL), (SERVED, MAIL), NO, NO
)
# Entry point 2007, mailbox 2007 in a site that is not Internet-facing: OWA proxy, ActiveSync proxy.
OLD_INNER = row(
    (PROXIED, MAIL),
    (PROXIED, MAIL),
    (SERVED, MAIL),
    (SERVED, AUTO),
    (SERVED, GENEVA),
    (SERVED, GENEVA),
    NO,
    NO,
)
# Entry point 2007, mailbox 2010: OWA unsupported, ActiveSync 451 or 403, Outlook Anywhere unsupported as end point,
# Autodiscover redirected to 2010 (SP2+).
UPWARDS = row(NO, (NOTIFIED, MAIL), NO, (SILENT, MAIL), NO, (SERVED, MAIL), NO, NO)
# Entry point 2010, mailbox 2007 in its site: OWA silent redirect to the legacy name, ActiveSync always proxied because
# the plan sets ExternalUrl to $null, Outlook Anywhere proxies RPC, Autodiscover answers with 2007 URLs, EWS not served.
REDIRECTED = row(
    (SILENT, LEGACY),
    (PROXIED, MAIL),
    (PROXIED, MAIL),
    (SERVED, AUTO),
    (NONE, LEGACY),
    (SERVED, LEGACY),
    NO,
    NO,
)
# Entry point 2010, mailbox 2007 in a site that is not Internet-facing: proxy throughout, EWS through the 2007 CAS there.
OLD_BEHIND = row(
    (PROXIED, MAIL),
    (PROXIED, MAIL),
    (PROXIED, MAIL),
    (SERVED, AUTO),
    (NONE, GENEVA),
    (SERVED, GENEVA),
    NO,
    NO,
)
# Entry point 2010, mailbox 2010 in its site: serve throughout; POP and IMAP are not in the plans.
NEW_SAME = row(
    (SERVED, MAIL),
    (SERVED, MAIL),
    (SERVED, MAIL),
    (SERVED, AUTO),
    (SERVED, MAIL),
    (SERVED, MAIL),
    NO,
    (SERVED, MAIL),
)
# Entry point 2010, mailbox 2010 in a site that is not Internet-facing: proxy to the 2010 CAS there.
NEW_BEHIND = row(
    (PROXIED, MAIL), (PROXIED, MAIL), (PROXIED, MAIL), (SERVED, AUTO), (PROXIED, MAIL), (SERVED, MAIL), NO, (PROXIED, MAIL)
)  # fmt: skip

START, FIRST, CUT = "Before the start", "After the first Client Access server", "After the cut-over of Zurich"
PILOT, RETIRED, REMOVED = "After the pilot", "After the legacy name is retired", "After the removal"


@pytest.mark.parametrize(
    ("stage", "old", "new"),
    [
        (START, OLD_SAME, {}),
        (FIRST, OLD_SAME, UPWARDS),
        (CUT, REDIRECTED, NEW_SAME),
        (PILOT, REDIRECTED, NEW_SAME),
        ("After the moves of Zurich", {}, NEW_SAME),
        (RETIRED, {}, NEW_SAME),
        (REMOVED, {}, NEW_SAME),
    ],
)
def test_one_site_follows_the_columns_of_its_own_site(stage: str, old: object, new: object) -> None:
    assert cells(single(), stage, "Zurich", "2007") == old
    assert cells(single(), stage, "Zurich", "2010") == new


@pytest.mark.parametrize(
    ("stage", "old", "new"),
    [
        (START, OLD_INNER, {}),
        (CUT, OLD_BEHIND, NEW_BEHIND),
        (PILOT, OLD_BEHIND, NEW_BEHIND),
        ("After the moves of Geneva", {}, NEW_BEHIND),
        ("After the moves of Zurich", {}, NEW_BEHIND),
        (REMOVED, {}, NEW_BEHIND),
    ],
)
def test_a_site_behind_another_is_proxied(stage: str, old: object, new: object) -> None:
    assert cells(two(), stage, "Geneva", "2007") == old
    assert cells(two(), stage, "Geneva", "2010") == new


def test_the_first_site_of_two_is_like_one_alone() -> None:
    for stage, old, new in ((START, OLD_SAME, {}), (CUT, REDIRECTED, NEW_SAME), (REMOVED, {}, NEW_SAME)):
        assert cells(two(), stage, "Zurich", "2007") == old
        assert cells(two(), stage, "Zurich", "2010") == new


def test_stages_are_named_by_the_steps_that_open_them() -> None:
    opened = dict.fromkeys((r["stage"], r["after"]) for r in expanded(single().coexistence))
    assert list(opened) == [
        (START, ""),
        (FIRST, "install-cas@MAIL2010"),
        (CUT, "cutover-client-namespace@site:Zurich"),
        (PILOT, "move-mailboxes@batch:pilot"),
        ("After the moves of Zurich", "move-mailboxes@batch:everyone"),
        (RETIRED, "retire-legacy-namespace"),
        (REMOVED, "uninstall-2007-cas@MAIL2007"),
    ]


def test_later_sites_have_no_new_mailbox_before_the_pilot_where_they_wait_for_it() -> None:
    t = two_site()
    waiting = change_of(replace(t, policy=replace(t.policy, later_sites="after-pilot")))
    assert cells(waiting, CUT, "Geneva", "2010") == {}
    assert cells(waiting, PILOT, "Geneva", "2010") == NEW_BEHIND


@cache
def regional() -> Change:
    """Geneva with a name of its own: what the columns `other Internet-facing site` speak of."""
    t = two_site()
    assert t.source is not None
    urls = tuple(
        replace(v, external_url=f"https://mail-gva.contoso.com/{v.kind}")
        if v.server == "GVA07-CASHUB" and v.kind in ("owa", "activesync", "ews", "oab")
        else v
        for v in t.source.virtual_directories
    )
    sites = tuple(
        replace(s, internet_facing=True, namespace="mail-gva.contoso.com") if s.name == "Geneva" else s
        for s in t.sites
    )
    policy = replace(t.policy, later_sites="after-pilot")
    return change_of(
        replace(t, sites=sites, policy=policy, source=replace(t.source, virtual_directories=urls))
    )


def test_another_internet_facing_site_redirects_who_comes_by_the_wrong_name() -> None:
    own = "mail-gva.contoso.com"
    before = cells(regional(), CUT, "Geneva", "2007", MAIL)
    # 1.1 OWA, 2007 other IF site: manual redirect to its 2007 ExternalUrl
    assert before["owa"] == (MANUAL, own)
    assert before["activesync"] == (NOTIFIED, own)  # 1.1 ActiveSync, 2007 other IF site: 451
    assert before["outlook-anywhere"] == (PROXIED, MAIL)
    assert cells(regional(), CUT, "Geneva", "2007", own)["owa"] == (
        SERVED,
        own,
    )  # its own name is still 2007's
    after = cells(regional(), "After the cut-over of Geneva", "Geneva", "2007", own)
    assert after["owa"] == (SILENT, LEGACY)
    wrong = cells(regional(), "After the cut-over of Geneva", "Geneva", "2010", MAIL)
    assert wrong["owa"] == (MANUAL, own)  # 1.1 OWA, 2010 other IF site: manual redirect page
    assert wrong["activesync"] == (
        NOTIFIED,
        own,
    )  # 1.1 ActiveSync, 2010 other IF site: 451 to its ExternalUrl
    assert wrong["ews"] == (PROXIED, MAIL)


def test_phones_are_sent_to_the_legacy_name_where_the_plan_says_so() -> None:
    t = single_site()
    wish = replace(t.client_access, activesync_legacy_external_url=True)
    assert cells(change_of(replace(t, client_access=wish)), CUT, "Zurich", "2007")["activesync"] == (
        NOTIFIED,
        LEGACY,
    )


def test_two_logons_without_forms_are_said() -> None:
    t = single_site()
    assert t.source is not None
    plain = tuple(
        replace(v, authentication=("basic",)) if v.kind == "owa" else v for v in t.source.virtual_directories
    )
    change = change_of(replace(t, source=replace(t.source, virtual_directories=plain)))
    [said] = [
        r for r in change.coexistence if (r["stage"], r["protocol"], r["mailbox"]) == (CUT, "owa", "2007")
    ]
    assert "second logon" in said["users"]


def test_old_mailboxes_of_a_kept_server_stay_in_the_table() -> None:
    t = single_site()
    kept = tuple(replace(s, keep="a fax product") if s.source else s for s in t.servers)
    change = change_of(replace(t, servers=kept))
    assert cells(change, "After the moves of Zurich", "Zurich", "2007") == REDIRECTED
    assert {"retire-legacy-namespace", "uninstall-2007-cas"}.isdisjoint(s.kind for s in change.steps)


def test_rows_have_their_shape_and_are_outside_the_effect() -> None:
    for found in (*two().coexistence, *expanded(two().coexistence)):
        assert set(found) == set(KEYS)
        assert found["behaviour"] in matrix().behaviours
        assert "{" not in found["users"]
    assert effect_digest(replace(two(), coexistence=())) == effect_digest(two())


def test_a_site_is_told_again_only_when_something_is_other_there() -> None:
    moved = [r for r in two().coexistence if r["stage"] == "After the moves of Zurich"]
    assert {r["site"] for r in moved} == {"Zurich", "Geneva"}  # Geneva's own note of its moves has passed
    pilot = [r for r in two().coexistence if r["stage"] == PILOT]
    assert {r["site"] for r in pilot} == {"Zurich"}
    assert {r["site"] for r in expanded(two().coexistence) if r["stage"] == PILOT} == {"Zurich", "Geneva"}


@pytest.mark.parametrize("mailbox", ["2003", "2007", "2010"])
@pytest.mark.parametrize("entry", ["2007", "2010"])
@pytest.mark.parametrize("place", ["same", "facing", "inner"])
def test_every_cell_of_the_matrices_has_an_answer(entry: str, mailbox: str, place: str) -> None:
    for protocol in PROTOCOLS:
        assert matrix().answers(entry, protocol, mailbox, place)


def test_a_matrix_that_names_what_nobody_knows_is_refused() -> None:
    cell = {"when": ["moonlight"], "behaviour": SERVED, "host": "entry", "users": ""}
    data = {
        "behaviours": {SERVED: ""},
        "protocols": [],
        "stages": [],
        "matrix": [{"entry": "2010", "protocol": "owa", "source": "", "cells": {"2010 same": [cell]}}],
    }
    with pytest.raises(ValueError, match="moonlight"):
        parse(data)
