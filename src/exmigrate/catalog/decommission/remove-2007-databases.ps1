<#
title: "Remove {{ database.name }} of {{ server.name }}{{ ' (' ~ database.storage_group ~ ')' if database.shared_name else '' }}"
scope: database
when: "not database.target and server.source and server.version == '2007' and not server.keep"
effect: convergent
reversibility: point-of-no-return
reason: "The directory object of the database is gone; what is left of its content is a file on a disk."
needs:
  - gate-decommission@site
  - move-special-mailboxes
  - move-public-folder-replicas@server
  - rehome-default-pf-database
  - move-oab
vantage: E07
identity: delegated
window: policy
libraries: [recipients]
arguments:
  database: database.identity
  server: server.name
  group: "[server.name, database.storage_group]|select|join('\\\\')"
  public: "database.kind == 'public-folder'"
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "none: nobody is on it"
order: 20
failures:
  - {match: "contains one or more mailboxes|mailbox", class: permanent, means: "A mailbox is still on it, disconnected ones do not count.", do: "Get-Mailbox -Database names it; move or disable it, then 'exmigrate retry'."}
  - {match: "replica", class: permanent, means: "A public folder replica is still on it.", do: "Wait until Get-PublicFolderStatistics of this server is empty."}
  - {match: "default public folder database", class: permanent, means: "A mailbox database uses it as its default.", do: "rehome-default-pf-database; the message names the database."}
#>
# Copies (LCR, SCR) first; the files stay on the disk until a person deletes them. The system mailbox goes with the database, in
# the domain of the server.

function Get-Database {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    if ($a.public) { return Find-Object { Get-PublicFolderDatabase -Identity $a.database @pinned -ErrorAction Stop } }
    return Find-Object { Get-MailboxDatabase -Identity $a.database @pinned -ErrorAction Stop }
}

function Check {
    param($a)
    if (-not (Get-Database $a)) { return New-Satisfied -Message "$($a.database) does not exist any more." }
    return New-Needed -Message "$($a.database) exists."
}

function Apply {
    param($a)
    $pinned = Get-ServerPin $a $a.server
    $database = Get-Database $a
    if (-not $database) { return New-Applied -Message "$($a.database) was removed already." }
    $group = Find-Object { Get-StorageGroup -Identity $a.group @pinned -ErrorAction Stop }
    if ($group -and $group.HasLocalCopy) { Disable-StorageGroupCopy -Identity $a.group @pinned -Confirm:$false -ErrorAction Stop }
    foreach ($machine in @(Get-NameList $group.StandbyMachines)) { Disable-StorageGroupCopy -Identity $a.group -StandbyMachine $machine @pinned -Confirm:$false -ErrorAction Stop }
    $file = "$($database.EdbFilePath)"
    if ($a.public) { Remove-PublicFolderDatabase -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue }
    else { Remove-MailboxDatabase -Identity $a.database @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue }
    return New-Applied -Message "$($a.database) is removed; $file stays on the disk." -Facts @{ file = $file }
}

function Verify {
    param($a)
    if (Get-Database $a) { return New-Failed -Message "$($a.database) still exists." }
    return New-Verified -Message "$($a.database) does not exist any more."
}
