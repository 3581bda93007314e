<#
title: "Mailbox database {{ database.name }}"
scope: database
when: "database.target and database.kind == 'mailbox'"
effect: convergent
needs:
  - install-mailbox@server
  - create-cas-array@site
  - {kind: set-product-key, at: database.server}
vantage: shell
identity: delegated
libraries: [recipients]
arguments:
  version: target.version
  database: database.name
  server: database.server
  group: "'' if target.version == '2010' else database.storage_group or ('First Storage Group' if database.created_by_setup else database.name)"
  made_by_setup: database.created_by_setup
  edb: database.edb_path
  logs: database.log_path
estimate: {p50: 90, p90: 600}
rights: ["Organization Management (2007: Exchange Organization or Server Administrators)"]
order: 20
failures:
  - {match: "maximum number of databases|edition", class: permanent, means: "Standard mounts five databases (2007: five storage groups too), public folder databases included.", do: "Enter an Enterprise key (set-product-key) or plan fewer databases."}
  - {match: "already exists", class: permanent, means: "Database names are unique in the organization.", do: "Choose another name in the plan."}
#>
# Setup's own first database satisfies this: 2010 names it as planned (/MdbName), 2007 calls it Mailbox Database, so that it
# is renamed. In 2007 a database lies in a storage group of its own. Its system mailbox is made, asked and removed in the domain
# of the server, so that a controller of that domain has to be named.

function Get-Database {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    if ($a.version -eq '2007') {
        # Names are unique on a server only.
        foreach ($database in @(Get-MailboxDatabase -Server $a.server -Status @pinned -ErrorAction Stop)) { if ($database -and "$($database.Name)" -eq $a.database) { return $database } }
    }
    else { Find-Object { Get-MailboxDatabase -Identity $a.database -Status @pinned -ErrorAction Stop } }
}

# The database that Setup of 2007 made and that the plan calls otherwise.
function Get-SetupDatabase {
    param($a)
    if ($a.version -ne '2007' -or -not $a.made_by_setup) { return }
    $pinned = Get-ServerPin $a $a.server
    foreach ($database in @(Get-MailboxDatabase -Server $a.server -Status @pinned -ErrorAction Stop)) { if ($database -and "$($database.Name)" -eq 'Mailbox Database') { return $database } }
}

# A word that every cmdlet takes: in 2007 SERVER\GROUP\NAME.
function Get-DatabaseIdentity {
    param($Database)
    return "$($Database.Identity)"
}

function Check {
    param($a)
    $now = Get-Database $a
    if (-not $now) {
        $other = Get-SetupDatabase $a
        if ($other) { return New-Needed -Message "Setup called it $($other.Name), planned $($a.database)." -Before @{ existed = $true; name = "$($other.Name)" } }
        return New-Needed -Message "There is no database $($a.database)." -Before @{ existed = $false; name = '' }
    }
    if ((Get-HostPart "$($now.Server)") -ne $a.server.ToUpper()) { return New-Blocked -Message "$($a.database) exists on $($now.Server); names are unique in the organization." }
    if (-not $now.Mounted) { return New-Needed -Message "$($a.database) is not mounted." -Before @{ existed = $true; name = '' } }
    return New-Satisfied -Message "$($a.database) is mounted on $($now.Server)."
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
        [void](New-MailboxDatabase -StorageGroup $group @given @pinned -Confirm:$false -ErrorAction Stop)
    }
    else {
        if ($a.logs) { $given.LogFolderPath = $a.logs }
        [void](New-MailboxDatabase -Server $a.server @given @pinned -Confirm:$false -ErrorAction Stop)
    }
}

function Apply {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    if (-not (Get-Database $a)) {
        $other = Get-SetupDatabase $a
        if ($other) { Set-MailboxDatabase -Identity (Get-DatabaseIdentity $other) -Name $a.database @pinned -Confirm:$false -ErrorAction Stop }
        else { New-OwnDatabase $a }
    }
    # The server mounts by its own domain controller, which may hear of the database a little later.
    for ($attempt = 1; ; $attempt++) {
        try {
            $now = Get-Database $a
            if (-not $now.Mounted) { Mount-Database -Identity (Get-DatabaseIdentity $now) @pinned -Confirm:$false -ErrorAction Stop }
            break
        }
        catch { if ($attempt -ge 12) { throw }; Start-Sleep -Seconds 10 }
    }
    return New-Applied -Message "$($a.database) is made and mounted."
}

# The store's own answer to a MAPI logon of the system mailbox.
function Verify {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $now = Get-Database $a
    if (-not $now -or -not $now.Mounted) { return New-Failed -Message "$($a.database) is not mounted." }
    $probe = @(Test-MAPIConnectivity -Database (Get-DatabaseIdentity $now) @pinned -Confirm:$false -ErrorAction Stop) | Select-Object -First 1
    if ($probe -and "$($probe.Result)" -eq 'Success') {
        # A mailbox is moved into it on a controller of its own domain, which has to know the database by then.
        $unaware = @(Get-Unaware $a { param($pin) Get-MailboxDatabase -Identity (Get-DatabaseIdentity $now) @pin -ErrorAction Stop })
        if ($unaware.Count) { return New-Pending -Message "$($a.database) answers; not shown yet by $($unaware -join ', ')." -Done 0 -Total 1 -NextSeconds 60 }
        return New-Verified -Message "$($a.database) is mounted and answers."
    }
    return New-Pending -Message "$($a.database) is mounted and does not answer yet: $($probe.Error)" -Done 0 -Total 1 -NextSeconds 30
}

# While empty: arbitration mailboxes go to another database first (Setup of 2010 puts them on the first one). Files stay.
function Rollback {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $now = Get-Database $a
    if ($a.before.existed -and $a.before.name -and $now) {
        Set-MailboxDatabase -Identity (Get-DatabaseIdentity $now) -Name $a.before.name @pinned -Confirm:$false -ErrorAction Stop
        return New-Applied -Message "$($a.database) is $($a.before.name) again, as Setup called it."
    }
    if ($a.before.existed -or -not $now) { return New-Applied -Message "$($a.database) was not made here." }
    $identity = Get-DatabaseIdentity $now
    # A controller that has not heard of it yet knows nobody in it.
    $mailboxes = @(Find-Recipients $a { param($pin) Get-Mailbox -Database $identity -ResultSize Unlimited @pin -ErrorAction Stop })
    if ($a.version -eq '2010') { $mailboxes += @(Find-Recipients $a { param($pin) Get-Mailbox -Arbitration -Database $identity -ResultSize Unlimited @pin -ErrorAction Stop }) }
    $mailboxes = @($mailboxes | Where-Object { $_ })
    if ($mailboxes.Count) { throw "$($a.database) holds $($mailboxes.Count) mailboxes ($($mailboxes[0].Name), ...); move them first." }
    Dismount-Database -Identity $identity @pinned -Confirm:$false -ErrorAction Stop
    Remove-MailboxDatabase -Identity $identity @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
    if ($a.version -eq '2007') {
        $group = "$($a.server)\$($a.group)"
        $others = @(Get-MailboxDatabase -StorageGroup $group @pinned -ErrorAction Stop) + @(Get-PublicFolderDatabase -StorageGroup $group @pinned -ErrorAction Stop) | Where-Object { $_ }
        if (-not @($others).Count -and $a.group -ne 'First Storage Group') { Remove-StorageGroup -Identity $group @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$($a.database) is removed; its files stay on the disk."
}
