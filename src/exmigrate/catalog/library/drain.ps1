# An old server's public folder database is emptied: its replica lists are edited at once, its content drains for hours.
# Needs 'folders' and 'scripts'; $a is { server, database, target, before, dc }, instances are the paths that still lie on
# the old server, told by whatever can read its version. The database is 'SERVER\NAME'.

$AllFolders = '\', '\NON_IPM_SUBTREE'

function Test-Drained {
    param($a, $Instances)
    $listed = @(Get-FoldersWith -Tops $AllFolders -Server $a.target -Database $a.database)
    $left = @($Instances | Where-Object { $_ })
    if (-not $listed.Count -and -not $left.Count) { return New-Satisfied -Message "$($a.server) holds no replica." }
    return New-Needed -Message "$($a.database) is named by $($listed.Count) folders, $($left.Count) instances are on $($a.server)." -Before (Get-Listing $a $listed)
}

# What a way back needs: which folders named the database, and its name for every shell.
function Get-Listing {
    param($a, $Listed)
    if (-not $Listed.Count) { return @{ listed = @(); dn = '' } }
    return @{ listed = $Listed; dn = Get-ReplicaDn -Path $Listed[0] -Server $a.target -Database $a.database }
}

function Start-Drain {
    param($a)
    if (@(Get-FoldersWith -Tops $AllFolders -Server $a.target -Database $a.database).Count) {
        Invoke-ExchangeScript -Name 'MoveAllReplicas.ps1' -Parameters @{ Server = $a.server; NewServer = $a.target } | ForEach-Object { Write-Host "$_" }
    }
    return New-Applied -Message "The replica lists name $($a.target); the content drains."
}

function Confirm-Drained {
    param($a, $Instances)
    $listed = @(Get-FoldersWith -Tops $AllFolders -Server $a.target -Database $a.database)
    if ($listed.Count) { return New-Failed -Message "$($listed.Count) folders still name $($a.database), such as $($listed[0])." }
    $left = @($Instances | Where-Object { $_ })
    if ($left.Count) { return New-Pending -Message "$($left.Count) instances are still on $($a.server), such as $($left[0])." -Done 0 -Total $left.Count -NextSeconds 300 }
    return New-Verified -Message "$($a.server) holds no instance any more."
}

# While the content is still on the old disk it is back at once; later it replicates back.
function Undo-Drain {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($path in @(Get-NameList $a.before.listed)) {
        $folder = Find-Object { Get-PublicFolder -Identity $path -Server $a.target -ErrorAction Stop }
        if (-not $folder) { continue }
        $replicas = @(@($folder.Replicas) | Where-Object { "$_" } | ForEach-Object { "$($_.DistinguishedName)" })
        if ($replicas -notcontains $a.before.dn) { Set-PublicFolder -Identity $path -Replicas ($replicas + $a.before.dn) -Server $a.target @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$($a.server) is in the replica lists again."
}
