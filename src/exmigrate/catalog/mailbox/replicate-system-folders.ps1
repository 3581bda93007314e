<#
title: "Replicas of the system folders on {{ target.version }}"
scope: organization
when: "public_folders.present and public_folders.target_databases"
effect: convergent
needs:
  - {kind: create-public-folder-database, at: "(topology.databases|selectattr('name', 'in', public_folders.target_databases)|selectattr('site', 'equalto', topology.first_site.name)|list)|names"}
  - {kind: configure-databases, at: "databases(kind='mailbox', target=true)|selectattr('site', 'equalto', topology.first_site.name)|names"}
  - {kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}
vantage: {shell: shell, host: "topology.database_by_key[public_folders.target_databases|first].server"}
identity: delegated
run: job
libraries: [folders, scripts]
arguments:
  tops: "['\\\\NON_IPM_SUBTREE']"
  targets: "(topology.databases|selectattr('name', 'in', public_folders.target_databases)|selectattr('site', 'equalto', topology.first_site.name)|list)|plain"
  version: target.version
  old: "databases(kind='public-folder', target=false)|map(attribute='server')|unique|select('in', servers(target=false, version='2007')|names)|list"
  legacy: "databases(kind='public-folder', target=false)|map(attribute='server')|unique|select('in', servers(target=false, version='2003')|names)|list"
estimate: {p50: 3600, p90: 86400}
rights: ["Organization Management or Public Folder Management (2007: Exchange Public Folder Administrators)"]
impact: "none"
order: 41
failures:
  - {match: "couldn't be found|does not exist", class: permanent, means: "A top folder of the plan does not exist.", do: "Compare Get-PublicFolder -Recurse with 'public_folders.top_folders'."}
  - {match: "RPC server is unavailable|Invalid namespace", class: permanent, means: "The WMI of an Exchange 2003 server does not answer from here.", do: "Let TCP 135 and the dynamic ports through to it, make the account its local administrator, then 'exmigrate retry'."}
  - {match: "network|server is unavailable|MapiException", class: transient, means: "A store did not answer.", do: "Nothing: it is tried again."}
#>
# In the first Internet-facing site only, so that its pilot waits for no other site.
# Free/busy and address book of Outlook 2003 and of old mailboxes live here: before the first move.

function Get-Missing {
    param($a)
    $missing = @{}
    foreach ($target in @($a.targets)) {
        $without = @(Get-FoldersWithout -Tops $a.tops -Server $target.server -Database $target.name)
        if ($without.Count) { $missing[$target.name] = $without }
    }
    return $missing
}

function Check {
    param($a)
    $missing = Get-Missing $a
    if (-not $missing.Count) { return New-Satisfied -Message "Every folder has a replica on $(@($a.targets | ForEach-Object { $_.name }) -join ', ')." }
    $counts = @($missing.Keys | ForEach-Object { "$($_): $($missing[$_].Count) folders" })
    return New-Needed -Message "Without replica on $($counts -join '; ')." -Before @{ folders = $missing }
}

function Apply {
    param($a)
    foreach ($target in @($a.targets)) {
        foreach ($top in @($a.tops)) {
            Invoke-ExchangeScript -Name 'AddReplicaToPFRecursive.ps1' -Parameters @{ TopPublicFolder = $top; ServerToAdd = $target.server } | ForEach-Object { Write-Host "$_" }
        }
    }
    return New-Applied -Message 'The replicas are added; their content follows.'
}

# Content, not lists: as many items on the new server as on the old ones.
function Verify {
    param($a)
    $missing = Get-Missing $a
    if ($missing.Count) { return New-Failed -Message "Folders without replica on $(@($missing.Keys) -join ', ')." }
    if (-not (@(Get-NameList $a.old) + @(Get-NameList $a.legacy)).Count) { return New-Verified -Message 'The replicas are in place.' }
    $done = 0; $total = 0; $behind = @()
    foreach ($target in @($a.targets)) {
        $seen = Measure-Content -Tops $a.tops -From $a.old -Legacy $a.legacy -To $target.server -Database $target.name -Version $a.version
        $done += $seen.done; $total += $seen.total; $behind += $seen.behind
    }
    if ($behind.Count) { return New-Pending -Message "$($behind.Count) folders are still being filled, such as $($behind[0])." -Done $done -Total $total -NextSeconds 300 }
    return New-Verified -Message "$total folders hold as many items as on $((@(Get-NameList $a.old) + @(Get-NameList $a.legacy)) -join ', ')." -Facts @{ folders = $total }
}

# Only from the folders that had none: what was replicated there before stays, and so does what was made there since.
function Rollback {
    param($a)
    foreach ($target in @($a.targets)) {
        Remove-Replica -Paths $a.before.folders[$target.name] -Server $target.server -Database $target.name -Pinned (Get-PinnedDc $a)
    }
    return New-Applied -Message 'The replicas are taken off again.'
}
