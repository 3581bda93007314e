<#
title: "Who sends through {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'hub' in server.roles and server.driven"
effect: read
vantage: E07
identity: delegated
libraries: [logs]
arguments:
  server: server.name
  addresses: "topology.servers|map(attribute='addresses')|sum(start=())|list"
  days: "14"
estimate: {p50: 30, p90: 120}
#>
# Message tracking says who handed a message over, and it is on unless somebody switched it off; protocol logs are off.
# Newest files first, within bounds of files, megabytes and seconds; where these end before the days do, the value says so.
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $transport = Get-TransportServer -Identity $a.server @pinned -ErrorAction Stop
    $folder = "$($transport.MessageTrackingLogPath)"
    if (-not $transport.MessageTrackingLogEnabled) { throw "Message tracking is off on $($a.server): switch it on (Set-TransportServer -MessageTrackingLogEnabled), wait some days and discover again." }
    if (-not $folder -or -not (Test-Path $folder)) { throw "The folder of the tracking logs of $($a.server) is not there: '$folder'." }
    $files = @(Get-RecentFiles -Folders $folder -Like 'MSGTRK2*.LOG' -Days $a.days)
    if (-not $files.Count) { throw "$folder has no tracking log of the last $($a.days) days." }
    $seen = Measure-Log -Files $files -Names 'client-ip', 'connector-id' -Must ',SMTP,RECEIVE,' -Time 'date-time'
    $own = @($a.addresses) + @('127.0.0.1', '::1')
    $clients = @()
    foreach ($entry in @(Get-MostCounted $seen.counts)) {
        if ($entry -and $own -notcontains $entry.parts[0]) { $clients += @{ address = $entry.parts[0]; connector = $entry.parts[1]; messages = $entry.times; last = $entry.last } }
    }
    return New-Satisfied -Message "$($clients.Count) senders." -Facts @{ value = @{ clients = $clients; days = [int]$a.days; files = $seen.files; filesLeft = $seen.left; complete = [bool]$seen.complete } }
}
