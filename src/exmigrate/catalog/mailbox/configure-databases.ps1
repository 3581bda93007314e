<#
title: "Settings of {{ database.name }}"
scope: database
when: "database.target and database.kind == 'mailbox'"
effect: convergent
needs:
  - install-mailbox@server
  - create-mailbox-database@database
  - create-cas-array@site
  - gate-cas-array-endpoint@site
  - {kind: create-public-folder-database, at: "database.public_folder_database or (public_folders.target_databases|list + [''])[0]"}
vantage: shell
identity: delegated
libraries: [recipients]
arguments:
  database: database.name
  rpc: "site.cas_array.fqdn if site.cas_array else ''"
  public_folders: "database.public_folder_database or (public_folders.target_databases|list + [''])[0]"
  oab: database.offline_address_book
  journal: database.journal_recipient
  quotas:
    IssueWarningQuota: database.issue_warning_quota
    ProhibitSendQuota: database.prohibit_send_quota
    ProhibitSendReceiveQuota: database.prohibit_send_receive_quota
estimate: {p50: 30, p90: 120}
rights: ["Organization Management (2007: Exchange Organization or Server Administrators)"]
order: 22
failures:
  - {match: "couldn't be found", class: permanent, means: "A name the plan gives does not exist.", do: "Compare the offline address book, public folder database and journal recipient with the plan."}
#>
# What the plan leaves empty stays as Setup made it. Quotas of the old stores are copied by the plan, in bytes: policies of
# 2003 do not apply. An access server (the array) is a thing of 2010.

# Bytes of a size as Exchange prints it, '1.9 GB (2,039,480,320 bytes)' on 2010 and '1991680KB' on 2007; 0 for unlimited.
# What stands between the digits is the server's culture: a comma, a dot, a space, a Swiss apostrophe.
function Get-Bytes {
    param($Size)
    if ("$Size" -match '\((\d[^()a-z]*) bytes\)') { return [long]($matches[1] -replace '[^\d]', '') }
    $factors = @{ B = 1; KB = 1024; MB = 1048576; GB = 1073741824; TB = 1099511627776 }
    if ("$Size" -match '^\s*(\d+)\s*([KMGT]?B)\s*$') { return [long]$matches[1] * [long]$factors[$matches[2].ToUpper()] }
    return [long]0
}

function Get-SizeText {
    param($Bytes)
    if ($Bytes % 1048576 -eq 0) { return "$([long]($Bytes / 1048576))MB" }
    return "$([long]($Bytes / 1024))KB"
}

function Get-LastPart {
    param($Identity)
    return @("$Identity" -split '\\')[-1]
}

# { parameter: value now, as text } for what differs from the plan.
function Get-Differences {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Get-MailboxDatabase -Identity $a.database -Status @pinned -ErrorAction Stop
    $old = @{}
    if ($a.rpc -and "$($now.RpcClientAccessServer)" -ne $a.rpc) { $old.RpcClientAccessServer = "$($now.RpcClientAccessServer)" }
    if ($a.public_folders -and (Get-LastPart $now.PublicFolderDatabase) -ne $a.public_folders) { $old.PublicFolderDatabase = "$($now.PublicFolderDatabase)" }
    if ($a.oab -and (Get-LastPart $now.OfflineAddressBook) -ne (Get-LastPart $a.oab)) { $old.OfflineAddressBook = "$($now.OfflineAddressBook)" }
    if ($a.journal) {
        # The plan gives an address or a name, the database shows where the object lies: compare the objects.
        $journal = Find-Recipient $a $a.journal { param($pin) Get-Recipient -Identity $a.journal @pin -ErrorAction Stop }
        if (-not $journal) { throw "The journal recipient '$($a.journal)' couldn't be found in any domain." }
        if ("$($now.JournalRecipient)" -ne "$($journal.Identity)") { $old.JournalRecipient = "$($now.JournalRecipient)" }
    }
    foreach ($quota in @($a.quotas.Keys)) {
        if ($a.quotas[$quota] -and (Get-Bytes $now.$quota) -ne [long]$a.quotas[$quota]) { $old[$quota] = "$(Get-Bytes $now.$quota)" }
    }
    return @{ old = $old; mounted = [bool]$now.Mounted }
}

function Check {
    param($a)
    $found = Get-Differences $a
    if (-not $found.old.Count) { return New-Satisfied -Message "$($a.database) is set as planned." }
    return New-Needed -Message "To set: $(@($found.old.Keys | Sort-Object) -join ', ')." -Before @{ old = $found.old }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $old = (Get-Differences $a).old
    $given = @{}
    foreach ($name in @($old.Keys)) {
        switch ($name) {
            'RpcClientAccessServer' { $given[$name] = $a.rpc }
            'PublicFolderDatabase' { $given[$name] = $a.public_folders }
            'OfflineAddressBook' { $given[$name] = $a.oab }
            'JournalRecipient' { $given[$name] = $a.journal }
            default { $given[$name] = Get-SizeText $a.quotas[$name] }
        }
    }
    if ($given.Count) { Set-MailboxDatabase -Identity $a.database @given @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "Set: $(@($given.Keys | Sort-Object) -join ', ')."
}

function Verify {
    param($a)
    $found = Get-Differences $a
    if ($found.old.Count) { return New-Failed -Message "Still different: $(@($found.old.Keys) -join ', ')." }
    if (-not $found.mounted) { return New-Failed -Message "$($a.database) is not mounted." }
    return New-Verified -Message "$($a.database) is set as planned and mounted."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $given = @{}
    foreach ($name in @($a.before.old.Keys)) {
        $value = $a.before.old[$name]
        if ($name -like '*Quota') { if ([long]$value -eq 0) { $given[$name] = 'unlimited' } else { $given[$name] = Get-SizeText ([long]$value) } }
        # A 2010 database always has an access server; an empty one was the server's own name.
        elseif ($name -eq 'RpcClientAccessServer' -and -not $value) { continue }
        else { $given[$name] = Get-ValueOrNull $value }
    }
    if ($given.Count) { Set-MailboxDatabase -Identity $a.database @given @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.database) has its old settings."
}
