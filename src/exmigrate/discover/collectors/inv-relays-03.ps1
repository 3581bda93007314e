<#
title: "Who sends through {{ server.name }}"
scope: server
when: "server.source and server.version in ('2000', '2003') and server.driven"
effect: read
vantage: target
identity: local
libraries: [logs]
arguments:
  addresses: "topology.servers|map(attribute='addresses')|sum(start=())|list"
  days: "14"
estimate: {p50: 30, p90: 120}
#>
# The protocol log of an SMTP virtual server is off until somebody switches it on (Exchange System Manager, General).
function Collect {
    param($a)
    $root = "$env:windir\system32\LogFiles"
    $folders = @()
    if (Test-Path $root) { $folders = @(Get-ChildItem -Path $root -ErrorAction Stop | Where-Object { $_.PSIsContainer -and $_.Name -like 'SMTPSVC*' } | ForEach-Object { $_.FullName }) }
    $files = @(Get-RecentFiles -Folders $folders -Like 'ex*.log' -Days $a.days)
    if (-not $files.Count) { throw "$root has no SMTP protocol log of the last $($a.days) days: switch it on at the SMTP virtual server (General, Enable logging, W3C format), wait some days and discover again." }
    $seen = Measure-Log -Files $files -Names 'c-ip' -Must ' MAIL ' -Time 'date'
    $own = @($a.addresses) + @('127.0.0.1', '::1')
    $clients = @()
    foreach ($entry in @(Get-MostCounted $seen.counts)) {
        if ($entry -and $own -notcontains $entry.parts[0]) { $clients += @{ address = $entry.parts[0]; connector = ''; messages = $entry.times; last = $entry.last } }
    }
    return New-Satisfied -Message "$($clients.Count) senders." -Facts @{ value = @{ clients = $clients; days = [int]$a.days; files = $seen.files; filesLeft = $seen.left; complete = [bool]$seen.complete } }
}
