<#
title: "Connector {{ rgc.name }} with {{ rgc.routing_group }}"
scope: rgc
when: "not rgc.first and not rgc.existing"
effect: convergent
needs:
  - {kind: install-hub, at: "first_hub.name if first_hub else ''"}
  - {kind: install-hub, at: "rgc.sources|list"}
  - suppress-link-state@all
  - gate-suppress-link-state@all
vantage: shell
identity: delegated
window: policy
libraries: [directory, routing]
arguments:
  name: rgc.name
  group: rgc.routing_group
  sources: "rgc.sources|list"
  targets: "rgc.targets|list"
  cost: rgc.cost
  referrals: rgc.public_folder_referrals
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "Exchange Full Administrator of the legacy administrative group"]
impact: "mail between {{ rgc.routing_group }} and the new Hubs takes the direct way"
order: 13
failures:
  - {match: "routing group", class: permanent, means: "A server named in the plan is in another routing group.", do: "Compare 'mail_flow.routing_group_connectors' with System Manager; all servers of one end are of one routing group."}
  - {match: "already exists", class: permanent, means: "A connector of that name leads elsewhere.", do: "Give it another name in 'mail_flow.routing_group_connectors'."}
#>
# Never before every legacy server has its minor link state updates off: two ways between the routing models make loops.

function Check {
    param($a)
    $pair = Get-ConnectorPair -Group $a.group -Pinned (Get-PinnedDc $a)
    if (-not $pair.out -and -not $pair.back) { return New-Needed -Message "There is no connector with $($a.group)." }
    if (-not $pair.out -or -not $pair.back) { return New-Blocked -Message "The connector with $($a.group) leads one way only. Remove it by hand, or make the other way." }
    $faults = @(Get-PairFaults (Get-Ends $pair) $a.sources $a.targets)
    if ($faults.Count) { return New-Blocked -Message "$($pair.out.Name) exists: $($faults -join '; '). Call it 'existing' in the plan, or remove it." }
    return New-Satisfied -Message "$($pair.out.Name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', ')."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    if ($pair.out -and $pair.back) { return New-Applied -Message "$($pair.out.Name) was made already." }
    [void](New-RoutingGroupConnector -Name $a.name -SourceTransportServers @($a.sources) -TargetTransportServers @($a.targets) -Cost $a.cost -BiDirectional $true -PublicFolderReferralsEnabled ([bool]$a.referrals) @pinned -Confirm:$false -ErrorAction Stop)
    return New-Applied -Message "$($a.name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', '), both ways."
}

function Verify { param($a) return Confirm-ConnectorPair $a }

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    foreach ($way in 'out', 'back') {
        if ($pair[$way]) { Remove-RoutingGroupConnector -Identity "$($pair[$way].DistinguishedName)" @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "The connectors with $($a.group) are removed."
}
