<#
title: "{{ server.name }} out of every dial plan"
scope: server
when: "server.source and server.version == '2007' and 'um' in server.roles and not server.keep"
effect: convergent
needs: [migrate-um, gate-redirect-um-gateways, move-mailboxes@all, gate-decommission@site]
vantage: E07
identity: delegated
window: policy
arguments:
  server: server.name
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators"]
impact: "none: the gateways send their calls to 2010"
order: 21
#>

function Get-Plans {
    param($a)
    $pinned = Get-PinnedDc $a
    $server = Find-Object { Get-UMServer -Identity $a.server @pinned -ErrorAction Stop }
    if (-not $server) { return }
    foreach ($plan in @($server.DialPlans)) { if ("$plan") { "$plan" } }
}

function Check {
    param($a)
    $plans = @(Get-Plans $a)
    if (-not $plans.Count) { return New-Satisfied -Message "$($a.server) is in no dial plan." }
    return New-Needed -Message "$($a.server) is in $($plans -join ', ')." -Before @{ plans = $plans }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-UMServer -Identity $a.server -DialPlans $null @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.server) is in no dial plan."
}

function Verify {
    param($a)
    $plans = @(Get-Plans $a)
    if ($plans.Count) { return New-Failed -Message "$($a.server) is still in $($plans -join ', ')." }
    return New-Verified -Message "$($a.server) is in no dial plan."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-UMServer -Identity $a.server -DialPlans @($a.before.plans) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.server) is in $(@($a.before.plans) -join ', ') again."
}
