<#
title: "{{ edge.edge }} subscribed to {{ site.name }} again"
scope: edge
when: "edge.existing"
effect: convergent
reversibility: forward-only
reason: "The subscription serves the old and the new Hubs of the site; going back would leave the new ones out."
needs: [export-edge-subscription@edge, install-hub@site]
vantage: {shell: shell, host: "first(site.name, 'hub').name"}
identity: delegated
window: with:export-edge-subscription
check: when-ready
libraries: [edge]
arguments:
  edge: edge.edge
  version: target.version
  site: site.name
  hubs: "servers(site=site.name, role='hub', target=true)|names"
  internet: edge.internet_connector
  file: {$file: "'export-edge-subscription@edge:' ~ edge.edge ~ '.file'"}
estimate: {p50: 120, p90: 900}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "mail through {{ edge.edge }} pauses for seconds"
order: 30
failures:
  - {match: "expired|1440|valid for", class: permanent, means: "The subscription file is too old.", do: "'exmigrate retry export-edge-subscription@edge:…', then this step."}
  - {match: "50636|connect", class: permanent, means: "The Hubs do not reach the Edge.", do: "Open TCP 50636 from the Hubs to the Edge, check both names, then 'exmigrate retry'."}
#>
# A Hub that came after the subscription takes no part in EdgeSync, nor in the inbound list, until the Edge is subscribed
# again: it must be younger than the youngest Hub.

function Get-YoungestHub {
    param($a)
    $pinned = Get-PinnedDc $a
    $latest = [DateTime]::MinValue
    foreach ($hub in @($a.hubs)) {
        $made = (Get-ExchangeServer -Identity $hub @pinned -ErrorAction Stop).WhenCreated
        if ($made -and [DateTime]$made -gt $latest) { $latest = [DateTime]$made }
    }
    return $latest
}

function Get-SubscriptionTime {
    param($Subscription)
    $latest = [DateTime]::MinValue
    foreach ($time in @($Subscription.WhenCreated, $Subscription.WhenChanged)) { if ($time -and [DateTime]$time -gt $latest) { $latest = [DateTime]$time } }
    return $latest
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Get-Subscription -Edge $a.edge -Pinned $pinned
    if (-not $now) { return New-Needed -Message "$($a.edge) is not subscribed." -Before @{ existed = $false } }
    if ((Get-SubscriptionTime $now) -ge (Get-YoungestHub $a) -and (Get-SyncStatus -Edge $a.edge -Pinned $pinned) -eq 'Normal') {
        return New-Satisfied -Message "$($a.edge) was subscribed after the last Hub and is in step."
    }
    return New-Needed -Message "$($a.edge) was subscribed before $(@($a.hubs) -join ', ') could take part." -Before @{ existed = $true }
}

function Apply {
    param($a)
    Import-Subscription -File $a.file -Site $a.site -Internet ([bool]$a.internet) -Pinned (Get-PinnedDc $a) -Version $a.version
    return New-Applied -Message "$($a.edge) is subscribed to $($a.site) again."
}

function Verify {
    param($a)
    return Confirm-Subscription -Edge $a.edge -Pinned (Get-PinnedDc $a)
}
