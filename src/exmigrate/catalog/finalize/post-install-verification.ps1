<#
title: "Verification of {{ site.name }}"
scope: site
when: "servers(site=site.name, target=true)|rejectattr('roles', 'equalto', ())|list"
effect: read
needs:
  - install-update-rollup@site
  - set-product-key@site
  - create-test-mailboxes@site
  - gate-backup-target@site
  - move-mailboxes@site
  - customize-dsn
  - set-site-routing
  - gate-decommission@site
  - uninstall-2007-cas@site
  - uninstall-2007-hub@site
  - uninstall-2007-um@site
  - uninstall-2007-mailbox@site
  - uninstall-old-edge@site
  - uninstall-legacy-server@site
  - remove-legacy-routing-groups
  - clean-legacy-groups
  - clean-2007-groups
  - remove-legacy-internet-connector
  - move-oab
  - resubscribe-edge@site
  - edge-subscribe@site
  - add-database-copy@site
  - enable-um-mailboxes@site
vantage: shell
identity: delegated
check: when-ready
libraries: [recipients]
arguments:
  servers: "servers(site=site.name, target=true)|rejectattr('roles', 'equalto', ('edge',))|names"
  hubs: "servers(site=site.name, role='hub', target=true)|names"
  mailbox: "servers(site=site.name, role='mailbox', target=true)|names"
  gone: "servers(site=site.name, target=false)|selectattr('source')|rejectattr('keep')|names"
  old: "topology.versions|join(' and ')"
  licensed: "servers(site=site.name, target=true)|rejectattr('roles', 'equalto', ('edge',))|selectattr('product_key')|names"
estimate: {p50: 600, p90: 3600}
rights: ["View-Only Organization Management (2007: Exchange View-Only Administrators)"]
order: 20
failures:
  - {match: "not running|RequiredServicesRunning", class: permanent, means: "A service that a role needs does not run.", do: "Start it and look at its events, then 'exmigrate retry'."}
#>
# Services, queues, stores, mail flow, edition, and nothing left of the old versions. Beside it, for a person: one NDR an
# audience, a scan with ExBPA, Setup's logs kept, old tools removed from administrators' computers, address books for
# Outlook 2003 given up where it is gone.

function Get-Faults {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($server in @($a.servers)) {
        foreach ($role in @(Test-ServiceHealth -Server $server @pinned -Confirm:$false -ErrorAction Stop)) {
            if ($role -and -not $role.RequiredServicesRunning) { "${server}: $($role.Role): not running: $(@(Get-NameList $role.ServicesNotRunning) -join ', ')" }
        }
    }
    foreach ($server in @($a.hubs)) {
        foreach ($queue in @(Get-Queue -Server $server -ResultSize Unlimited -ErrorAction Stop)) {
            if ($queue -and @('Retry', 'Suspended') -contains "$($queue.Status)") { "${server}: the queue $($queue.NextHopDomain) is $($queue.Status) with $($queue.MessageCount) messages: $($queue.LastError)" }
        }
    }
    foreach ($server in @($a.mailbox)) {
        # System mailboxes of its databases answer, which lie in the server's domain.
        $own = Get-ServerPin $a $server
        foreach ($probe in @(Test-MAPIConnectivity -Server $server @own -Confirm:$false -ErrorAction Stop)) {
            if ($probe -and "$($probe.Result)" -ne 'Success') { "${server}: $($probe.Database) does not answer: $($probe.Error)" }
        }
        foreach ($probe in @(Test-Mailflow -Identity $server @own -Confirm:$false -ErrorAction Stop)) {
            if ($probe -and "$($probe.TestMailflowResult)" -ne 'Success') { "${server}: mail flow: $($probe.TestMailflowResult)" }
        }
    }
    foreach ($server in @(Get-ExchangeServer @pinned -ErrorAction Stop)) {
        if (-not $server) { continue }
        if (@($a.gone) -contains "$($server.Name)") { "$($server.Name) is still in the organization as $($server.AdminDisplayVersion)" }
        if (@($a.licensed) -contains "$($server.Name)" -and $server.IsExchangeTrialEdition) { "$($server.Name) runs as trial" }
    }
}

function Check {
    param($a)
    $faults = @(Get-Faults $a)
    if (-not $faults.Count) { return New-Satisfied -Message "Well: $(@($a.servers) -join ', '). Nothing of $($a.old) is left in the site." }
    return New-Needed -Message ($faults -join '; ') -Facts @{ faults = $faults }
}

function Verify {
    param($a)
    $faults = @(Get-Faults $a)
    if ($faults.Count) { return New-Failed -Message ($faults -join '; ') -Facts @{ faults = $faults } }
    return New-Verified -Message "Well: $(@($a.servers) -join ', '). Nothing of $($a.old) is left in the site."
}
