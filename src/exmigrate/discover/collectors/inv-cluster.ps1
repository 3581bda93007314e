<#
title: "High availability of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
# The cluster answers on its nodes; any of them will do.
vantage: {shell: E07, host: "server.clustered.active if server.clustered else server.name"}
identity: delegated
libraries: [clusters]
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
# CCR and SCC by what the server says of its storage, LCR and SCR by its storage groups; empty where there is none of them.
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $server = Get-MailboxServer -Identity $a.server @pinned -ErrorAction Stop
    $value = @{ kind = ''; machines = @(); owner = ''; state = ''; copies = @() }
    switch ("$($server.ClusteredStorageType)") { 'NonShared' { $value.kind = 'CCR' } 'Shared' { $value.kind = 'SCC' } }
    if ($value.kind) {
        $value.machines = @($server.RedundantMachines | ForEach-Object { "$_" })
        $found = Get-Clustered -Name $a.server -Dc $pinned
        if ($found) { $value.owner = $found.owner; $value.state = $found.state }
    }
    else {
        foreach ($group in @(Get-StorageGroup -Server $a.server @pinned -ErrorAction Stop)) {
            if (-not $group) { continue }
            if ($group.HasLocalCopy) { $value.kind = 'LCR' }
            if (-not $value.kind -and @($group.StandbyMachines | Where-Object { $_ }).Count) { $value.kind = 'SCR' }
        }
    }
    if ($value.kind -eq 'CCR' -or $value.kind -eq 'LCR') {
        foreach ($copy in @(Get-StorageGroupCopyStatus -Server $a.server @pinned -ErrorAction Stop)) {
            if ($copy) { $value.copies += @{ StorageGroupName = "$($copy.StorageGroupName)"; SummaryCopyStatus = "$($copy.SummaryCopyStatus)" } }
        }
    }
    return New-Satisfied -Message "'$($value.kind)', on '$($value.owner)'." -Facts @{ value = $value }
}
