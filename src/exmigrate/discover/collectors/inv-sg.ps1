<#
title: "Databases of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($database in @(Get-MailboxDatabase -Server $a.server @pinned -ErrorAction Stop)) {
        if ($database) { $found += @{ kind = 'mailbox'; Identity = "$($database.Identity)"; Name = "$($database.Name)"; PublicFolderDatabase = "$($database.PublicFolderDatabase)"; OfflineAddressBook = "$($database.OfflineAddressBook)"; JournalRecipient = "$($database.JournalRecipient)"; IssueWarningQuota = "$($database.IssueWarningQuota)"; ProhibitSendQuota = "$($database.ProhibitSendQuota)"; ProhibitSendReceiveQuota = "$($database.ProhibitSendReceiveQuota)" } }
    }
    foreach ($database in @(Get-PublicFolderDatabase -Server $a.server @pinned -ErrorAction Stop)) {
        if ($database) { $found += @{ kind = 'public-folder'; Identity = "$($database.Identity)"; Name = "$($database.Name)" } }
    }
    return New-Satisfied -Message "$($found.Count) databases." -Facts @{ value = $found }
}
