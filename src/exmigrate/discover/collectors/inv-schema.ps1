<#
title: "Levels of the schema, the organization and the domains on every domain controller"
scope: organization
effect: read
vantage: AD
identity: delegated
arguments:
  domains: "topology.domains|names"
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $levels = @()
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        $entry = @{ dc = $dc; rangeUpper = 0; organization = 0; domains = @{}; error = '' }
        try {
            $entry.rangeUpper = Get-SchemaLevel -Dc $dc
            $entry.organization = Get-OrganizationLevel -Dc $dc
            foreach ($domain in @($a.domains)) { if ($dc.Substring($dc.IndexOf('.') + 1) -eq $domain) { $entry.domains[$domain] = Get-DomainLevel -Domain $domain -Dc $dc } }
        }
        catch { $entry.error = "$($_.Exception.Message)" }
        $levels += $entry
    }
    return New-Satisfied -Message "$($levels.Count) domain controllers." -Facts @{ value = $levels }
}
