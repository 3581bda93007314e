<#
title: "Replication of the permissions in {{ domain.name }}"
scope: domain
when: "has_legacy and domain.exchange"
effect: read
needs: [prepare-legacy-permissions@domain]
vantage: AD
identity: delegated
libraries: [legacy]
arguments:
  domain: domain.name
estimate: {p50: 1800, p90: 86400}
rights: ["read on every domain controller of the domain"]
order: 19
failures:
  - {match: "not operational|unavailable", class: transient, means: "A domain controller does not answer.", do: "Bring it back, or remove what is left of it from the directory (ntdsutil metadata cleanup)."}
#>
# A domain whose permissions have not reached every domain controller must not see the new schema; nor may replication have
# a failure that would hold it back later.

function Measure-Permission {
    param($a)
    $names = @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)
    return Measure-EveryDc -Names $names -Wanted 1 -Read { param($dc) [int](Test-LegacyPermission -Domain $a.domain -Dc $dc) }
}

# Controllers with failures in the summary of repadmin, which comes with the tools that AD preparation needs. Numbers only:
# its words are translated.
function Get-ReplicationFailures {
    if (-not (Get-Command repadmin.exe -ErrorAction SilentlyContinue)) { return }
    foreach ($line in @(& repadmin /replsummary)) {
        if ("$line" -match '^\s*(\S+)\s.*\s(\d+)\s*/\s*\d+\s+\d+' -and [int]$matches[2] -gt 0) { $matches[1] }
    }
}

function Check {
    param($a)
    $seen = Measure-Permission $a
    $late = @($seen.behind) + @($seen.unreached)
    $failed = @(Get-ReplicationFailures)
    if (-not $late.Count -and $failed.Count) { return New-Needed -Message "The permission is on all domain controllers of $($a.domain), but repadmin shows failures of $($failed -join ', ')." -Facts @{ failed = $failed } }
    if (-not $late.Count) { return New-Satisfied -Message "All $($seen.total) domain controllers of $($a.domain) show the permission." }
    return New-Needed -Message (Get-LaggardText 'Not on' $seen.behind $seen.unreached) -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}

function Verify {
    param($a)
    $seen = Measure-Permission $a
    $late = @($seen.behind) + @($seen.unreached)
    $failed = @(Get-ReplicationFailures)
    if (-not $late.Count -and $failed.Count) { return New-Pending -Message "repadmin shows replication failures of $($failed -join ', ')." -Done 0 -Total $failed.Count -NextSeconds 300 -Facts @{ failed = $failed } }
    if (-not $late.Count) { return New-Verified -Message "All $($seen.total) domain controllers of $($a.domain) show the permission." -Facts @{ domain_controllers = $seen.total } }
    return New-Pending -Message "Waiting for $($late -join ', ')." -Done ($seen.total - $late.Count) -Total $seen.total -NextSeconds 120 -Facts @{ behind = @($seen.behind); unreached = @($seen.unreached) }
}
