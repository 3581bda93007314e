<#
title: "{{ server.name }} in its availability group"
scope: server
when: "server.target and server.name in topology.dags|map(attribute='members')|sum(start=())"
effect: once
needs:
  - create-dag@site
  - install-mailbox@server
  - install-update-rollup@server
  - kind: add-dag-member
    at: "((topology.dags|map(attribute='members')|sum(start=()))[:(topology.dags|map(attribute='members')|sum(start=())).index(server.name)])|list"
vantage: E10
identity: delegated
window: policy
arguments:
  server: server.name
  dags: "topology.dags|list|plain"
estimate: {p50: 900, p90: 1800}
reboot: maybe
rights: ["Organization Management", "local administrator"]
order: 14
failures:
  - {match: "Enterprise|edition of Windows", class: permanent, means: "Failover clustering needs Windows Enterprise.", do: "This server cannot be a member: plan another."}
  - {match: "Network Load Balancing", class: permanent, means: "Windows NLB and failover clustering exclude each other.", do: "Remove NLB from this server."}
#>
# Installs Failover-Clustering and joins the cluster: one member at a time, never twice.

function Get-DagName {
    param($a)
    foreach ($dag in @($a.dags)) { if (@($dag.members) -contains $a.server) { return $dag.name } }
}

function Test-Member {
    param($a)
    $pinned = Get-PinnedDc $a
    $dag = Find-Object { Get-DatabaseAvailabilityGroup -Identity (Get-DagName $a) @pinned -ErrorAction Stop }
    if (-not $dag) { return $false }
    return @(@($dag.Servers) | ForEach-Object { Get-HostPart "$_" }) -contains $a.server.ToUpper()
}

function Check {
    param($a)
    if (Test-Member $a) { return New-Satisfied -Message "$($a.server) is a member of $(Get-DagName $a)." }
    return New-Needed -Message "$($a.server) is no member of $(Get-DagName $a)."
}

function Apply {
    param($a)
    if (Test-Member $a) { return New-Applied -Message "$($a.server) was a member already." }
    $pinned = Get-PinnedDc $a
    Add-DatabaseAvailabilityGroupServer -Identity (Get-DagName $a) -MailboxServer $a.server @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.server) joined $(Get-DagName $a)."
}

function Verify {
    param($a)
    if (-not (Test-Member $a)) { return New-Failed -Message "$($a.server) is no member of $(Get-DagName $a)." }
    $bad = @(Test-ReplicationHealth -Identity $a.server -Confirm:$false -ErrorAction Stop | Where-Object { $_ -and "$($_.Result)" -eq '*FAILED*' } | ForEach-Object { "$($_.Check)" })
    if ($bad.Count) { return New-Pending -Message "Not healthy yet: $($bad -join ', ')." -Done 0 -Total $bad.Count -NextSeconds 60 }
    return New-Verified -Message "$($a.server) is a healthy member of $(Get-DagName $a)."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Test-Member $a) { Remove-DatabaseAvailabilityGroupServer -Identity (Get-DagName $a) -MailboxServer $a.server @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.server) left $(Get-DagName $a)."
}
