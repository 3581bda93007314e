<#
title: "Uninstall Hub Transport from {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'hub' in server.roles and not server.keep"
effect: once
reversibility: point-of-no-return
reason: "A removed role comes back only as a new installation."
needs:
  - gate-decommission@site
  - uninstall-2007-mailbox@site
  - uninstall-2007-um@site
  - move-send-connector-source
  - create-internet-send-connector
  - gate-cutover-inbound-smtp
  - resubscribe-edge
  - edge-subscribe
  - uninstall-old-edge@site
  - move-expansion-servers
  - allow-anonymous-receive@all
  - sync-journal-rules
  - sync-transport-rules
  - rehome-rgc-source
  # Mail of a 2003 mailbox still goes through RG12, and its users through the servers of this site.
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'equalto', '2003')|names"}
  - stage-media@server
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  server: server.name
  version: server.version
  folder: medium('2007').folder
estimate: {p50: 1500, p90: 2400}
resumes: true
reboot: maybe
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "none: 2010 Hubs route"
tags: [setup]
order: 32
failures:
  - {match: "source transport server|send connector|connector", class: permanent, means: "A connector still names this server as source.", do: "Its message names the connector: move-send-connector-source, then 'exmigrate retry'."}
  - {match: "Edge", class: permanent, means: "It is the only Hub of an Edge subscription.", do: "resubscribe-edge of that Edge, then 'exmigrate retry'."}
  - {match: "messages are still queued", class: permanent, means: "Mail waits in its queues.", do: "Get-Queue; retry, redirect or remove it, then 'exmigrate retry'."}
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "version mismatch|Bin.setup", class: permanent, means: "Setup must come from media of the installed level, because a rollup changed what is on the disk.", do: "Stage the media of the installed service pack, then 'exmigrate retry'."}
#>
# Only when no connector, group, relay client or old server of the site needs it; its queues are drained first.

function Check {
    param($a)
    return Test-RoleRemoved -Version $a.version -Role 'hub'
}

# Waits until the queues are empty; what is left after half an hour is for a person to look at.
function Wait-Queues {
    if (-not (Get-PSSnapin -Registered -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction SilentlyContinue)) { return }
    if ((Get-Service -Name MSExchangeTransport -ErrorAction SilentlyContinue | Where-Object { "$($_.Status)" -eq 'Running' }) -eq $null) { return }
    if (-not (Get-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction SilentlyContinue)) { Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction Stop }
    for ($minute = 0; $minute -lt 30; $minute++) {
        $waiting = 0
        foreach ($queue in @(Get-Queue -ErrorAction Stop)) { if ($queue) { $waiting += [int]$queue.MessageCount } }
        if ($waiting -eq 0) { return }
        Write-Host "$waiting messages are queued here; waiting."
        Start-Sleep -Seconds 60
    }
    throw "$waiting messages are still queued on this server (Get-Queue shows them). Deliver or remove them, then run this step again."
}

function Apply {
    param($a)
    Wait-Queues
    return Remove-Role -Version $a.version -Role 'hub' -Folder $a.folder
}

function Verify {
    param($a)
    return Confirm-RoleRemoved -Version $a.version -Role 'hub' -Server $a.server -Dc $a.dc
}
