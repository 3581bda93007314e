<#
title: "Backup of {{ database.name }}, restore tested"
scope: database
when: "database.target"
effect: gate
needs: [configure-databases@database, create-public-folder-database@database, add-database-copy@database]
vantage: shell
identity: delegated
arguments:
  database: database.name
  public: "database.kind == 'public-folder'"
estimate: {p50: 14400, p90: 86400}
order: 24
gate:
  closes: both
  every: 900
  instructions: |
    Back up {{ database.name }} with the product that does it in production (VSS) and restore one item from it. Between
    batches its log disk must have room for the next batch, or a full backup must have truncated the logs.
  undo: "Nothing was changed: withdraw the confirmation."
#>

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.public) { $now = Find-Object { Get-PublicFolderDatabase -Identity $a.database -Status @pinned -ErrorAction Stop } }
    else { $now = Find-Object { Get-MailboxDatabase -Identity $a.database -Status @pinned -ErrorAction Stop } }
    if (-not $now) { return New-Needed -Message "There is no database $($a.database) yet." }
    if (-not $now.LastFullBackup) { return New-Needed -Message "$($a.database) has never been backed up." }
    return New-Satisfied -Message "Last full backup of $($a.database): $($now.LastFullBackup)." -Facts @{ last_full_backup = "$($now.LastFullBackup)" }
}
