<#
title: "Replication of the organization's new objects"
scope: organization
effect: read
needs: [prepare-ad]
vantage: AD
identity: delegated
arguments:
  level: >-
    {'2007': {'': 10666, 'RTM': 10666, 'SP1': 11221, 'SP2': 11222, 'SP3': 11222},
    '2010': {'': 12640, 'RTM': 12640, 'SP1': 13214, 'SP2': 14247, 'SP3': 14322}}[target.version][target.service_pack]
estimate: {p50: 1800, p90: 86400}
rights: ["read on every domain controller"]
order: 23
failures:
  - {match: "not operational|unavailable", class: transient, means: "A domain controller does not answer.", do: "Bring it back, or remove what is left of it from the directory (ntdsutil metadata cleanup)."}
#>
# Every later step binds to a domain controller of its own site: each must have the organization's new objects.

function Measure-Level {
    param($a)
    $names = @(Get-AllDomainControllers -Dc $a.dc)
    return Measure-EveryDc -Names $names -Wanted $a.level -Read { param($dc) Get-OrganizationLevel -Dc $dc }
}

function Check {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Satisfied -Message "All $($seen.total) domain controllers have the organization at $($a.level) or higher." }
    return New-Needed -Message (Get-LaggardText 'Behind' $seen.behind $seen.unreached) -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}

function Verify {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Verified -Message "All $($seen.total) domain controllers have the organization at $($a.level) or higher." -Facts @{ domain_controllers = $seen.total } }
    return New-Pending -Message "Waiting for $($late -join ', ')." -Done ($seen.total - $late.Count) -Total $seen.total -NextSeconds 120 -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}
