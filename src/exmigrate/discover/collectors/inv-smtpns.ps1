<#
title: "Accepted domains"
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
    foreach ($domain in @(Get-AcceptedDomain @pinned -ErrorAction Stop)) { if ($domain) { $found += @{ DomainName = "$($domain.DomainName)"; DomainType = "$($domain.DomainType)"; Default = [bool]$domain.Default } } }
    return New-Satisfied -Message "$($found.Count) domains." -Facts @{ value = $found }
}
