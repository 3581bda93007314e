<#
title: "Unified Messaging"
scope: organization
when: "'2007' in topology.versions and topology.dial_plans"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $servers = @(); $plans = @(); $gateways = @()
    foreach ($server in @(Get-UMServer @pinned -ErrorAction Stop)) { if ($server) { $servers += @{ Name = "$($server.Name)"; DialPlans = @(Get-NameList $server.DialPlans) } } }
    foreach ($plan in @(Get-UMDialPlan @pinned -ErrorAction Stop)) { if ($plan) { $plans += "$($plan.Name)" } }
    foreach ($gateway in @(Get-UMIPGateway @pinned -ErrorAction Stop)) { if ($gateway) { $gateways += @{ Name = "$($gateway.Name)"; Address = "$($gateway.Address)" } } }
    return New-Satisfied -Message "$($plans.Count) dial plans." -Facts @{ value = @{ servers = $servers; dialPlans = $plans; gateways = $gateways } }
}
