<#
title: "Replication of {{ domain.name }} after the 2007 service pack's preparation"
scope: domain
when: "domain.exchange and (servers(version='2007', target=false)|selectattr('service_pack', 'in', ['RTM', 'SP1'])|list|length > 0 or planned('patch-2007-servers')) and medium('2007')"
effect: read
needs: [prepare-2007-sp-domain@domain]
vantage: AD
identity: delegated
arguments:
  domain: domain.name
  level: "11221"
estimate: {p50: 1800, p90: 86400}
rights: ["read on every domain controller"]
order: 45
failures:
  - {match: "not operational|unavailable", class: transient, means: "A domain controller does not answer.", do: "Bring it back, or remove what is left of it from the directory (ntdsutil metadata cleanup)."}
#>
# Setup of a server reads the system objects of its domain on the domain controller of its site.

function Measure-Level {
    param($a)
    $names = @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)
    return Measure-EveryDc -Names $names -Wanted $a.level -Read { param($dc) Get-DomainLevel -Domain $a.domain -Dc $dc }
}

function Check {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Satisfied -Message "All $($seen.total) domain controllers have the system objects of this domain at $($a.level) or higher." }
    return New-Needed -Message (Get-LaggardText 'Behind' $seen.behind $seen.unreached) -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}

function Verify {
    param($a)
    $seen = Measure-Level $a
    $late = @($seen.behind) + @($seen.unreached)
    if (-not $late.Count) { return New-Verified -Message "All $($seen.total) domain controllers have the system objects of this domain at $($a.level) or higher." -Facts @{ domain_controllers = $seen.total } }
    return New-Pending -Message "Waiting for $($late -join ', ')." -Done ($seen.total - $late.Count) -Total $seen.total -NextSeconds 120 -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}
