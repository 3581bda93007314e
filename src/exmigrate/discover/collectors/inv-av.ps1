<#
title: "Antivirus on {{ server.name }}"
scope: server
when: "(server.source or server.node) and server.driven"
effect: read
vantage: target
identity: local
libraries: [programs]
estimate: {p50: 5, p90: 60}
#>
# The interface of the store names one product; others work on files or as transport agents and show as programs only.
$Makers = 'virus|forefront|antigen|scanmail|groupshield|mail security|sophos|kaspersky|trend ?micro|f-secure|mcafee|symantec|eset|bitdefender|avira|gfi mail|spam'

function Collect {
    param($a)
    $store = @{ installed = $false; enabled = $false; vendor = ''; library = ''; version = '' }
    $key = Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\MSExchangeIS\VirusScan' -ErrorAction SilentlyContinue
    if ($key) { $store = @{ installed = $true; enabled = [bool]($key.Enabled -eq 1); vendor = "$($key.Vendor)"; library = "$($key.Library)"; version = "$($key.Version)" } }
    $programs = @(Get-ForeignPrograms -All | Where-Object { "$($_.publisher) $($_.name)" -match $Makers })
    $services = @(Get-ForeignServices | Where-Object { "$($_.name) $($_.path)" -match $Makers })
    return New-Satisfied -Message "$($programs.Count) programs." -Facts @{ value = @{ store = $store; programs = $programs; services = $services } }
}
