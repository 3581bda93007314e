<#
title: "Backups of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Get-Moment {
    param($Value)
    if ($Value) { return $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') }
    return ''
}

function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($set in @(
            @('mailbox', @(Get-MailboxDatabase -Server $a.server -Status @pinned -ErrorAction Stop)),
            @('public-folder', @(Get-PublicFolderDatabase -Server $a.server -Status @pinned -ErrorAction Stop)))) {
        foreach ($database in $set[1]) { if ($database) { $found += @{ kind = $set[0]; Identity = "$($database.Identity)"; LastFullBackup = (Get-Moment $database.LastFullBackup); Mounted = "$($database.Mounted)" } } }
    }
    return New-Satisfied -Message "$($found.Count) databases." -Facts @{ value = $found }
}
