<#
title: "Routing group connectors to {{ rgc.routing_group }} removed"
scope: rgc
when: "not legacy()|selectattr('routing_group', 'equalto', rgc.routing_group)|selectattr('keep')|list"
effect: convergent
needs:
  # A group without a connector of its own is reached through another's: all old mailboxes have left first.
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
  - move-special-mailboxes
  - drain-legacy-pf-replicas@all
  - gate-drain-legacy-pf-replicas@all
  - remove-legacy-internet-connector
  - gate-cutover-inbound-smtp
  - {kind: gate-decommission, at: "legacy()|selectattr('routing_group', 'equalto', rgc.routing_group)|map(attribute='site')|unique|list"}
vantage: shell
identity: delegated
window: policy
libraries: [directory, routing]
arguments:
  group: rgc.routing_group
estimate: {p50: 60, p90: 300}
rights: ["Organization Management (2007: Exchange Organization Administrators)"]
impact: "mail and public folder referrals between {{ rgc.routing_group }} and the new servers end"
order: 16
failures:
  - {match: "version|can't be modified|read-only", class: permanent, means: "The connector was last edited by another version's tools.", do: "Delete it in Exchange System Manager, then 'exmigrate retry'."}
#>
# Both directions between the new servers' routing group and this old one. Connectors between two old groups stay for a
# person in Exchange System Manager (remove-legacy-routing-groups). Rollback makes the pair again, as it was.

# What is there of the pair, as Rollback needs it: a list of { way, name, sources, targets, cost, referrals }.
function Get-Ways {
    param($a)
    $pair = Get-ConnectorPair -Group $a.group -Pinned (Get-PinnedDc $a)
    foreach ($way in 'out', 'back') {
        if (-not $pair[$way]) { continue }
        @{
            way = $way; name = "$($pair[$way].Name)"; dn = "$($pair[$way].DistinguishedName)"; cost = [int]$pair[$way].Cost
            sources = @(Get-ServerNames $pair[$way].SourceTransportServers); targets = @(Get-ServerNames $pair[$way].TargetTransportServers)
            referrals = [bool]$pair[$way].PublicFolderReferralsEnabled
        }
    }
}

function Check {
    param($a)
    $found = @(Get-Ways $a)
    if (-not $found.Count) { return New-Satisfied -Message "No connector leads to or from $($a.group)." }
    return New-Needed -Message "To remove: $(@($found | ForEach-Object { $_.dn }) -join '; ')." -Before @{ connectors = $found }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($way in @(Get-Ways $a)) { Remove-RoutingGroupConnector -Identity $way.dn @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "The connectors to and from $($a.group) are removed."
}

# The directory's own word; and a message that still waits for the group would wait until it is returned.
function Verify {
    param($a)
    $pair = Read-ConnectorPair -Group $a.group -Dc $a.dc
    if ($pair.out -or $pair.back) { return New-Failed -Message "A connector with $($a.group) is still there." }
    foreach ($queue in @(Get-Queue -ResultSize Unlimited -ErrorAction Stop)) {
        if ($queue -and "$($queue.NextHopDomain)" -eq $a.group -and [int]$queue.MessageCount) { return New-Pending -Message "$($queue.MessageCount) messages wait for $($a.group)." -Done 0 -Total ([int]$queue.MessageCount) -NextSeconds 120 }
    }
    return New-Verified -Message "No connector leads to or from $($a.group), no message waits for it."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = @(Get-Ways $a | ForEach-Object { $_.way })
    foreach ($old in @($a.before.connectors)) {
        if (-not $old -or $there -contains $old.way) { continue }
        [void](New-RoutingGroupConnector -Name $old.name -SourceTransportServers @($old.sources) -TargetTransportServers @($old.targets) -Cost ([int]$old.cost) -Bidirectional $false -PublicFolderReferralsEnabled ([bool]$old.referrals) @pinned -Confirm:$false -ErrorAction Stop)
    }
    return New-Applied -Message "The connectors to and from $($a.group) are back."
}
