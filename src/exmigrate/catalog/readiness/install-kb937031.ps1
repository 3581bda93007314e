<#
title: "Hotfix KB937031 on {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and server.driven and (server.delegates or server.takes_jobs) and 'mailbox' in server.roles"
effect: once
reversibility: forward-only
reason: "The hotfix stays until the server goes."
needs: [patch-legacy-servers@server, gate-patch-legacy-servers@server, stage-media@server, preflight-remoting@server]
vantage: target
identity: local
window: policy
libraries: [directory, windows, legacy, media]
arguments:
  packages: "(topology.media|selectattr('version', 'equalto', '2003')|selectattr('kind', 'equalto', 'package')|list)|plain"
estimate: {p50: 900, p90: 1800}
reboot: maybe
rights: ["local administrator"]
impact: "the web services of {{ server.name }} restart"
tags: [setup]
order: 53
failures:
  - {match: "0x800706BE|requires.*Service Pack 2|failed with 61681", class: permanent, means: "The hotfix wants Exchange 2003 SP2.", do: "Bring the server to SP2 first, then 'exmigrate retry'."}
#>
# Exchange System Manager shows the authentication of the ActiveSync directory from this hotfix on; without it DS2MB
# overwrites what is set in the metabase.

function Find-Package {
    param($a)
    foreach ($package in @($a.packages)) { if ("$($package.name) $($package.source)" -match '937031') { return $package } }
}

# The installer: the package itself, or the program in it where the package is a folder.
function Get-Installer {
    param($Package)
    if ($Package.source -match '\.(exe|msi|msp)$') { return Join-Path $Package.folder (Split-Path $Package.source -Leaf) }
    foreach ($file in @(Get-ChildItem -Path $Package.folder -Recurse -ErrorAction SilentlyContinue | Where-Object { $_.Name -like '*.exe' })) { return [string]$file.FullName }
    throw "No installer is in $($Package.folder). Run stage-media for this server again."
}

function Check {
    param($a)
    if (Test-Hotfix -Server $env:COMPUTERNAME -Number '937031') { return New-Satisfied -Message 'KB937031 is installed.' }
    if (Test-PendingReboot) { return New-Blocked -Message 'Windows waits for a restart; the hotfix refuses to run before it. Restart the server.' }
    if (-not (Find-Package $a)) { return New-Blocked -Message "KB937031 is not installed and the plan has no package of it. Name it among 'media' (version 2003, kind package), or install it by hand." }
    return New-Needed -Message 'KB937031 is not installed.'
}

function Apply {
    param($a)
    if (Test-Hotfix -Server $env:COMPUTERNAME -Number '937031') { return New-Applied -Message 'KB937031 was installed already.' }
    $package = Find-Package $a
    $program = Get-Installer $package
    Write-Host "$program /quiet /norestart"
    $process = Start-Process -FilePath $program -ArgumentList '/quiet /norestart' -PassThru -Wait
    if (@(0, 3010) -notcontains [int]$process.ExitCode) { throw "$program failed with $($process.ExitCode)." }
    $restart = ([int]$process.ExitCode -eq 3010) -or (Test-PendingReboot)
    return New-Applied -Message 'KB937031 installed.' -Reboot:$restart
}

function Verify {
    param($a)
    if (-not (Test-Hotfix -Server $env:COMPUTERNAME -Number '937031')) { return New-Failed -Message 'The list of installed programs has no KB937031.' }
    $stopped = @(Get-StoppedLegacyServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    if (-not (Test-SmtpGreeting)) { return New-Pending -Message 'The SMTP service does not greet on port 25.' -Done 0 -Total 1 -NextSeconds 30 }
    return New-Verified -Message 'KB937031 is installed, the services run.'
}
