<#
title: "Edge subscriptions"
scope: organization
when: "'2007' in topology.versions and topology.edges"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($subscription in @(Get-EdgeSubscription @pinned -ErrorAction Stop)) { if ($subscription) { $found += @{ Name = "$($subscription.Name)"; Site = (Get-HostPart "$($subscription.Site)") } } }
    return New-Satisfied -Message "$($found.Count) subscriptions." -Facts @{ value = $found }
}
