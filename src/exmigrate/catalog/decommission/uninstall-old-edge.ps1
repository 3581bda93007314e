<#
title: "Uninstall Edge Transport from {{ server.name }}"
scope: server
when: "server.source and 'edge' in server.roles and not server.keep and server.name in topology.edges|map(attribute='replaces')|list"
effect: once
reversibility: point-of-no-return
reason: "A removed role comes back only as a new installation."
needs:
  - {kind: edge-subscribe, at: "topology.edges|selectattr('replaces', 'equalto', server.name)|map(attribute='edge')|list"}
  - {kind: remove-edge-subscription, at: "topology.edges|selectattr('replaces', 'equalto', server.name)|map(attribute='edge')|list"}
  - gate-cutover-inbound-smtp
  - move-send-connector-source
  - gate-decommission@site
  - stage-media@server
vantage: target
identity: local
window: policy
libraries: [setup, windows]
arguments:
  server: server.name
  version: server.version
  folder: medium(server.version).folder
estimate: {p50: 1500, p90: 2400}
resumes: true
reboot: maybe
rights: ["local administrator"]
impact: "none: mail takes the new Edge"
tags: [setup]
order: 26
failures:
  - {match: "subscribed", class: permanent, means: "The Edge itself still believes to be subscribed.", do: "Remove-EdgeSubscription in the shell of this Edge, then 'exmigrate retry'."}
  - {match: "messages are still queued", class: permanent, means: "Mail waits in its queues.", do: "Get-Queue; retry, redirect or remove it, then 'exmigrate retry'."}
#>
# The Edge's own side of the subscription goes first, with empty queues; then Setup.

$SnapIns = @{ '2007' = 'Microsoft.Exchange.Management.PowerShell.Admin'; '2010' = 'Microsoft.Exchange.Management.PowerShell.E2010' }

function Use-Shell {
    param([string]$Version)
    if (-not (Get-PSSnapin -Name $SnapIns[$Version] -ErrorAction SilentlyContinue)) { Add-PSSnapin -Name $SnapIns[$Version] -ErrorAction Stop }
}

function Wait-Queues {
    for ($minute = 0; $minute -lt 30; $minute++) {
        $waiting = 0
        foreach ($queue in @(Get-Queue -ErrorAction Stop)) { if ($queue) { $waiting += [int]$queue.MessageCount } }
        if ($waiting -eq 0) { return }
        Write-Host "$waiting messages are queued here; waiting."
        Start-Sleep -Seconds 60
    }
    throw "$waiting messages are still queued on this server. Deliver or remove them, then run this step again."
}

function Check {
    param($a)
    return Test-RoleRemoved -Version $a.version -Role 'edge'
}

function Apply {
    param($a)
    $state = Get-RoleState -Version $a.version -Role 'edge'
    if (-not $state.watermark -and -not $state.configured) { return New-Applied -Message 'The role was removed already.' }
    if (-not $state.watermark) {
        Use-Shell $a.version
        Wait-Queues
        foreach ($subscription in @(Get-EdgeSubscription -ErrorAction Stop)) {
            if ($subscription) { Remove-EdgeSubscription -Identity "$($subscription.Name)" -Confirm:$false -ErrorAction Stop }
        }
    }
    return Remove-Role -Version $a.version -Role 'edge' -Folder $a.folder
}

# No directory to ask: registry and services of this server.
function Verify {
    param($a)
    $state = Get-RoleState -Version $a.version -Role 'edge'
    if ($state.configured -or $state.watermark) { return New-Failed -Message "The role is still there: configured '$($state.configured)', watermark '$($state.watermark)'." }
    if (Get-Service -Name MSExchangeTransport -ErrorAction SilentlyContinue) { return New-Failed -Message 'The service MSExchangeTransport is still registered.' }
    return New-Verified -Message 'Edge Transport is gone from this server.'
}
