<#
title: "Programs of others on {{ server.name }}"
scope: server
when: "(server.source or server.node) and server.driven"
effect: read
vantage: target
identity: local
libraries: [programs, logs]
arguments:
  days: "14"
estimate: {p50: 20, p90: 120}
#>
# WebDAV is told by the verbs in the web logs. OWA of 2003 uses them too, so what asked for is counted by its user agent.
function Read-WebDav {
    param([int]$Days)
    $files = @(Get-RecentFiles -Folders @(Get-WebLogFolders) -Like '*ex*.log' -Days $Days)
    if (-not $files.Count) { return @{ files = 0; filesLeft = 0; complete = $false; agents = @() } }
    $seen = Measure-Log -Files $files -Names 'cs-method', 'cs(User-Agent)' -Pattern '^(PROPFIND|SEARCH|PROPPATCH|BPROPPATCH|SUBSCRIBE)\|(.*)$' -Time 'date'
    $agents = @()
    foreach ($entry in @(Get-MostCounted $seen.counts -Most 50)) { if ($entry) { $agents += @{ verb = $entry.parts[0]; agent = ($entry.parts[1] -replace '\+', ' '); requests = $entry.times; last = $entry.last } } }
    return @{ files = $seen.files; filesLeft = $seen.left; complete = [bool]$seen.complete; agents = $agents }
}

function Collect {
    param($a)
    $programs = @(Get-ForeignPrograms)
    return New-Satisfied -Message "$($programs.Count) programs." -Facts @{ value = @{ programs = $programs; services = @(Get-ForeignServices); webdav = Read-WebDav -Days $a.days } }
}
