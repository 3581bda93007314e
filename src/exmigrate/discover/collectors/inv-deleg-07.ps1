<#
title: "Administrators of Exchange 2007"
scope: organization
when: "'2007' in topology.versions"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($one in @(Get-ExchangeAdministrator @pinned -ErrorAction Stop)) { if ($one) { $found += @{ Identity = "$($one.Identity)"; Role = "$($one.Role)"; Scope = "$($one.Scope)" } } }
    return New-Satisfied -Message "$($found.Count) administrators." -Facts @{ value = $found }
}
