"""What the demo shows at the end, asked by the witness from the servers themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.demo.witness import Witness

HOST = "EX10-CH1"
SETUPS = {
    "EX10-CH1": 2,
    "EX10-CH2": 2,
    "EX10-CH3": 2,
    "EX10-MB1": 1,
    "EX10-MB2": 1,
    "EX10-MB3": 1,
    "EX10-UM1": 1,
}
"""How often Setup starts on each new server inside the domain: once a role."""
USER = "CONTOSO\\exmigrate"


def prove(endpoints: Path, env: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """Ask, compare, tell; an assertion that does not hold ends the demo."""
    witness = Witness(endpoints, USER, env["EXMIGRATE_PASSWORD"])
    _no_old_server(witness, tell)
    _mailboxes(witness, tell)
    _routing(witness, tell)
    _namespaces(witness, tell)
    _setups(witness, tell)


def _no_old_server(witness: Witness, tell: Callable[[str], None]) -> None:
    found = witness.ask(
        HOST, "Get-ExchangeServer | ForEach-Object { '{0} {1}' -f $_.Name, $_.AdminDisplayVersion }"
    )
    old = [line for line in found if "Version 8" in line]
    assert not old, f"2007 servers are left: {old}"
    tell(f"{len(found)} Exchange servers, none of them 2007")


def _mailboxes(witness: Witness, tell: Callable[[str], None]) -> None:
    script = (
        'Get-Mailbox -ResultSize Unlimited | Group-Object { "$($_.Database)" } | '
        "ForEach-Object { '{0} {1}' -f $_.Count, $_.Name }"
    )
    found = witness.ask(HOST, script)
    counts = {line.partition(" ")[2]: int(line.partition(" ")[0]) for line in found}
    assert sum(counts.values()) >= 400, counts
    assert all("10-DB" in name for name in counts), f"mailboxes are left in old databases: {counts}"
    tell("mailboxes by database: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))


def _routing(witness: Witness, tell: Callable[[str], None]) -> None:
    script = (
        "Get-SendConnector | ForEach-Object { '{0}={1}' -f $_.Name, ($_.SourceTransportServers -join ',') }"
    )
    found = witness.ask(HOST, script)
    old = [line for line in found if "07" in line.partition("=")[2]]
    assert found, "there is no send connector"
    assert not old, f"mail still leaves by 2007: {old}"
    tell("send connectors: " + "; ".join(found))


def _namespaces(witness: Witness, tell: Callable[[str], None]) -> None:
    script = (
        'Get-OwaVirtualDirectory -Server EX10-CH1 | ForEach-Object { "$($_.ExternalUrl)" }\n'
        'Get-ClientAccessServer | ForEach-Object { "$($_.AutoDiscoverServiceInternalUri)" }\n'
        "[Net.Dns]::GetHostAddresses('mail.contoso.com') | ForEach-Object { \"$_\" }\n"
    )
    found = witness.ask(HOST, script)
    assert any("mail.contoso.com/owa" in line for line in found), found
    assert "10.1.0.100" in found, found
    assert not any("CASHUB07" in line or "legacy" in line for line in found), found
    tell("names lead to 2010: " + ", ".join(dict.fromkeys(found)))


def _setups(witness: Witness, tell: Callable[[str], None]) -> None:
    script = (
        "Get-Content C:\\ExchangeSetupLogs\\ExchangeSetup.log | "
        "Where-Object { $_ -match 'Starting Microsoft Exchange Server' } | ForEach-Object { $_ }"
    )
    starts = {server: witness.ask(server, script, exchange=False) for server in SETUPS}
    for server, lines in starts.items():
        assert len(lines) == SETUPS[server], f"{server}: Setup was started {len(lines)} times: {lines}"
    tell("each Setup ran once: " + ", ".join(f"{s} {len(n)}" for s, n in starts.items()))
