"""What a step finds and is not its own stays: half-done work is seen as such, and nothing goes that was there before."""

from __future__ import annotations

from typing import Any

import pytest

from exmigrate.catalog import StepKind
from exmigrate.twin.powershell.syntax import ast
from tests.catalog import scripts, worlds
from tests.catalog.bench import Bench, ScriptFailed

pytestmark = pytest.mark.long


def reached(step: str, topology: Any = None) -> Bench:
    """A bench on which everything is done that the step needs."""
    at = Bench(topology or worlds.few_mailboxes())
    at.up_to(step)
    return at


def said(at: Bench, host: str, text: str, shell: str = "shell-e10") -> str:
    """What an expression gives on a server, as text."""
    return at.administer(host, f"Write-Host ({text})", shell).strip()


def kind(name: str) -> StepKind:
    return scripts.catalog().kinds[name]


def evaluated(name: str, text: str) -> str:
    """What an expression gives beside the functions of a kind, where no Exchange is."""
    at = Bench(worlds.single_site())
    texts = f"{scripts.catalog().libraries['result']}\n{kind(name).text}\nWrite-Host ({text})"
    return at.administer(at.topology.directory_host, texts).strip()


# Windows PowerShell 2.0


def loops_over_a_command(text: str) -> list[int]:
    """Positions of `foreach ($x in (Command ...))`, which 2.0 may run once with nothing where nothing is found."""
    found = []
    for node, _ in scripts.nodes(scripts.tree(text)):
        items = node.items if isinstance(node, ast.ForEach) else None
        while isinstance(items, ast.Paren | ast.CommandExpr | ast.Pipeline):
            if isinstance(items, ast.Pipeline):
                if len(items.elements) > 1:
                    break
                (items,) = items.elements
            else:
                items = items.pipeline if isinstance(items, ast.Paren) else items.expr
        if isinstance(items, ast.Command | ast.Pipeline):
            found.append(items.start)
    return found


@pytest.mark.parametrize("script", sorted(scripts.texts()))
def test_loops_run_over_lists(script: str) -> None:
    """A command that finds nothing gives a list of nothing only within @( )."""
    assert loops_over_a_command(scripts.texts()[script]) == []


@pytest.mark.parametrize("between", [",", ".", " ", "\u00a0", "'", "\u2019"])
def test_sizes_are_read_in_every_culture(between: str) -> None:
    size = between.join(("2", "039", "480", "320"))
    quoted = size.replace("'", "''").replace("\u2019", "\u2019\u2019")
    assert evaluated("configure-databases", f"Get-Bytes '1.9 GB ({quoted} bytes)'") == "2039480320"


def test_sizes_without_bytes_are_read() -> None:
    assert evaluated("configure-databases", "Get-Bytes 'unlimited'") == "0"
    assert evaluated("configure-databases", "Get-Bytes '1991680KB'") == "2039480320"


def test_site_of_an_array_may_have_a_dot() -> None:
    fake = (
        "function Get-ClientAccessArray { New-Object PSObject -Property @{ Name = 'A'; Fqdn = 'a.contoso.local'; "
        "Site = 'contoso.local/Configuration/Sites/Zurich.West' } }; "
    )
    at = Bench(worlds.single_site())
    library = scripts.catalog().libraries["result"]
    text = f"{library}\n{kind('create-cas-array').text}\n{fake}Write-Host @(Get-Arrays @{{ site = 'zurich.west' }}).Count"
    assert at.administer(at.topology.directory_host, text).strip() == "1"


def test_a_slash_in_a_name_is_no_end_of_a_path() -> None:
    library = scripts.catalog().libraries["directory"]
    at = Bench(worlds.single_site())
    text = f"{library}\nWrite-Host (Get-LdapPath -Name 'CN=IT/Helpdesk,DC=contoso,DC=local' -Dc 'dc01.contoso.local')"
    found = at.administer(at.topology.directory_host, text).strip()
    assert found == "LDAP://dc01.contoso.local/CN=IT\\/Helpdesk,DC=contoso,DC=local"


# Name servers


DOWN = (
    "function Resolve-Record { param([string]$Name, [string]$Type, [string]$Server) "
    "if ($Server -ne 'down' -and $Name -ne 'gone.contoso.com') { '10.1.0.5' } }; "
)
"""A name server that is down, and others that know every name but one."""


def answered(name: str, argument: str) -> str:
    """State and message of a gate's Check beside such name servers."""
    at = Bench(worlds.single_site())
    library = "\n".join(scripts.catalog().libraries[text] for text in ("result", "windows"))
    text = (
        f"{library}\n{kind(name).text}\n{DOWN}$seen = Check {argument}; Write-Host $seen.state $seen.message"
    )
    return at.administer(at.topology.directory_host, text)


@pytest.mark.parametrize(
    ("inside", "outside", "state"),
    [("up", "up", "satisfied"), ("down", "up", "needed"), ("up", "down", "needed")],
)
def test_a_name_server_that_is_down_proves_nothing(inside: str, outside: str, state: str) -> None:
    """The legacy name is gone where the main one resolves, and not where nothing does."""
    given = f"internal_dns = '{inside}'; external_dns = '{outside}'; names = @('gone.contoso.com'); known = 'mail.contoso.com'"
    found = answered("retire-legacy-namespace", f"@{{ {given} }}")
    assert found.startswith(state)
    assert ("cannot be seen" in found) == (state == "needed")


def test_an_array_that_nobody_can_look_for_is_not_hidden() -> None:
    given = (
        "internal_dns = 'up'; external_dns = 'down'; fqdn = 'outlook.contoso.com'; known = 'mail.contoso.com'"
    )
    assert "cannot be seen" in answered("gate-cas-array-endpoint", f"@{{ {given} }}")


# Public folders


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("\\NON_IPM_SUBTREE\\StoreEvents{46F83E3F-0000-0000-0000-00000000AA01}\\internal", True),
        ("NON_IPM_SUBTREE\\OWAScratchPad{46F83E3F-0000-0000-0000-00000000AA01}", True),
        ("schema-root\\Default", True),
        ("\\NON_IPM_SUBTREE\\Events Root", True),
        ("\\NON_IPM_SUBTREE\\globalevents", True),
        ("\\NON_IPM_SUBTREE\\SCHEDULE+ FREE BUSY", False),
        ("\\Internal", False),
        ("\\Internal Communications", False),
        ("\\Projects\\Internal", False),
        ("Projects\\Default Forms", False),
        ("\\Schema-root cause analysis", False),
        ("\\Teams\\StoreEvents", False),
    ],
)
def test_folders_of_users_are_no_system_folders(path: str, own: bool) -> None:
    """What is taken for the server's own is neither replicated nor waited for: it would be lost with the old server."""
    at = Bench(worlds.single_site())
    library = scripts.catalog().libraries["folders"]
    text = f"{library}\nWrite-Host (Test-OwnFolder '{path}')"
    assert at.administer(at.topology.directory_host, text).strip() == str(own)


@pytest.mark.parametrize("step", ["replicate-system-folders", "replicate-public-folders"])
def test_replicas_of_before_stay(step: str) -> None:
    """A rollback takes the replicas off that the step made, not those that it found."""
    at = reached(step)
    target = at.change.by_id[step].arguments["targets"][0]
    top = at.change.by_id[step].arguments["tops"][0]
    first = (
        f"(Get-PublicFolder -Identity '{top}' -Recurse -Server {target['server']} -ResultSize Unlimited"
        " | Where-Object { $_.Replicas.Count -and $_.Name -notmatch 'StoreEvents|ScratchPad|schema-root' })[0]"
    )
    host = at.change.by_id[step].host
    at.administer(
        host,
        f"$f = {first}; Set-PublicFolder -Identity $f.Identity -Confirm:$false -Replicas "
        f"(@($f.Replicas | ForEach-Object {{ $_.DistinguishedName }}) + '{target['name']}')",
        "shell-e10",
    )
    assert at.carry_out(step) == "done"
    replicas = f"@({first}.Replicas | ForEach-Object {{ \"$_\" }}) -contains '{target['name']}'"
    at.run(step, "Rollback")
    assert said(at, host, replicas) == "True"
    assert at.run(step, "Check")["state"] == "needed"


# Client access


def test_half_a_copy_is_no_copy() -> None:
    """A copy that broke off is seen by its files; what lay there before the first look is not deleted."""
    step = "copy-owa-2007-version-folder@EX10-CH1"
    at = reached(step)
    assert at.carry_out(step) == "done"
    folder = at.before[step]["folder"]
    gone = f"$f = @(Get-ChildItem '{folder}' -Recurse | Where-Object {{ -not $_.PSIsContainer }})[0]; "
    at.administer("EX10-CH1", gone + "Remove-Item -LiteralPath $f.FullName")
    seen = at.run(step, "Check")
    assert (seen["state"], "lacks 1 files" in seen["message"]) == ("needed", True), seen
    assert at.run(step, "Verify")["state"] == "failed"
    at.administer("EX10-CH1", f"{gone}Set-Content -LiteralPath $f.FullName -Value ''")
    del at.before[step]
    assert at.run(step, "Check")["state"] == "needed"
    assert at.run(step, "Apply")["state"] == "applied"
    assert at.run(step, "Verify")["state"] == "verified"
    at.run(step, "Rollback")
    assert said(at, "EX10-CH1", f"Test-Path '{folder}'", "") == "True"


def test_nobody_is_warned_by_the_certificate_with_the_legacy_name() -> None:
    """A name in the addresses of the 2007 server that IIS answers for today must be in the new certificate too."""
    step = "install-legacy-certificate@CASHUB07-1"
    at = reached(step)
    host = "CASHUB07-1"
    at.administer(
        host,
        "$c = New-ExchangeCertificate -DomainName intern.contoso.local, mail.contoso.com -Confirm:$false;"
        "Enable-ExchangeCertificate -Thumbprint $c.Thumbprint -Services IIS -Confirm:$false;"
        f"Set-WebServicesVirtualDirectory '{host}\\EWS (Default Web Site)' -Confirm:$false"
        " -InternalUrl https://intern.contoso.local/EWS/Exchange.asmx",
        "shell-e07",
    )
    seen = at.run(step, "Check")
    assert (seen["state"], "intern.contoso.local" in seen["message"]) == ("needed", True), seen
    with pytest.raises(ScriptFailed, match=r"does not cover intern\.contoso\.local"):
        at.run(step, "Apply")
    assert at.run(step, "Check")["state"] == "needed"
    at.administer(
        host,
        f"Set-WebServicesVirtualDirectory '{host}\\EWS (Default Web Site)' -Confirm:$false"
        " -InternalUrl https://mail.contoso.com/EWS/Exchange.asmx",
        "shell-e07",
    )
    assert at.carry_out(step) == "done"


def test_methods_of_outlook_anywhere_come_back() -> None:
    step = "enable-outlook-anywhere@EX10-CH1"
    at = reached(step)
    at.administer(
        "EX10-CH1",
        "[void](Enable-OutlookAnywhere -Server EX10-CH1 -ExternalHostname old.contoso.com -SSLOffloading $false"
        " -ClientAuthenticationMethod Basic -IISAuthenticationMethods Basic)",
        "shell-e10",
    )
    assert at.carry_out(step) == "done"
    methods = "@((Get-OutlookAnywhere -Server EX10-CH1).IISAuthenticationMethods | ForEach-Object { \"$_\" }) -join ','"
    assert said(at, "EX10-CH1", methods) == "Basic,Ntlm"
    at.run(step, "Rollback")
    assert said(at, "EX10-CH1", methods) == "Basic"


# Mail


def test_groups_of_a_connector_stay() -> None:
    """Anonymous users are let in beside those who are, and leave again alone."""
    step = "allow-anonymous-receive@EX10-CH1"
    at = reached(step)
    at.administer(
        "EX10-CH1",
        "[void](New-ReceiveConnector -Name Applications -Server EX10-CH1 -Usage Custom -Bindings 0.0.0.0:25"
        " -RemoteIPRanges 10.9.9.9 -PermissionGroups 'ExchangeUsers, Partners')",
        "shell-e10",
    )
    groups = "(\"$((Get-ReceiveConnector 'EX10-CH1\\Applications').PermissionGroups)\" -split ', ' | Sort-Object) -join ','"
    assert at.carry_out(step) == "done"
    assert said(at, "EX10-CH1", groups) == "AnonymousUsers,ExchangeUsers,Partners"
    at.run(step, "Rollback")
    assert said(at, "EX10-CH1", groups) == "ExchangeUsers,Partners"


def test_permissions_are_asked_by_distinguished_name() -> None:
    """The published Identity of the permission cmdlets is a distinguished name, or a name that is unique."""
    at = Bench(worlds.single_site())
    fake = (
        "function Get-ReceiveConnector { New-Object PSObject -Property @{ DistinguishedName = 'CN=Relay,CN=X' } }; "
        "function Get-ADPermission { param($Identity, $User) Write-Host $Identity }; "
    )
    library = scripts.catalog().libraries["result"]
    text = f"{library}\n{kind('allow-anonymous-receive').text}\n{fake}[void](Test-Relay @{{ dc = '' }} 'EX\\Relay')"
    assert at.administer(at.topology.directory_host, text).strip() == "CN=Relay,CN=X"


# Mailboxes


def test_a_suspended_request_is_held_again() -> None:
    """Somebody made a request of the batch without the hold: gone on with as it is, it would end in office hours."""
    step = "sync-mailboxes@batch:pilot"
    at = reached(step)
    (member, *_) = at.change.sets[at.change.by_id[step].members]
    target = at.change.by_id[step].arguments["targets"][member]
    host = at.change.by_id[step].host
    at.administer(
        host,
        f"[void](New-MoveRequest -Identity '{member}' -TargetDatabase '{target}' -BatchName pilot -Suspend)",
        "shell-e10",
    )
    assert at.carry_out(step) == "done"
    assert said(at, host, f"\"$((Get-MoveRequest '{member}').Status)\"") == "AutoSuspended"


def test_what_the_blackberry_account_had_stays() -> None:
    """Its own policy comes back, and the right that it had is not taken."""
    step = "prepare-blackberry"
    at = reached(step, worlds.blackberry())
    host = at.change.by_id[step].host
    arguments = at.change.by_id[step].arguments
    database = arguments["databases"][0]
    account = f"{arguments['domains'][0]['netbios']}\\{arguments['account']}"
    rights = (
        f"@(Get-ADPermission -Identity '{database}' -User '{account}' | ForEach-Object {{ $_.ExtendedRights }}"
        " | ForEach-Object { \"$_\" } | Sort-Object) -join ','"
    )
    at.administer(
        host,
        f"[void](New-ThrottlingPolicy -Name OldBESPolicy); "
        f"Set-ThrottlingPolicyAssociation -Identity BESAdmin -ThrottlingPolicy OldBESPolicy -Confirm:$false; "
        f"[void](Add-ADPermission -Identity '{database}' -User '{account}' -AccessRights ExtendedRight"
        " -ExtendedRights Receive-As -Confirm:$false)",
        "shell-e10",
    )
    seen = at.run(step, "Check")
    assert (seen["state"], seen["before"]["databases"][database]) == ("needed", ["ms-Exch-Store-Admin"])
    assert at.carry_out(step) == "done"
    assert said(at, host, rights) == "ms-Exch-Store-Admin,Receive-As"
    at.run(step, "Rollback")
    assert said(at, host, rights) == "Receive-As"
    policy = '"$((Get-ThrottlingPolicyAssociation -Identity BESAdmin).ThrottlingPolicyId)"'
    assert said(at, host, policy) == "OldBESPolicy"


# Groups and certificates


def test_groups_are_found_where_they_were_moved_to() -> None:
    """Exchange finds its groups by what they are: their unit may have another name and place."""
    at = Bench(worlds.few_mailboxes())
    at.up_to("wait-replication-ad")
    dc = at.change.by_id["prepare-ad"].arguments["dc"]
    at.administer(
        at.topology.directory_host,
        f"$root = ([ADSI]'LDAP://{dc}/RootDSE').Get('rootDomainNamingContext');"
        f'([ADSI]"LDAP://{dc}/OU=Microsoft Exchange Security Groups,$root").psbase.Rename("OU=Mail Groups")',
    )
    assert at.run("clean-2007-groups", "Check")["state"] == "needed"
    at.pass_time(7200)
    assert at.run("prepare-ad", "Verify")["state"] == "verified"


@pytest.mark.parametrize(
    ("status", "state"),
    [("Valid", "verified"), ("RevocationCheckFailure", "verified"), ("Untrusted", "failed")],
)
def test_certificate_that_nobody_can_ask_about_serves(status: str, state: str) -> None:
    """A server without the Internet reads no revocation list; that is no broken chain."""
    at = Bench(worlds.single_site())
    libraries = "\n".join(scripts.catalog().libraries[text] for text in ("result", "certificates"))
    fake = (
        "function Get-Certificates { New-Object PSObject -Property @{ Thumbprint = 'A'; HasPrivateKey = $true; IsSelfSigned = "
        "$false; NotBefore = (Get-Date).AddDays(-1); NotAfter = (Get-Date).AddDays(9); Services = 'IIS'; CertificateDomains = "
        f"@('mail.contoso.com'); Status = '{status}' }} }}; "
    )
    text = f"{libraries}\n{kind('enable-certificate').text}\n{fake}"
    asked = "(Verify @{ names = @('mail.contoso.com'); services = @('IIS') }).state"
    assert at.administer(at.topology.directory_host, f"{text}Write-Host {asked}").strip() == state


# restarts that no Check can see


def test_every_kind_that_restarts_a_service_says_that_its_end_is_unseen() -> None:
    restarting = {
        kind.id
        for kind in scripts.catalog().kinds.values()
        if "Apply" in kind.functions and ("Restart-Service" in kind.text or "iisreset" in kind.text)
    }
    assert restarting == {kind.id for kind in scripts.catalog().kinds.values() if kind.ends_unseen}
    assert restarting


def test_a_second_attempt_restarts_what_the_first_one_has_set() -> None:
    """Between setting and restart the controller was lost: the values are there, IIS has not read them."""
    step = "configure-cas-vdirs@EX10-CH3"  # behind another site's CAS: another logon method than Setup's
    at = reached(step)
    assert at.run(step, "Check")["state"] == "needed"
    at.run(step, "Apply")
    assert at.run(step, "Check")["state"] == "satisfied"
    process = "(Get-WmiObject Win32_Service -Filter \"Name='W3SVC'\").ProcessId"
    before = said(at, "EX10-CH3", process)
    at.run(step, "Apply")
    assert said(at, "EX10-CH3", process) != before


# nslookup in the language of the server

FRENCH = {
    "an address": (["Serveur :   dc01.contoso.local", "Address:  10.1.0.3", "", "Nom :    mail.contoso.com", "Address:  10.1.0.10", ""], "A", "10.1.0.10"),
    "addresses": (["Serveur :   UnKnown", "Address:  10.1.0.3", "", "Réponse ne faisant pas autorité :", "Nom :    mail.contoso.com", "Addresses:  10.1.0.10", "          10.1.0.11", ""], "A", "10.1.0.10 10.1.0.11"),
    "no such name": (["Serveur :   UnKnown", "Address:  10.1.0.3", "", "*** 10.1.0.3 ne parvient pas à trouver mail.contoso.com : Non-existent domain"], "A", ""),
    "no server": (["DNS request timed out.", "    timeout was 2 seconds.", "Serveur :   UnKnown", "Address:  10.1.0.3", "", "*** Le délai de la requête à 10.1.0.3 est dépassé"], "A", ""),
    "a server without a name": (["*** Impossible de trouver le nom du serveur pour l'adresse 10.1.0.3 : Timed out", "Serveur :   UnKnown", "Address:  10.1.0.3", "", "Nom :    mail.contoso.com", "Address:  10.1.0.10", ""], "A", "10.1.0.10"),
    "mail exchangers": (["Serveur :   UnKnown", "Address:  10.1.0.3", "", "contoso.com\tMX preference = 10, mail exchanger = mx1.contoso.com", "contoso.com\tMX preference = 20, mail exchanger = mx2.contoso.com", "", "mx1.contoso.com\tinternet address = 203.0.113.20"], "MX", "mx1.contoso.com mx2.contoso.com"),
    "a name": (["Serveur :   UnKnown", "Address:  10.1.0.3", "", "10.0.1.10.in-addr.arpa\tnom = mail.contoso.com"], "PTR", "mail.contoso.com"),
}  # fmt: skip


@pytest.mark.parametrize("case", FRENCH)
def test_nslookup_may_speak_any_language(case: str) -> None:
    lines, kind_of_record, expected = FRENCH[case]
    at = Bench(worlds.single_site())
    spoken = ", ".join("'" + line.replace("'", "''") + "'" for line in lines)
    text = f"{scripts.catalog().libraries['windows']}\nfunction nslookup {{ {spoken} }}\n"
    asked = f"Write-Host (@(Resolve-Record -Name x -Type {kind_of_record} -Server y) -join ' ')"
    assert at.administer(at.topology.directory_host, text + asked).strip() == expected
