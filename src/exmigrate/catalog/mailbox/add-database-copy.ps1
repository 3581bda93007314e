<#
title: "Copies of {{ database.name }}"
scope: database
when: "database.target and database.kind == 'mailbox' and database.copies"
effect: convergent
needs:
  - create-mailbox-database@database
  - {kind: add-dag-member, at: "[database.server] + database.copies|list"}
vantage: E10
identity: delegated
arguments:
  database: database.name
  servers: "database.copies|list"
estimate: {p50: 600, p90: 3600}
rights: ["Organization Management"]
order: 23
failures:
  - {match: "circular logging", class: permanent, means: "Circular logging must be off while the first copy is made.", do: "Set-MailboxDatabase -CircularLoggingEnabled $false, remount, then 'exmigrate retry'."}
#>
# Seeded while empty, before any move.

function Get-CopyServers {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($copy in @(Get-MailboxDatabaseCopyStatus -Identity $a.database @pinned -ErrorAction Stop)) { if ($copy) { @("$($copy.Name)" -split '\\')[-1] } }
}

function Check {
    param($a)
    $there = @(Get-CopyServers $a)
    $missing = @(@($a.servers) | Where-Object { $there -notcontains $_ })
    if (-not $missing.Count) { return New-Satisfied -Message "$($a.database) has copies on $($there -join ', ')." }
    return New-Needed -Message "No copy of $($a.database) on $($missing -join ', ')." -Before @{ missing = $missing }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = @(Get-CopyServers $a)
    $preference = 1
    foreach ($server in @($a.servers)) {
        $preference++
        if ($there -notcontains $server) { Add-MailboxDatabaseCopy -Identity $a.database -MailboxServer $server -ActivationPreference $preference @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "Copies on $(@($a.servers) -join ', ') are being seeded."
}

function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $healthy = 0; $says = @()
    foreach ($server in @($a.servers)) {
        $copy = Get-MailboxDatabaseCopyStatus -Identity "$($a.database)\$server" @pinned -ErrorAction Stop
        if (@('Healthy', 'Mounted') -contains "$($copy.Status)" -and [int]$copy.CopyQueueLength -eq 0) { $healthy++ }
        elseif (@('Failed', 'FailedAndSuspended') -contains "$($copy.Status)") { return New-Failed -Message "The copy on $server is $($copy.Status): $($copy.ErrorMessage)" }
        else { $says += "${server}: $($copy.Status)" }
    }
    if ($says.Count) { return New-Pending -Message ($says -join ', ') -Done $healthy -Total @($a.servers).Count -NextSeconds 60 }
    return New-Verified -Message "$healthy copies are healthy."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = @(Get-CopyServers $a)
    foreach ($server in @($a.before.missing)) {
        if ($there -contains $server) { Remove-MailboxDatabaseCopy -Identity "$($a.database)\$server" @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue }
    }
    return New-Applied -Message 'The copies are removed; their files stay on the disks.'
}
