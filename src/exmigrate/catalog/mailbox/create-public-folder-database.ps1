<#
title: "Public folder database {{ database.name }}"
scope: database
when: "database.target and database.kind == 'public-folder'"
effect: convergent
needs:
  - install-mailbox@server
  - {kind: set-product-key, at: database.server}
vantage: E10
identity: delegated
arguments:
  database: database.name
  server: database.server
  edb: database.edb_path
  logs: database.log_path
  old: "(databases(kind='public-folder', target=false)|map(attribute='server')|list + [''])[0]"
estimate: {p50: 300, p90: 3600}
rights: ["Organization Management"]
order: 21
failures:
  - {match: "maximum number of databases|edition", class: permanent, means: "Standard mounts five databases, public folder databases included.", do: "Enter an Enterprise key (set-product-key) or plan fewer databases."}
#>
# One a Mailbox server. Setup may have made one in an organization with public folders: it is adopted and renamed.

function Get-OwnDatabase {
    param($a)
    $pinned = Get-PinnedDc $a
    return @(Get-PublicFolderDatabase -Server $a.server -Status @pinned -ErrorAction Stop) | Where-Object { $_ } | Select-Object -First 1
}

function Measure-Hierarchy {
    param([string]$Server)
    return @(Get-PublicFolder -Identity '\' -Recurse -Server $Server -ResultSize Unlimited -ErrorAction SilentlyContinue | Where-Object { $_ }).Count
}

function Check {
    param($a)
    $now = Get-OwnDatabase $a
    if (-not $now) { return New-Needed -Message "$($a.server) has no public folder database." -Before @{ name = '' } }
    if ($now.Name -ne $a.database) { return New-Needed -Message "$($a.server) has $($now.Name), planned $($a.database)." -Before @{ name = "$($now.Name)" } }
    if (-not $now.Mounted) { return New-Needed -Message "$($a.database) is not mounted." -Before @{ name = "$($now.Name)" } }
    return New-Satisfied -Message "$($a.database) is mounted on $($a.server)."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Get-OwnDatabase $a
    if ($now -and $now.Name -ne $a.database) { Set-PublicFolderDatabase -Identity $now.Name -Name $a.database @pinned -Confirm:$false -ErrorAction Stop }
    elseif (-not $now) {
        $given = @{ Name = $a.database; Server = $a.server }
        if ($a.edb) { $given.EdbFilePath = $a.edb }
        if ($a.logs) { $given.LogFolderPath = $a.logs }
        [void](New-PublicFolderDatabase @given @pinned -Confirm:$false -ErrorAction Stop)
    }
    $now = Get-OwnDatabase $a
    if (-not $now -or -not $now.Mounted) {
        for ($attempt = 1; ; $attempt++) {
            try { Mount-Database -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop; break }
            catch { if ($attempt -ge 12) { throw }; Start-Sleep -Seconds 10 }
        }
    }
    Update-PublicFolderHierarchy -Server $a.server @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.database) is mounted; the hierarchy is on its way."
}

# Mounted, and as many folders as an old server shows.
function Verify {
    param($a)
    $now = Get-OwnDatabase $a
    if (-not $now -or -not $now.Mounted -or $now.Name -ne $a.database) { return New-Failed -Message "$($a.database) is not mounted on $($a.server)." }
    if (-not $a.old) { return New-Verified -Message "$($a.database) is mounted." }
    $wanted = Measure-Hierarchy $a.old; $found = Measure-Hierarchy $a.server
    if ($found -lt $wanted) { return New-Pending -Message "$found of $wanted folders have arrived." -Done $found -Total $wanted -NextSeconds 120 }
    return New-Verified -Message "$($a.database) is mounted and knows $found folders."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Get-OwnDatabase $a
    if (-not $now) { return New-Applied -Message "$($a.server) has no public folder database." }
    if ($a.before.name) {
        if ($now.Name -ne $a.before.name) { Set-PublicFolderDatabase -Identity $now.Name -Name $a.before.name @pinned -Confirm:$false -ErrorAction Stop }
        return New-Applied -Message "$($a.before.name) stays, as it was found."
    }
    Remove-PublicFolderDatabase -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
    return New-Applied -Message "$($a.database) is removed; its files stay on the disk."
}
