<#
title: "Mailbox database {{ database.name }}"
scope: database
when: "database.target and database.kind == 'mailbox'"
effect: convergent
needs:
  - install-mailbox@server
  - create-cas-array@site
  - {kind: set-product-key, at: database.server}
vantage: E10
identity: delegated
arguments:
  database: database.name
  server: database.server
  edb: database.edb_path
  logs: database.log_path
estimate: {p50: 90, p90: 600}
rights: ["Organization Management"]
order: 20
failures:
  - {match: "maximum number of databases|edition", class: permanent, means: "Standard mounts five databases, public folder databases included.", do: "Enter an Enterprise key (set-product-key) or plan fewer databases."}
  - {match: "already exists", class: permanent, means: "Database names are unique in the organization.", do: "Choose another name in the plan."}
#>
# Setup's own first database (/MdbName) satisfies this.

function Get-Database {
    param($a)
    $pinned = Get-PinnedDc $a
    Find-Object { Get-MailboxDatabase -Identity $a.database -Status @pinned -ErrorAction Stop }
}

function Check {
    param($a)
    $now = Get-Database $a
    if (-not $now) { return New-Needed -Message "There is no database $($a.database)." -Before @{ existed = $false } }
    if ((Get-HostPart "$($now.Server)") -ne $a.server.ToUpper()) { return New-Blocked -Message "$($a.database) exists on $($now.Server); names are unique in the organization." }
    if (-not $now.Mounted) { return New-Needed -Message "$($a.database) is not mounted." -Before @{ existed = $true } }
    return New-Satisfied -Message "$($a.database) is mounted on $($now.Server)."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (-not (Get-Database $a)) {
        $given = @{ Name = $a.database; Server = $a.server }
        if ($a.edb) { $given.EdbFilePath = $a.edb }
        if ($a.logs) { $given.LogFolderPath = $a.logs }
        [void](New-MailboxDatabase @given @pinned -Confirm:$false -ErrorAction Stop)
    }
    # The server mounts by its own domain controller, which may hear of the database a little later.
    for ($attempt = 1; ; $attempt++) {
        try { Mount-Database -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop; break }
        catch { if ($attempt -ge 12) { throw }; Start-Sleep -Seconds 10 }
    }
    return New-Applied -Message "$($a.database) is made and mounted."
}

# The store's own answer to a MAPI logon of the system mailbox.
function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Get-Database $a
    if (-not $now -or -not $now.Mounted) { return New-Failed -Message "$($a.database) is not mounted." }
    $probe = @(Test-MAPIConnectivity -Database $a.database @pinned -Confirm:$false -ErrorAction Stop) | Select-Object -First 1
    if ($probe -and "$($probe.Result)" -eq 'Success') { return New-Verified -Message "$($a.database) is mounted and answers." }
    return New-Pending -Message "$($a.database) is mounted and does not answer yet: $($probe.Error)" -Done 0 -Total 1 -NextSeconds 30
}

# While empty: arbitration mailboxes go to another database first (Setup puts them on the first one). Files stay.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.before.existed -or -not (Get-Database $a)) { return New-Applied -Message "$($a.database) was not made here." }
    $mailboxes = @(Get-Mailbox -Database $a.database -ResultSize Unlimited @pinned -ErrorAction Stop) + @(Get-Mailbox -Arbitration -Database $a.database -ResultSize Unlimited @pinned -ErrorAction Stop) | Where-Object { $_ }
    if (@($mailboxes).Count) { throw "$($a.database) holds $(@($mailboxes).Count) mailboxes ($(@($mailboxes)[0].Name), ...); move them first." }
    Dismount-Database -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop
    Remove-MailboxDatabase -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
    return New-Applied -Message "$($a.database) is removed; its files stay on the disk."
}
