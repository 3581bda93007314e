<#
title: "Backups of {{ server.name }}"
scope: server
when: "server.source and server.version in ('2000', '2003') and 'mailbox' in server.roles and server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 10, p90: 120}
#>
# The store writes event 213 of ESE when a backup of a storage group has ended, Windows' own program 8001 of NTBackup.
$Newest = 50000

function Read-Log {
    try { Get-EventLog -LogName Application -Newest $Newest -ErrorAction Stop }
    catch { if ("$($_.FullyQualifiedErrorId)" -notlike 'GetEventLogNoEntriesFound*') { throw } }
}

function Collect {
    param($a)
    $last = @{}
    $ends = @{ 'ESE' = 213; 'NTBackup' = 8001 }
    foreach ($entry in @(Read-Log)) {
        if (-not $entry -or $ends["$($entry.Source)"] -ne ($entry.InstanceId -band 0xFFFF)) { continue }
        $key = "$($entry.Source)|$(@("$($entry.Message)" -split "`n")[0].Trim())"
        if (-not $last.ContainsKey($key) -or $entry.TimeGenerated -gt $last[$key]) { $last[$key] = $entry.TimeGenerated }
    }
    $found = @()
    foreach ($key in @($last.Keys | Sort-Object)) { $parts = $key.Split([char[]]'|', 2); $found += @{ source = $parts[0]; said = $parts[1]; last = $last[$key].ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') } }
    return New-Satisfied -Message "$($found.Count) backups." -Facts @{ value = $found }
}
