"""Facts that cannot hold together, and wishes that the plan's own machines cannot fulfil, refuse the plan."""

from __future__ import annotations

import pytest

from exmigrate.plan import Problem, load
from tests.plan.broken import FOLDER, TEXT, Change, broken, changed
from tests.plan.topologies import DATA, PLANS

CASES: dict[str, tuple[Change, str, str, str]] = {
    "one address for two machines": (("addresses: [10.1.0.20]", "addresses: [10.1.0.10]"), "EXM-L061", "so has", "correct the address"),
    "two schema masters": (("addresses: [10.1.0.3]}", "addresses: [10.1.0.3], schema_master: true}"), "EXM-L061", "second schema master", "netdom"),
    "two default domains": (("- {name: contoso.com, default: true}", "- {name: contoso.com, default: true}\n      - {name: b.com, default: true}"), "EXM-L061", "the default", "on one"),
    "a record without address": (("name: mail.contoso.com, value: 10.1.0.10,", "name: mail.contoso.com, value: 10.1.0.999,"), "EXM-L024", "10.1.0.999", "10.1.0.10"),
    "mail to a server that is not there": (("inbound_targets: [MAIL2010]", "inbound_targets: [MAIL2O10]"), "EXM-L030", "'MAIL2O10'", "'MAIL2010'"),
    "mail by an Edge that is not there": (("    inbound: direct", "    inbound: edge"), "EXM-L062", "an Edge", "direct or gateway"),
    "a drive that the machine has not": (("edb: D:\\PF2010\\PF2010.edb", "edb: X:\\PF2010\\PF2010.edb"), "EXM-L061", "no drive X:", "add the drive"),
    "one file for two databases": (("edb: D:\\PF2010\\PF2010.edb", "edb: d:\\ex2010db01\\EX2010DB01.edb"), "EXM-L061", "the file of 'EX2010DB01'", "of its own"),
    "a warning after the stop": (("          offline_address_book: Default Offline Address List\n          issue_warning_quota: 1800MB\n          prohibit_send_quota: 2000MB\n          prohibit_send_receive_quota: 2300MB\n        - name: PF2010", "          offline_address_book: Default Offline Address List\n          issue_warning_quota: 2GB\n          prohibit_send_quota: 1GB\n        - name: PF2010"), "EXM-L061", "above its prohibit_send_quota", "at most"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_hold_together_is_refused_once(name: str) -> None:
    change, code, message, remedy = CASES[name]
    result = broken(change)
    assert [p.code for p in result.errors] == [code], [str(p) for p in result.errors]
    assert message in result.errors[0].message
    assert remedy in result.errors[0].remedy


@pytest.mark.parametrize("target", ["10.1.0.5", "relay.contoso.com", "mx.example.net"])
def test_mail_may_come_to_an_address_or_a_full_name(target: str) -> None:
    assert not broken(("inbound_targets: [MAIL2010]", f"inbound_targets: [{target}]")).errors


def test_media_that_were_not_understood_are_told_once() -> None:
    media = TEXT[TEXT.index("\nmedia:\n") : TEXT.index("\nsource:\n")]
    assert {p.code for p in broken((media, "\nmedia: {}\n")).errors} == {"EXM-L020"}


TWO_SITES = (PLANS / "two-site-2007-2010" / "plan.yaml").read_text("utf-8")
GENEVA = "    - name: Geneva\n      cas_array:"


def _two_sites(*changes: Change) -> list[Problem]:
    folder = PLANS / "two-site-2007-2010"
    text = changed(("internet_facing: false", "internet_facing: true"), *changes, text=TWO_SITES)
    return list(load(text.encode(), "plan.yaml", lambda name: (folder / name).read_bytes()).errors)


def test_sites_with_main_names_of_their_own_cannot_share_a_legacy_name() -> None:
    own = (GENEVA, GENEVA.replace("cas_array:", "namespace: mail.geneva.contoso.com\n      cas_array:"))
    problem = next(p for p in _two_sites(own) if "legacy name" in p.message)
    assert problem.code == "EXM-L062"
    assert "'Geneva' has no legacy name of its own: 'legacy.contoso.com' leads to 'Zurich'" in problem.message
    both = (GENEVA, own[1].replace("cas_array:", "legacy: legacy.geneva.contoso.com\n      cas_array:"))
    uncovered = {p.message.split(" is in no certificate")[0] for p in _two_sites(both)}
    assert uncovered == {"mail.geneva.contoso.com", "legacy.geneva.contoso.com"}


def test_sites_behind_one_main_name_may_share_it() -> None:
    assert [p for p in _two_sites() if "legacy name" in p.message] == []


def test_an_inner_site_has_no_legacy_name() -> None:
    inner = "internet_facing: false\n      legacy: legacy.geneva.contoso.com\n      cas_array:"
    (problem,) = _two_sites((GENEVA, GENEVA.replace("cas_array:", inner)))
    assert (problem.code, "not Internet-facing" in problem.message) == ("EXM-L061", True)


DOMAINS = (DATA / "domains.yaml").read_text("utf-8")
ASIA = "      - {name: asia.corp.local, netbios: ASIA, level: 2003}"
OF_DOMAINS: dict[str, tuple[Change, str, str]] = {
    "recipients that no controller answers for": ((ASIA, f"{ASIA}\n      - {{name: lab.corp.local, netbios: LAB, level: 2003}}"), "'lab.corp.local' has no writable domain controller", "exchange: false"),
    "a root without a controller": (("{name: ROOT-DC01, domain: corp.local,", "{name: ROOT-DC01, domain: emea.corp.local,"), "'corp.local' has no writable domain controller", "domain_controllers of a site"),
    "a server in a domain without Exchange": (("      - {name: emea.corp.local, netbios: EMEA,", "      - {name: emea.corp.local, netbios: EMEA, exchange: false,"), "which has exchange: false", "correct the domain"),
    "the schema from a member of the child": (("directory_host: ADM01", "directory_host: ZRH10"), "it is in emea.corp.local, site Zurich", "a 64-bit machine there"),
    "a machine of a domain that is not there": (("name: ADM01, site: Zurich, domain: corp.local", "name: ADM01, site: Zurich, domain: corq.local"), "corq.local", "corp.local"),
    "a mailbox of a domain that is not there": (("items: 2100, domain: asia.corp.local", "items: 2100, domain: asia.corp"), "asia.corp", "asia.corp.local"),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_DOMAINS)
def test_what_cannot_work_with_several_domains_is_refused_by_name(name: str) -> None:
    change, message, remedy = OF_DOMAINS[name]
    found = [p for p in broken(change, text=DOMAINS).errors if message in p.message]
    assert found
    assert remedy in found[0].remedy


def test_a_plan_of_several_domains_is_taken() -> None:
    assert broken(text=DOMAINS).problems == ()


def test_a_list_of_mailboxes_names_the_domain_of_a_user() -> None:
    """Empty is the domain of the database's server; spelling of case does not matter."""
    lines = (FOLDER / "mailboxes.csv").read_text("utf-8").splitlines()

    def listed(domain: str) -> dict[str, bytes]:
        rows = [f"{lines[0]},domain", f"{lines[1]},{domain}", *(f"{line}," for line in lines[2:])]
        return {"mailboxes.csv": "\n".join(rows).encode()}

    taken = broken(csv=listed("Contoso.Local"))
    assert taken.topology is not None
    assert taken.topology.source is not None
    assert {m.domain for m in taken.topology.source.mailboxes} == {"contoso.local"}
    (problem,) = broken(csv=listed("contoso.lokal")).errors
    assert (problem.code, problem.location.line) == ("EXM-L030", 2)
    assert "'contoso.local'" in problem.remedy
