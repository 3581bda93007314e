<#
title: "Replication of the schema"
scope: organization
effect: read
needs: [prepare-schema]
vantage: AD
identity: delegated
arguments:
  level: medium(target.version).schema
estimate: {p50: 1800, p90: 86400}
rights: ["read on every domain controller"]
order: 21
failures:
  - {match: "not operational|unavailable", class: transient, means: "A domain controller does not answer.", do: "Bring it back, or remove what is left of it from the directory (ntdsutil metadata cleanup)."}
#>
# A schema change that has not reached a domain controller stops the next preparation there.

function Measure-Level {
    param($a)
    $names = @(Get-AllDomainControllers -Dc $a.dc)
    return Measure-EveryDc -Names $names -Wanted $a.level -Read { param($dc) Get-SchemaLevel -Dc $dc }
}

function Check {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Satisfied -Message "All $($seen.total) domain controllers have the schema at $($a.level) or higher." }
    return New-Needed -Message (Get-LaggardText 'Behind' $seen.behind $seen.unreached) -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}

function Verify {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Verified -Message "All $($seen.total) domain controllers have the schema at $($a.level) or higher." -Facts @{ domain_controllers = $seen.total } }
    return New-Pending -Message "Waiting for $($late -join ', ')." -Done ($seen.total - $late.Count) -Total $seen.total -NextSeconds 120 -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}
