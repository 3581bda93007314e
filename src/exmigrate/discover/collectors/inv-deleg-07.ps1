<#
title: "Administrators of Exchange 2007"
scope: organization
when: "'2007' in topology.versions"
effect: read
vantage: E07
identity: delegated
libraries: [directory, recipients]
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    # Their groups lie in the forest root domain.
    $root = Get-RecipientPin $a (Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext')
    $found = @()
    foreach ($one in @(Get-ExchangeAdministrator @root -ErrorAction Stop)) { if ($one) { $found += @{ Identity = "$($one.Identity)"; Role = "$($one.Role)"; Scope = "$($one.Scope)" } } }
    return New-Satisfied -Message "$($found.Count) administrators." -Facts @{ value = $found }
}
