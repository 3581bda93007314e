<#
title: "Exchange {{ server.version }} {{ {'2000': 'SP3', '2003': 'SP2'}[server.version] }} on {{ server.name }}"
scope: server
when: "server.source and server.legacy and server.takes_jobs"
effect: once
reversibility: forward-only
reason: "A service pack of Exchange {{ server.version }} cannot be uninstalled."
needs: [gate-backup, stage-media@server, preflight-remoting@server]
vantage: target
identity: delegated
window: policy
libraries: [directory, windows, legacy, media]
arguments:
  server: server.name
  folder: "medium(server.version).folder if medium(server.version) else ''"
  build: "{'2000': 6249, '2003': 7638}[server.version]"
  title: "server.version ~ ' ' ~ {'2000': 'SP3', '2003': 'SP2'}[server.version]"
estimate: {p50: 4500, p90: 7200}
reboot: maybe
rights: ["Exchange Full Administrator", "local administrator"]
impact: "the services of {{ server.name }} stop for up to two hours"
tags: [setup]
order: 48
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "update.exe is not", class: permanent, means: "The service pack was not staged.", do: "Name the unpacked service pack among 'media' with the version of this server, or install it by hand, then 'exmigrate retry'."}
#>
# The build as this server's own registry has it: 7638 is 2003 SP2, 6249 is 2000 SP3; hotfixes and rollups do not show
# there. Check and Verify stay on the server, so that an NTLM logon will do; the job's own logon writes to the directory.

function Get-InstalledBuild {
    $found = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Exchange\Setup' -ErrorAction SilentlyContinue
    if ($found -eq $null -or -not $found.NewestBuild) { return 0 }
    return [int]$found.NewestBuild
}

# Why this server is below its minimum; '' where it is not.
function Get-BuildFault {
    param($a)
    $build = Get-InstalledBuild
    if (-not $build) { return "$env:COMPUTERNAME has no Exchange 2000 or 2003 in its registry" }
    if ($build -lt $a.build) { return "$($a.server) is build $build, wanted $($a.title) (build $($a.build))" }
    return ''
}

function Check {
    param($a)
    $fault = Get-BuildFault $a
    if (-not $fault) { return New-Satisfied -Message "$($a.server) is at $($a.title) or later." }
    if (Test-PendingReboot) { return New-Blocked -Message "Windows waits for a restart; the service pack refuses to run before it. Restart the server. ($fault)" }
    if (-not $a.folder) { return New-Blocked -Message "$fault, and the plan has no media of it. Name the unpacked service pack among 'media', or install it by hand." }
    return New-Needed -Message $fault
}

function Apply {
    param($a)
    $program = Get-UpdateProgram $a.folder
    if (-not $program) { throw "update.exe is not in $($a.folder). Run stage-media for this server again." }
    Write-Host "$program /quiet"
    $process = Start-Process -FilePath $program -ArgumentList '/quiet' -PassThru -Wait
    # 3010: done, and a restart is due
    if (@(0, 3010) -notcontains [int]$process.ExitCode) { throw "$program failed with $($process.ExitCode). Its log is 'Exchange Server Setup Progress.log' in $env:SystemDrive\." }
    $restart = ([int]$process.ExitCode -eq 3010) -or (Test-PendingReboot)
    return New-Applied -Message "$($a.title) installed." -Reboot:$restart
}

# Every source of the build, services, and the SMTP service's greeting.
function Verify {
    param($a)
    $fault = Get-BuildFault $a
    if ($fault) { return New-Failed -Message "$fault." }
    $pack = (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Exchange\Setup' -ErrorAction Stop).ServicePackBuild
    if ([int]$pack -lt $a.build) { return New-Failed -Message "The service pack on record is build '$pack', wanted $($a.build)." }
    $stopped = @(Get-StoppedLegacyServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    if (-not (Test-SmtpGreeting)) { return New-Pending -Message 'The SMTP service does not greet on port 25.' -Done 0 -Total 1 -NextSeconds 30 }
    return New-Verified -Message "$($a.server) is at $($a.title), its services run and SMTP greets."
}
