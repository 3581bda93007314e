<#
title: "Custom DSN texts and mode"
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
    foreach ($message in @(Get-SystemMessage @pinned -ErrorAction Stop)) { if ($message) { $found += @{ Identity = "$($message.Identity)"; Text = "$($message.Text)" } } }
    return New-Satisfied -Message "$($found.Count) texts." -Facts @{ value = @{ messages = $found; DSNConversionMode = "$((Get-TransportConfig @pinned -ErrorAction Stop).DSNConversionMode)" } }
}
