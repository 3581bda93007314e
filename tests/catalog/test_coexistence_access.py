"""Client access of new servers beside Exchange 2003: certificates, addresses, the way to the old mailboxes, the cut-over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.catalog import coexistence_worlds as worlds
from tests.catalog.bench import Bench, ScriptFailed
from tests.catalog.coexistence_worlds import HUB, SHELL, WORLD, reached, state

pytestmark = pytest.mark.long

SITE = {"2007": "Zurich", "2010": "Main"}


@pytest.mark.parametrize("version", ["2007", "2010"])
def test_nobody_is_sent_to_a_certificate_without_the_name(version: str) -> None:
    """No SCP before the cut-over where nothing announced one; the final one comes with it."""
    server = HUB[version]
    at = reached(WORLD[version](), f"set-autodiscover-scp@{server}")
    assert at.carry_out_thoroughly(f"set-autodiscover-scp@{server}") == "done"
    uri = f'Write-Host "<$((Get-ClientAccessServer {server}).AutoDiscoverServiceInternalUri)>"'
    assert at.administer(server, uri, SHELL[version]).strip() == "<>"
    assert at.carry_out_thoroughly(f"flip-autodiscover-scp@{server}") == "done"
    assert "https://autodiscover." in at.administer(server, uri, SHELL[version])


def test_own_name_is_announced_where_the_certificate_has_it() -> None:
    step = "set-autodiscover-scp@MAIL07"
    at = reached(worlds.with_own_name(worlds.to_2007(), "MAIL07"), step)
    found, message = state(at, step)
    assert (found, "https://mail07.contoso.local/" in message) == ("satisfied", True)


def test_scp_of_2007_is_kept_where_there_is_one() -> None:
    step = "set-autodiscover-scp@MAIL2010"
    at = reached(worlds.mixed(), step)
    assert at.carry_out_thoroughly(step) == "done"
    assert at.run(step, "Check")["facts"]["url"] == at.fact("inv-scp@MAIL2007")


@pytest.mark.parametrize("version", ["2007", "2010"])
@pytest.mark.parametrize("kind", ["configure-cas-vdirs", "enable-certificate", "enable-outlook-anywhere"])
def test_kinds_of_both_targets(version: str, kind: str) -> None:
    """What 2007 and 2010 have, each by its own cmdlets, is set and taken back."""
    step = f"{kind}@{HUB[version]}"
    at = reached(WORLD[version](), step)
    assert at.carry_out_thoroughly(step) == "done"


def test_virtual_directories_of_2007() -> None:
    """No ECP, but Unified Messaging; a site that the Internet does not reach loses its external addresses."""
    step = "configure-cas-vdirs@MAIL07"
    at = reached(worlds.to_2007(), step)
    _, message = state(at, step)
    assert "um: ExternalUrl, InternalUrl" in message
    assert "ecp" not in message
    at.carry_out(step)
    inside = at.change.by_id[step]
    inside = replace(inside, arguments={**inside.arguments, "internet_facing": False})
    assert "um: ExternalUrl" in at.run(inside, "Check")["message"]
    assert at.run(inside, "Apply")["state"] == "applied"
    assert at.run(inside, "Verify")["state"] == "verified"
    url = 'Write-Host "<$((Get-UMVirtualDirectory -Server MAIL07).ExternalUrl)>"'
    assert at.administer("MAIL07", url, "shell-e07").strip() == "<>"


def test_first_release_of_2007_has_another_word_for_the_method() -> None:
    """Its cmdlet has ExternalAuthenticationMethod, which that of a service pack refuses."""
    step = "enable-outlook-anywhere@MAIL07"
    at = reached(worlds.to_2007(), step)
    old = at.change.by_id[step]
    with pytest.raises(ScriptFailed, match="ExternalAuthenticationMethod"):
        at.run(replace(old, arguments={**old.arguments, "first_release": True}), "Apply")


def test_wildcard_certificate_on_2007() -> None:
    topology = worlds.wildcard(worlds.to_2007())
    at = reached(topology, "enable-certificate@MAIL07")
    assert at.carry_out_thoroughly("enable-certificate@MAIL07") == "done"
    assert at.carry_out_thoroughly("set-outlook-provider") == "done"


@pytest.mark.parametrize("version", ["2007", "2010"])
def test_certificate_is_requested_on_a_new_server(version: str) -> None:
    """After its Client Access role: 2007 writes the file, 2010 gives the text; the answer comes as a PFX."""
    at = reached(worlds.requested_on(WORLD[version](), HUB[version]), "create-certificate-request")
    assert f"install-cas@{HUB[version]}" in at.done
    assert at.carry_out_thoroughly("create-certificate-request") == "done"
    text = at.administer(
        HUB[version], r"Get-Content C:\exmigrate\request.req | ForEach-Object { Write-Host $_ }"
    )
    assert text.startswith("-----BEGIN NEW CERTIFICATE REQUEST-----")
    assert at.carry_out("gate-purchase-certificate") == "done"
    assert state(at, "create-certificate-request")[0] == "satisfied"


@pytest.mark.parametrize(("world", "server"), [(worlds.to_2010, "EXCH2"), (worlds.mixed, "MAIL2010")])
def test_way_to_owa_of_2003(world: object, server: str) -> None:
    """Set before the cut-over, empty after the last 2003 mailbox."""
    assert callable(world)
    step = f"set-exchange2003-url@{server}"
    at = reached(world(), step)
    assert at.carry_out_thoroughly(step) == "done"
    assert state(at, f"clear-exchange2003-url@{server}")[0] == "needed"
    clear = at.change.by_id[f"clear-exchange2003-url@{server}"]
    assert at.run(clear, "Apply")["state"] == "applied"
    assert at.run(clear, "Verify")["state"] == "verified"
    assert state(at, clear.id)[0] == "satisfied"
    at.run(clear, "Rollback")
    assert state(at, step)[0] == "satisfied"


def test_published_2003_server_needs_both_names() -> None:
    """Its own certificate has no legacy name; with the new one the handshake answers to both."""
    step = "gate-install-legacy-certificate@EXCH1"
    at = reached(worlds.to_2010(), step)
    found, message = state(at, step)
    assert found == "needed"
    assert "the certificate has mail.acme.com, not legacy.acme.com" in message
    assert "mail.acme.com: " not in message
    names = list(at.change.by_id[step].arguments["names"])
    at.world.exchange.people.act("install-web-certificate", {"server": "EXCH1", "names": names})
    assert state(at, step)[0] == "satisfied"


def test_2007_serves_the_legacy_name_of_both() -> None:
    """Beside 2007 no certificate is needed on a 2003 server, and the redirect leads to the 2007 server's name."""
    at = Bench(worlds.mixed())
    assert not [s for s in at.change.by_id if s.startswith("gate-install-legacy-certificate")]
    assert "install-legacy-certificate@MAIL2007" in at.change.by_id
    assert at.change.by_id["set-exchange2003-url@MAIL2010"].arguments["url"].endswith("/exchange")


@pytest.mark.parametrize("version", ["2007", "2010"])
def test_cut_over(version: str) -> None:
    """Open while the names lead to 2003; to 2007 without a mailbox of 2007, to 2010 with a test mailbox."""
    step = f"cutover-client-namespace@site:{SITE[version]}"
    at = Bench(WORLD[version]())
    assert state(at, step)[0] == "needed"
    needs = at.change.by_id[step].needs
    made = f"create-test-mailboxes@site:{SITE[version]}"
    assert (made in needs) == (version == "2010")
    at.up_to(step)
    assert at.carry_out(step) == "done"


def test_encryption_is_relaxed_for_outlook_2003() -> None:
    step = "set-rpc-encryption@EXCH2"
    at = reached(worlds.to_2010(), step)
    assert at.carry_out_thoroughly(step) == "done"
    assert not [s for s in Bench(worlds.to_2007()).change.by_id if s.startswith("set-rpc-encryption")]
