<#
title: "Public folders of {{ database.key }} on 2010"
scope: database
when: >-
  not database.target and database.kind == 'mailbox' and server.source and server.version == '2007' and not server.keep
  and public_folders.present and public_folders.target_databases
effect: convergent
needs: [move-public-folder-replicas@all]
vantage: E07
identity: delegated
arguments:
  database: database.identity
  target: "public_folders.target_databases|first"
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators"]
order: 54
failures:
  - {match: "version|not valid|couldn't be found", class: permanent, means: "The 2007 shell may refuse a 2010 public folder database.", do: "Set msExchHomePublicMDB of the database object with ADSI Edit to the distinguished name of the 2010 one, then 'exmigrate retry'."}
#>
# A database that is the default of another cannot be removed.

function Get-Default {
    param($a)
    $pinned = Get-PinnedDc $a
    $database = Find-Object { Get-MailboxDatabase -Identity $a.database @pinned -ErrorAction Stop }
    if (-not $database) { return $null }
    return "$($database.PublicFolderDatabase)"
}

function Check {
    param($a)
    $now = Get-Default $a
    if ($now -eq $null) { return New-Satisfied -Message "$($a.database) does not exist any more." }
    if (@($now -split '\\')[-1] -eq $a.target) { return New-Satisfied -Message "$($a.database) uses $now." }
    return New-Needed -Message "$($a.database) uses $now, planned $($a.target)." -Before @{ database = $now }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-MailboxDatabase -Identity $a.database -PublicFolderDatabase $a.target @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.database) uses $($a.target)."
}

function Verify {
    param($a)
    $now = Get-Default $a
    if ($now -ne $null -and @($now -split '\\')[-1] -ne $a.target) { return New-Failed -Message "$($a.database) uses $now." }
    return New-Verified -Message "$($a.database) uses $now."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-MailboxDatabase -Identity $a.database -PublicFolderDatabase (Get-ValueOrNull $a.before.database) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($a.database) uses $($a.before.database) again."
}
