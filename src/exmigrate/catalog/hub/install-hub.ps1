<#
title: "Hub Transport role on {{ server.name }}"
scope: server
when: "server.target and 'hub' in server.roles"
effect: once
needs:
  - install-cas@site
  - install-os-prereqs@server
  - stage-media@server
  - wait-replication-domains@all
  - provision-server@server
  - isolate-shared-smtp-namespace
  - {kind: install-hub, at: "first_hub.name if first_hub else ''"}
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory, routing]
arguments:
  server: server.name
  version: target.version
  build: medium(target.version).build
  folder: medium(target.version).folder
  legacy_routing_server: >-
    '' if not first_hub or first_hub.name != server.name else
    topology.server_by_name[mail_flow.legacy_routing_server].fqdn
    if mail_flow.legacy_routing_server in topology.server_by_name else mail_flow.legacy_routing_server
estimate: {p50: 2700, p90: 3600}
resumes: true
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "local administrator"]
impact: "none: mail of old mailboxes goes on through the old servers"
tags: [setup]
order: 10
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|Filter Pack|UCMA", class: permanent, means: "A prerequisite check of Setup failed.", do: "Read the log for the check's name; install-os-prereqs names features and packages."}
  - {match: "cannot connect|not operational|domain controller", class: transient, means: "Setup lost its domain controller.", do: "Nothing: the same command goes on from its watermark."}
#>
# The first 2010 Hub of the organization copies the 2007 transport rules into its own container, once. The first Hub beside
# 2000 or 2003 is told a legacy bridgehead: Setup makes a connector pair with its routing group and lets it into
# ExchangeLegacyInterop.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'hub' -Build $a.build
}

function Apply {
    param($a)
    $switches = ''
    if ($a.legacy_routing_server) { $switches = "/LegacyRoutingServer:$($a.legacy_routing_server)" }
    return Install-Role -Version $a.version -Role 'hub' -Folder $a.folder -Switches $switches -Build $a.build
}

# The way to the legacy bridgehead and back, as both sides read it.
function Verify {
    param($a)
    $result = Confirm-RoleInstalled -Version $a.version -Role 'hub' -Build $a.build -Server $a.server -Dc $a.dc
    if (-not $a.legacy_routing_server -or $result.state -ne 'verified') { return $result }
    $group = Get-ServerRoutingGroup -Server (Get-HostPart $a.legacy_routing_server) -Dc $a.dc
    if (-not $group) { return New-Failed -Message "The directory has no routing group of $($a.legacy_routing_server)." }
    $faults = @(Get-PairFaults (Read-ConnectorPair -Group $group -Dc $a.dc) @($a.server) @($a.legacy_routing_server))
    if ($faults.Count) { return New-Failed -Message "Connector with ${group}: $($faults -join '; ')." }
    $seen = Test-TcpPort -Address $a.legacy_routing_server -Port 25 -Banner
    if (-not $seen.open -or $seen.said -notlike '220*') { return New-Failed -Message "$($a.legacy_routing_server) does not answer as a mail server ($($seen.said))." }
    return New-Verified -Message "$($result.message) The connector pair with $group stands." -Facts $result.facts
}

# Setup refuses while the server is a source of a connector: the engine undoes those it made, the pair of Setup goes here.
function Remove-SetupPair {
    param($a)
    $snapIn = 'Microsoft.Exchange.Management.PowerShell.E2010'
    if ($a.version -eq '2007') { $snapIn = 'Microsoft.Exchange.Management.PowerShell.Admin' }
    if (-not (Get-PSSnapin -Name $snapIn -ErrorAction SilentlyContinue)) { Add-PSSnapin -Name $snapIn -ErrorAction Stop }
    $pinned = Get-PinnedDc $a
    $group = Get-ServerRoutingGroup -Server (Get-HostPart $a.legacy_routing_server) -Dc $a.dc
    $pair = Get-ConnectorPair -Group $group -Pinned $pinned
    foreach ($way in 'out', 'back') {
        if ($pair[$way]) { Remove-RoutingGroupConnector -Identity "$($pair[$way].DistinguishedName)" @pinned -Confirm:$false -ErrorAction Stop }
    }
}

function Rollback {
    param($a)
    $state = Get-RoleState -Version $a.version -Role 'hub'
    if ($a.legacy_routing_server -and $state.configured -and -not $state.watermark) { Remove-SetupPair $a }
    return Remove-Role -Version $a.version -Role 'hub' -Folder $a.folder
}
