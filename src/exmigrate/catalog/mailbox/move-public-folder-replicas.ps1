<#
title: "Public folder replicas off {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2007' and not server.keep and public_folders.present and public_folders.target_databases
  and databases(server=server.name, kind='public-folder', target=false)
effect: convergent
needs:
  - replicate-public-folders
  - replicate-system-folders
  - move-oab
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'equalto', '2007')|names"}
vantage: {shell: E10, host: "topology.database_by_name[public_folders.target_databases|first].server"}
identity: delegated
check: when-ready
run: job
libraries: [folders, scripts]
arguments:
  server: server.name
  target: "topology.database_by_name[public_folders.target_databases|first].server"
  database: "(databases(server=server.name, kind='public-folder', target=false)|first).name"
estimate: {p50: 86400, p90: 1209600}
rights: ["Organization Management or Public Folder Management"]
impact: "none: clients are referred to the new replicas"
order: 53
failures:
  - {match: "network|server is unavailable|MapiException", class: transient, means: "A store did not answer.", do: "Nothing: it is tried again."}
#>
# Only after the mailboxes: OWA 2007 looks for a replica of its own version. The script edits lists at once; content drains
# for hours, and only instances on the old server tell when it is over.

function Get-Instances {
    param($a)
    $counts = Get-ItemCounts -Server $a.server
    return @($counts.Keys)
}

function Get-Listed {
    param($a)
    foreach ($top in '\', '\NON_IPM_SUBTREE') {
        $map = Get-ReplicaMap -Top $top -Server $a.target
        foreach ($path in @($map.Keys)) { if ($map[$path] -contains $a.database) { $path } }
    }
}

function Check {
    param($a)
    $listed = @(Get-Listed $a); $instances = @(Get-Instances $a)
    if (-not $listed.Count -and -not $instances.Count) { return New-Satisfied -Message "$($a.server) holds no replica." }
    return New-Needed -Message "$($a.database) is named by $($listed.Count) folders, $($instances.Count) instances are on $($a.server)." -Before @{ listed = $listed }
}

function Apply {
    param($a)
    if (@(Get-Listed $a).Count) {
        Invoke-ExchangeScript -Name 'MoveAllReplicas.ps1' -Parameters @{ Server = $a.server; NewServer = $a.target } | ForEach-Object { Write-Host "$_" }
    }
    return New-Applied -Message "The replica lists name $($a.target); the content drains."
}

function Verify {
    param($a)
    $listed = @(Get-Listed $a)
    if ($listed.Count) { return New-Failed -Message "$($listed.Count) folders still name $($a.database), such as $($listed[0])." }
    $instances = @(Get-Instances $a)
    if ($instances.Count) { return New-Pending -Message "$($instances.Count) instances are still on $($a.server), such as $($instances[0])." -Done 0 -Total $instances.Count -NextSeconds 300 }
    return New-Verified -Message "$($a.server) holds no instance any more."
}

# While the content is still on the old disk it is back at once; later it replicates back.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($path in @(Get-NameList $a.before.listed)) {
        $folder = Find-Object { Get-PublicFolder -Identity $path -Server $a.target -ErrorAction Stop }
        if (-not $folder) { continue }
        $replicas = @(@($folder.Replicas) | Where-Object { "$_" } | ForEach-Object { @("$_" -split '\\')[-1] })
        if ($replicas -notcontains $a.database) { Set-PublicFolder -Identity $path -Replicas ($replicas + $a.database) -Server $a.target @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$($a.server) is in the replica lists again."
}
