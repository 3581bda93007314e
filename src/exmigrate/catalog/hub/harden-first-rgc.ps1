<#
title: "Bridgeheads of the first connector to {{ rgc.routing_group }}"
scope: rgc
when: "rgc.first and not rgc.existing"
effect: convergent
needs:
  - {kind: install-hub, at: "first_hub.name if first_hub else ''"}
  - {kind: install-hub, at: "rgc.sources|list"}
vantage: shell
identity: delegated
libraries: [directory, routing]
arguments:
  group: rgc.routing_group
  sources: "rgc.sources|list"
  targets: "rgc.targets|list"
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "Exchange Full Administrator of the legacy administrative group"]
impact: "none: mail between the versions gets more ways"
order: 12
failures:
  - {match: "routing group", class: permanent, means: "A server named in the plan is in another routing group.", do: "Compare 'mail_flow.routing_group_connectors' with System Manager; all servers of one end are of one routing group."}
#>
# Setup made the pair with one Hub and one legacy bridgehead; each end gets all the servers that the plan names.

function Check {
    param($a)
    $pair = Get-ConnectorPair -Group $a.group -Pinned (Get-PinnedDc $a)
    if (-not $pair.out -or -not $pair.back) { return New-Blocked -Message "There is no connector pair with $($a.group): Setup of the first Hub makes it (/LegacyRoutingServer). Make it by hand with New-RoutingGroupConnector -BiDirectional `$true." }
    $ends = Get-Ends $pair
    $faults = @(Get-PairFaults $ends $a.sources $a.targets)
    if (-not $faults.Count) { return New-Satisfied -Message "$($pair.out.Name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', ')." }
    return New-Needed -Message "$($pair.out.Name): $($faults -join '; ')." -Before $ends
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    Set-ConnectorEnds $pair.out $a.sources $a.targets $pinned
    Set-ConnectorEnds $pair.back $a.targets $a.sources $pinned
    return New-Applied -Message "$($pair.out.Name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', '), both ways."
}

# The attributes themselves, by LDAP: what every bridgehead reads.
function Verify {
    param($a)
    $faults = @(Get-PairFaults (Read-ConnectorPair -Group $a.group -Dc $a.dc) $a.sources $a.targets)
    if ($faults.Count) { return New-Failed -Message "Connector with $($a.group): $($faults -join '; ')." }
    return New-Verified -Message "The pair with $($a.group) names $(@($a.sources) -join ', ') and $(@($a.targets) -join ', ')."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    foreach ($way in 'out', 'back') {
        if ($pair[$way] -and $a.before[$way]) { Set-ConnectorEnds $pair[$way] $a.before[$way].sources $a.before[$way].targets $pinned }
    }
    return New-Applied -Message "The connectors with $($a.group) have their old servers."
}
