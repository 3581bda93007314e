<#
title: "Devices, POP and IMAP at {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles and server.driven"
effect: read
vantage: target
identity: local
libraries: [logs]
arguments:
  days: "14"
estimate: {p50: 30, p90: 120}
#>
# ActiveSync writes the version of its protocol into the query of the web log: 'Log=V121' is 12.1, 'Log=V25' 2.5.
function Get-ProtocolVersion {
    param([string]$Digits)
    if ($Digits.Length -lt 2) { return $Digits }
    return "$($Digits.Substring(0, $Digits.Length - 1)).$($Digits.Substring($Digits.Length - 1))"
}

function Test-Running {
    param([string]$Name)
    $service = Get-Service -Name $Name -ErrorAction SilentlyContinue
    return [bool]($service -and "$($service.Status)" -eq 'Running')
}

function Collect {
    param($a)
    $files = @(Get-RecentFiles -Folders @(Get-WebLogFolders) -Like '*ex*.log' -Days $a.days)
    $seen = Measure-Log -Files $files -Names 'cs-uri-query', 'cs(User-Agent)' -Must '/Microsoft-Server-ActiveSync' -Pattern '(?:DeviceType=([^&|]*)).*?Log=V(\d+).*\|(.*)$' -Time 'date'
    $devices = @()
    foreach ($entry in @(Get-MostCounted $seen.counts)) {
        if ($entry) { $devices += @{ type = $entry.parts[0]; protocol = Get-ProtocolVersion $entry.parts[1]; agent = $entry.parts[2]; requests = $entry.times; last = $entry.last } }
    }
    return New-Satisfied -Message "$($devices.Count) kinds of devices." -Facts @{ value = @{ devices = $devices; pop = Test-Running 'MSExchangePOP3'; imap = Test-Running 'MSExchangeIMAP4'; files = $seen.files; filesLeft = $seen.left; complete = [bool]($seen.complete -and $seen.files) } }
}
