<#
title: "Move the clustered mailbox server {{ server.name }} to {{ server.clustered.successor }}, which has the service pack"
scope: server
when: >-
  server.source and server.clustered and medium('2007')
  and (server.service_pack in ['RTM', 'SP1'] or planned('patch-2007-servers'))
effect: convergent
reversibility: forward-only
reason: "Once it is upgraded it runs on no node with older programs, and each move is an outage of its own."
needs:
  - {kind: patch-2007-servers, at: "[server.clustered.successor]"}
vantage: {shell: E07, host: "server.clustered.successor"}
identity: delegated
check: when-ready
window: policy
libraries: [setup, directory, clusters]
arguments:
  cluster: server.name
  node: server.clustered.successor
  build: medium('2007').build
  copies: "server.cluster == 'CCR'"
estimate: {p50: 300, p90: 1200}
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "the mailboxes of {{ server.name }} are offline until it is upgraded"
order: 47
failures:
  - {match: "copies .*not healthy", class: transient, means: "The passive node has not caught up with the active one since its restart.", do: "Get-StorageGroupCopyStatus shows which storage group; when all are Healthy, 'exmigrate retry'."}
  - {match: "is not a member|redundant machine|target machine", class: permanent, means: "The node is not one of those that may run the clustered server.", do: "Compare RedundantMachines of Get-MailboxServer with the nodes of the plan."}
#>
# Stopped first: the clustered server of the old service pack does not run on a node with the programs of the new one. It stays
# stopped until /UpgradeCms, which follows at once; one that has the service pack already is left where it is. Moved only by
# Exchange's own cmdlet, which looks at the passive node; the cluster's tools do not.

function Check {
    param($a)
    $found = Get-Clustered -Name $a.cluster -Dc (Get-PinnedDc $a)
    if (-not $found) { return New-Blocked -Message "There is no clustered mailbox server $($a.cluster)." }
    if (Test-ClusterVersion $a) { return New-Satisfied -Message "$($a.cluster) has the service pack and stays on $($found.owner)." -Facts @{ owner = $found.owner; state = $found.state } }
    if ($found.owner -eq $a.node) { return New-Satisfied -Message "$($a.cluster) is on $($a.node)." -Facts @{ owner = $found.owner; state = $found.state } }
    if (@($found.machines) -notcontains $a.node) { return New-Blocked -Message "$($a.node) cannot run $($a.cluster) now; those that can: $(@($found.machines) -join ', ')." }
    $broken = @(); if ($a.copies) { $broken = @(Get-UnhealthyCopies -Name $a.cluster -Dc (Get-PinnedDc $a) -Only @('Failed', 'Suspended', 'Disabled')) }
    if ($broken.Count) { return New-Blocked -Message "Storage group copies on $($a.node) that do not mend by themselves: $($broken -join ', '). Resume-StorageGroupCopy or Update-StorageGroupCopy, then 'exmigrate retry'." }
    return New-Needed -Message "$($a.cluster) is on $($found.owner)." -Before @{ owner = $found.owner; state = $found.state }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = Get-Clustered -Name $a.cluster -Dc $pinned
    if (-not $found) { throw "There is no clustered mailbox server $($a.cluster)." }
    if ($found.owner -eq $a.node) { return New-Applied -Message "$($a.cluster) was on $($a.node) already." }
    if (Test-ClusterVersion $a) { return New-Applied -Message "$($a.cluster) has the service pack and stays on $($found.owner)." }
    Move-Clustered -Name $a.cluster -Node $a.node -Copies $a.copies -Why 'Exchange 2007 service pack' -Dc $pinned -Stop
    return New-Applied -Message "$($a.cluster) is on $($a.node), stopped until it is upgraded."
}

function Verify {
    param($a)
    $found = Get-Clustered -Name $a.cluster -Dc (Get-PinnedDc $a)
    if ($found -and (Test-ClusterVersion $a)) { return New-Verified -Message "$($a.cluster) has the service pack, on $($found.owner)." -Facts @{ owner = $found.owner; state = $found.state } }
    if (-not $found -or $found.owner -ne $a.node) { return New-Failed -Message "$($a.cluster) is on '$($found.owner)', wanted $($a.node)." }
    return New-Verified -Message "$($a.cluster) is on $($a.node)." -Facts @{ owner = $found.owner; state = $found.state }
}
