# Public folders: replica lists and item counts, by path.

# Folders that every server keeps for itself, with all below them; they have no business in a replica list. They lie at the
# top of the system folders (StoreEvents and OWAScratchPad with the server's GUID) and nowhere else: an 'Internal' or
# 'Default Forms' in the tree of the users is a folder like any other.
function Test-OwnFolder {
    param([string]$Path)
    if ($Path -match '^\\*NON_IPM_SUBTREE\\+(globalevents|Internal)(\\|$)') { return $true }
    return $Path -match '^\\*(NON_IPM_SUBTREE\\+)?((StoreEvents|OWAScratchPad)(\{[^\\]*\})?|schema-root|Events Root)(\\|$)'
}

# 'SCHEDULE+ FREE BUSY\EX:/o=x' however the cmdlet writes the path.
function Get-PlainPath {
    param([string]$Path)
    return (($Path -replace '^\\+', '') -replace '^NON_IPM_SUBTREE\\?', '').ToLower()
}

# What the database of a replica may be called: its name, and before 2010 'SERVER\NAME' as well, because Setup calls the one
# of every server 'Public Folder Database'. A server has one at most, in whatever storage group.
function Get-ReplicaNames {
    param($Replica)
    @("$Replica" -split '\\')[-1]
    $part = '((?:[^,\\]|\\.)+)'
    if ("$($Replica.DistinguishedName)" -match "^CN=$part,CN=$part,CN=InformationStore,CN=$part,") {
        @($matches[3], $matches[1] | ForEach-Object { $_ -replace '\\(.)', '$1' }) -join '\'
    }
}

# { path: names of replica databases, in every form } of a tree below a top folder, the top folder itself when it has replicas.
function Get-ReplicaMap {
    param([string]$Top, [string]$Server)
    $map = @{}
    foreach ($folder in @(Get-PublicFolder -Identity $Top -Recurse -Server $Server -ResultSize Unlimited -ErrorAction Stop)) {
        if (-not $folder -or (Test-OwnFolder "$($folder.Identity)")) { continue }
        $replicas = @(@($folder.Replicas) | Where-Object { "$_" } | ForEach-Object { Get-ReplicaNames $_ })
        if ($replicas.Count) { $map["$($folder.Identity)"] = $replicas }
    }
    return $map
}

# Paths below the top folders whose replicas name a database.
function Get-FoldersWith {
    param($Tops, [string]$Server, [string]$Database)
    foreach ($top in @($Tops)) {
        $map = Get-ReplicaMap -Top $top -Server $Server
        foreach ($path in @($map.Keys)) { if ($map[$path] -contains $Database) { $path } }
    }
}

# Paths below the top folders whose replicas lack a database.
function Get-FoldersWithout {
    param($Tops, [string]$Server, [string]$Database)
    foreach ($top in @($Tops)) {
        $map = Get-ReplicaMap -Top $top -Server $Server
        foreach ($path in @($map.Keys)) { if ($map[$path] -notcontains $Database) { $path } }
    }
}

# The distinguished name of a database, as the replica list of a folder has it: the one name that every shell finds it by.
function Get-ReplicaDn {
    param([string]$Path, [string]$Server, [string]$Database)
    $folder = Get-PublicFolder -Identity $Path -Server $Server -ErrorAction Stop
    return @(@($folder.Replicas) | Where-Object { "$_" -and @(Get-ReplicaNames $_) -contains $Database } | ForEach-Object { "$($_.DistinguishedName)" })[0]
}

# Takes a database out of the replica lists of folders, by their paths; the last replica of a folder stays.
function Remove-Replica {
    param($Paths, [string]$Server, [string]$Database, [hashtable]$Pinned)
    foreach ($path in @(Get-NameList $Paths)) {
        $folder = Find-Object { Get-PublicFolder -Identity $path -Server $Server -ErrorAction Stop }
        if (-not $folder) { continue }
        $all = @(@($folder.Replicas) | Where-Object { "$_" })
        $left = @($all | Where-Object { @(Get-ReplicaNames $_) -notcontains $Database } | ForEach-Object { "$($_.DistinguishedName)" })
        if ($left.Count -and $left.Count -lt $all.Count) { Set-PublicFolder -Identity $path -Replicas $left -Server $Server @Pinned -Confirm:$false -ErrorAction Stop }
    }
}

# { plain path: items } that a server's public folder database holds. The cmdlet of 2007 knows no limit of results.
function Get-ItemCounts {
    param([string]$Server, [string]$Version = '2010')
    $counts = @{}
    $all = @{}
    if ($Version -ne '2007') { $all.ResultSize = 'Unlimited' }
    foreach ($entry in @(Get-PublicFolderStatistics -Server $Server @all -ErrorAction Stop)) {
        if (-not $entry) { continue }
        $path = "$($entry.FolderPath)"
        if (-not $path) { $path = "$($entry.Name)" }
        if (Test-OwnFolder $path) { continue }
        $counts[(Get-PlainPath $path)] = [int]$entry.ItemCount
    }
    return $counts
}

# { plain path: items } of the instances on an Exchange 2003 server, which no cmdlet reads: its own WMI provider shows
# them. A slash within a folder's name is written as the character F8FF there.
function Get-LegacyItemCounts {
    param([string]$Server)
    $counts = @{}
    foreach ($folder in @(Get-WmiObject -ComputerName $Server -Namespace 'root\MicrosoftExchangeV2' -Class 'Exchange_PublicFolder' -ErrorAction Stop)) {
        if (-not $folder -or $folder.HasLocalReplica -eq $false) { continue }
        $path = "$($folder.Path)".Trim('/') -replace '/', '\'
        $path = ($path -replace '_xF8FF_', '/').Replace([string][char]0xF8FF, '/')
        if (Test-OwnFolder $path) { continue }
        $counts[(Get-PlainPath $path)] = [int]$folder.MessageCount
    }
    return $counts
}

# How far the content of the folders below the tops has come on a new server: { done, total, behind }. From are 2007
# servers, Legacy 2003 ones; Version is that of this shell.
function Measure-Content {
    param($Tops, [string[]]$From, [string]$To, [string]$Database, [string[]]$Legacy, [string]$Version = '2010')
    $old = @{}
    foreach ($server in @(Get-NameList $From) + @(Get-NameList $Legacy)) {
        if (@(Get-NameList $Legacy) -contains $server) { $counts = Get-LegacyItemCounts -Server $server }
        else { $counts = Get-ItemCounts -Server $server -Version $Version }
        foreach ($path in @($counts.Keys)) { if (-not $old.ContainsKey($path) -or $old[$path] -lt $counts[$path]) { $old[$path] = $counts[$path] } }
    }
    $new = Get-ItemCounts -Server $To -Version $Version
    $done = 0; $total = 0; $behind = @()
    foreach ($top in @($Tops)) {
        $map = Get-ReplicaMap -Top $top -Server $To
        foreach ($path in @($map.Keys)) {
            $plain = Get-PlainPath $path
            if (-not $old.ContainsKey($plain)) { continue }
            $total++
            if ($map[$path] -contains $Database -and $new.ContainsKey($plain) -and $new[$plain] -ge $old[$plain]) { $done++ } else { $behind += $path }
        }
    }
    return @{ done = $done; total = $total; behind = $behind }
}
