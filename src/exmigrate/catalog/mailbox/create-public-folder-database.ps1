<#
title: "Public folder database {{ database.name }}"
scope: database
when: "database.target and database.kind == 'public-folder'"
effect: convergent
needs:
  - install-mailbox@server
  - {kind: set-product-key, at: database.server}
vantage: shell
identity: delegated
libraries: [recipients, folders, directory]
arguments:
  version: target.version
  database: database.name
  server: database.server
  group: "'' if target.version == '2010' else database.storage_group or database.name"
  edb: database.edb_path
  logs: database.log_path
  old: "(databases(kind='public-folder', target=false)|map(attribute='server')|select('in', servers(target=false, version='2007')|names)|list + [''])[0]"
  legacy: "(databases(kind='public-folder', target=false)|map(attribute='server')|select('in', servers(target=false, version='2003')|names)|list + [''])[0]"
  # Replicas are given from one site to servers of others: each must be known where that is done.
  sites: "topology.sites|map(attribute='dc')|select|unique|list"
estimate: {p50: 300, p90: 3600}
rights: ["Organization Management (2007: Exchange Organization or Server Administrators)"]
order: 21
failures:
  - {match: "maximum number of databases|edition", class: permanent, means: "Standard mounts five databases, public folder databases included.", do: "Enter an Enterprise key (set-product-key) or plan fewer databases."}
#>
# One a Mailbox server. Setup may have made one in an organization with public folders: it is adopted and renamed. No
# documented cmdlet of 2007 renames one, so there its object is, whose links the directory keeps. The server mounts it by a
# controller of its own domain: there it is made.

function Get-OwnDatabase {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    return @(Get-PublicFolderDatabase -Server $a.server -Status @pinned -ErrorAction Stop) | Where-Object { $_ } | Select-Object -First 1
}

# Plain paths of both trees that a server knows, without what each server keeps for itself.
function Get-Hierarchy {
    param([string]$Server)
    foreach ($top in '\', '\NON_IPM_SUBTREE') {
        foreach ($folder in @(Get-PublicFolder -Identity $top -Recurse -Server $Server -ResultSize Unlimited -ErrorAction SilentlyContinue)) {
            if ($folder -and "$($folder.Identity)" -ne $top -and -not (Test-OwnFolder "$($folder.Identity)")) { Get-PlainPath "$($folder.Identity)" }
        }
    }
}

# Folders with content on an old server that the new one does not know yet.
function Get-UnknownFolders {
    param($a)
    if ($a.old) { $wanted = @(Get-Hierarchy $a.old) } else { $wanted = @((Get-LegacyItemCounts -Server $a.legacy).Keys) }
    $known = @(Get-Hierarchy $a.server)
    return @($wanted | Where-Object { $known -notcontains $_ })
}

# Controllers of the sites that have not heard of the database yet.
function Get-UnawareDcs {
    param($a)
    foreach ($dc in @($a.sites)) {
        $config = Get-NamingContext -Dc $dc -Which 'configurationNamingContext'
        $found = @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchPublicMDB)(cn=$($a.database)))" -Properties 'cn' -Dc $dc | Where-Object { $_ })
        if (-not $found.Count) { $dc }
    }
}

function Check {
    param($a)
    $now = Get-OwnDatabase $a
    if (-not $now) { return New-Needed -Message "$($a.server) has no public folder database." -Before @{ name = '' } }
    if ($now.Name -ne $a.database) { return New-Needed -Message "$($a.server) has $($now.Name), planned $($a.database)." -Before @{ name = "$($now.Name)" } }
    if (-not $now.Mounted) { return New-Needed -Message "$($a.database) is not mounted." -Before @{ name = "$($now.Name)" } }
    return New-Satisfied -Message "$($a.database) is mounted on $($a.server)."
}

function Rename-OwnDatabase {
    param($a, $Database, [string]$Name)
    $pinned = Get-ServerPin $a $a.server
    if ($a.version -eq '2007') {
        $entry = [ADSI](Get-LdapPath -Name "$($Database.DistinguishedName)" -Dc $pinned.DomainController)
        $entry.psbase.Rename("CN=$Name")
    }
    else { Set-PublicFolderDatabase -Identity $Database.Name -Name $Name @pinned -Confirm:$false -ErrorAction Stop }
}

function New-OwnDatabase {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $given = @{ Name = $a.database }
    if ($a.edb) { $given.EdbFilePath = $a.edb }
    if ($a.version -eq '2007') {
        $group = "$($a.server)\$($a.group)"
        if (-not (Find-Object { Get-StorageGroup -Identity $group @pinned -ErrorAction Stop })) {
            $folders = @{}
            if ($a.logs) { $folders = @{ LogFolderPath = $a.logs; SystemFolderPath = $a.logs } }
            [void](New-StorageGroup -Name $a.group -Server $a.server @folders @pinned -Confirm:$false -ErrorAction Stop)
        }
        [void](New-PublicFolderDatabase -StorageGroup $group @given @pinned -ErrorAction Stop)
    }
    else {
        if ($a.logs) { $given.LogFolderPath = $a.logs }
        [void](New-PublicFolderDatabase -Server $a.server @given @pinned -Confirm:$false -ErrorAction Stop)
    }
}

function Apply {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $now = Get-OwnDatabase $a
    if (-not $now) { New-OwnDatabase $a }
    elseif ($now.Name -ne $a.database) { Rename-OwnDatabase $a $now $a.database }
    $now = Get-OwnDatabase $a
    if (-not $now -or -not $now.Mounted) {
        for ($attempt = 1; ; $attempt++) {
            try { Mount-Database -Identity "$((Get-OwnDatabase $a).Identity)" @pinned -Confirm:$false -ErrorAction Stop; break }
            catch { if ($attempt -ge 12) { throw }; Start-Sleep -Seconds 10 }
        }
    }
    if ($a.version -eq '2007') { Update-PublicFolderHierarchy -Server $a.server @pinned -ErrorAction Stop }
    else { Update-PublicFolderHierarchy -Server $a.server @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.database) is mounted; the hierarchy is on its way."
}

# What Setup of 2007 made lies where Setup put it: whoever wants it elsewhere moves it, best while it is small.
function Get-PlaceRemark {
    param($a, $Database)
    $now = "$($Database.EdbFilePath)"
    if (-not $a.edb -or -not $now -or $now -eq $a.edb) { return '' }
    return " Its file is $now and not $($a.edb), because Setup made it: move it in the management console (Move Database Path, and Move Storage Group Path for its logs) before folders are replicated."
}

# Mounted, and it knows every folder that an old server shows; of 2003, each that has content there.
function Verify {
    param($a)
    $now = Get-OwnDatabase $a
    if (-not $now -or -not $now.Mounted -or $now.Name -ne $a.database) { return New-Failed -Message "$($a.database) is not mounted on $($a.server)." }
    $unaware = @(Get-UnawareDcs $a)
    if ($unaware.Count) { return New-Pending -Message "$($a.database) is not known yet at $($unaware -join ', ')." -Done (@($a.sites).Count - $unaware.Count) -Total @($a.sites).Count -NextSeconds 120 }
    $elsewhere = Get-PlaceRemark $a $now
    if (-not $a.old -and -not $a.legacy) { return New-Verified -Message "$($a.database) is mounted.$elsewhere" }
    $unknown = @(Get-UnknownFolders $a)
    if ($unknown.Count) { return New-Pending -Message "$($unknown.Count) folders have not arrived, such as '$($unknown[0])'." -Done 0 -Total $unknown.Count -NextSeconds 120 }
    return New-Verified -Message "$($a.database) is mounted and knows the folders of $(@(Get-NameList $a.old, $a.legacy)[0]).$elsewhere"
}

function Rollback {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $now = Get-OwnDatabase $a
    if (-not $now) { return New-Applied -Message "$($a.server) has no public folder database." }
    if ($a.before.name) {
        if ($now.Name -ne $a.before.name) { Rename-OwnDatabase $a $now $a.before.name }
        return New-Applied -Message "$($a.before.name) stays, as it was found."
    }
    Remove-PublicFolderDatabase -Identity "$($now.Identity)" @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
    return New-Applied -Message "$($a.database) is removed; its files stay on the disk."
}
