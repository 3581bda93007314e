"""Every script of the catalog is PowerShell 2.0, and every Exchange cmdlet in it exists with those parameters."""

from __future__ import annotations

import pytest

from exmigrate.facts.cmdlets import signatures
from tests.catalog import scripts

pytestmark = pytest.mark.long

NAMES = sorted(scripts.texts())
CHANGING = (
    "set-",
    "new-",
    "remove-",
    "enable-",
    "disable-",
    "add-",
    "import-",
    "move-",
    "mount-",
    "dismount-",
    "update-",
    "resume-",
)
PINS = {"pinned", "own", "root", "pin"}
"""Names of what pins a call: to the configuration's controller, to that of a recipient, of the root domain, of each domain."""

RECIPIENTS = {
    "mailbox", "moverequest", "moverequeststatistics", "recipient", "distributiongroup", "dynamicdistributiongroup",
    "distributiongroupmember", "ummailbox", "throttlingpolicyassociation", "mailuser", "mailcontact", "user", "group",
}  # fmt: skip
"""Nouns of cmdlets whose objects lie in one domain."""


def exchange_calls(script: str) -> list[tuple[scripts.Call, str]]:
    """Calls of Exchange cmdlets with each version that decides; a name that no version has is not Exchange's."""
    found = []
    for call in scripts.calls(script, scripts.texts()[script]):
        shells = scripts.versions(script)
        versions = [v for v in shells if call.name in signatures(v)]
        anywhere = [v for v in ("2007", "2010") if call.name in signatures(v)]
        if not anywhere or not shells:
            continue
        if scripts.runs_in_all(script):
            # One text for whatever version the plan goes to: it must be right in each that its branch leaves.
            wanted = [call.only] if call.only else list(shells)
            assert set(wanted) <= set(versions), f"{script}: {call.name} does not exist in each of {wanted}"
            found += [(call, version) for version in wanted]
            continue
        assert versions, f"{script}: {call.name} does not exist in {shells}"
        found.append((call, call.only if call.only in versions else versions[0]))
    return found


@pytest.mark.parametrize("script", NAMES)
def test_script_is_powershell_2(script: str) -> None:
    """It parses at the level of the oldest server that runs it."""
    assert scripts.tree(scripts.texts()[script]) is not None


@pytest.mark.parametrize("script", NAMES)
def test_exchange_cmdlets_have_these_parameters(script: str) -> None:
    """Each parameter is in the published signature of the version whose shell runs the script."""
    for call, version in exchange_calls(script):
        cmdlet = signatures(version)[call.name]
        unknown = [p for p in call.parameters if not cmdlet.accepts(p)]
        assert unknown == [], f"{call.name} ({version})"
        pinned = any(s.lower() in PINS for s in call.splats)
        assert not pinned or cmdlet.accepts("DomainController"), f"{call.name} has no DomainController"


@pytest.mark.parametrize("script", NAMES)
def test_changing_cmdlets_ask_nothing_and_stop_on_errors(script: str) -> None:
    """-Confirm:$false wherever the cmdlet could ask, -ErrorAction Stop wherever it changes something."""
    for call, version in exchange_calls(script):
        if not call.name.lower().startswith(CHANGING):
            continue
        given = {p.lower() for p in call.parameters}
        cmdlet = signatures(version)[call.name]
        assert "erroraction" in given, f"{call.name} without -ErrorAction Stop"
        if cmdlet.accepts("Confirm"):
            assert "confirm" in given, f"{call.name} without -Confirm:$false"
        decided = scripts.runs_in_all(script) or scripts.versions(script) == (version,)
        if cmdlet.accepts("DomainController") and decided:
            assert PINS & {s.lower() for s in call.splats}, (
                f"{call.name} is not pinned to a domain controller"
            )


@pytest.mark.parametrize("script", NAMES)
def test_recipients_are_asked_for_in_their_own_domain(script: str) -> None:
    """The controller of the configuration finds those of its own domain only: nobody asks it for recipients."""
    for call, _ in exchange_calls(script):
        verb, _, noun = call.name.lower().partition("-")
        if noun not in RECIPIENTS:
            continue
        splats = {s.lower() for s in call.splats}
        assert "pinned" not in splats, f"{call.name} is pinned to the controller of the configuration"
        named = splats & PINS or "domaincontroller" in {p.lower() for p in call.parameters}
        assert named or verb == "get", f"{call.name} is not pinned to the domain of its object"


@pytest.mark.parametrize("script", NAMES)
def test_nothing_is_evaluated_from_text(script: str) -> None:
    """No value is ever pasted into script text."""
    names = {call.name.lower() for call in scripts.calls(script, scripts.texts()[script])}
    assert not names & {"invoke-expression", "iex", "invoke-command", "read-host"}


@pytest.mark.parametrize("script", [name for name in NAMES if name.startswith("collector/")])
def test_collectors_only_read(script: str) -> None:
    """Discovery writes nothing anywhere."""
    for call in scripts.calls(script, scripts.texts()[script]):
        assert not call.name.lower().startswith(
            (*CHANGING, "out-", "clear-", "restart-", "start-", "stop-")
        ) or call.name in (
            "New-Object",
            "New-Satisfied",
        ), call.name
