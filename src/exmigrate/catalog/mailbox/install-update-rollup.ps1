<#
title: "Update rollup on {{ server.name }}"
scope: server
when: "server.target and server.roles and medium(target.version, 'rollup')"
effect: once
needs:
  - stage-media@server
  - install-cas@server
  - install-hub@server
  - install-um@server
  - install-mailbox@server
  - install-edge@server
  - kind: install-update-rollup
    at: >-
      [] if 'edge' in server.roles else
      (servers(site=server.site, role=server.roles|first, target=true)|names)[:(servers(site=server.site, role=server.roles|first, target=true)|names).index(server.name)]
before: [gate-publish-namespace@site]
vantage: target
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  version: target.version
  package: "medium(target.version, 'rollup').folder ~ '\\\\' ~ (medium(target.version, 'rollup').source|replace('/', '\\\\')).split('\\\\')[-1]"
  build: medium(target.version, 'rollup').build
  log: "'C:\\\\ExchangeSetupLogs\\\\' ~ medium(target.version, 'rollup').name ~ '.log'"
estimate: {p50: 1800, p90: 3600}
reboot: maybe
rights: ["local administrator"]
impact: "the Exchange services of {{ server.name }} stop while it runs; no name leads to it yet"
tags: [setup]
order: 11
failures:
  - {match: "1603|fatal", class: permanent, means: "The installer failed and may have left services disabled.", do: "Read its log, set the MSExchange services to their start type again, then 'exmigrate retry'."}
  - {match: "revocation|ngen", class: transient, means: "Without Internet each assembly waits for a revocation check.", do: "Nothing: it ends by itself, minutes later."}
#>
# After all roles of the server in this wave: a role that comes later needs the rollup again. The version of ExSetup.exe
# is the proof; AdminDisplayVersion does not show rollups.

function Get-DisabledServices {
    foreach ($service in @(Get-WmiObject -Class Win32_Service -Filter "Name LIKE 'MSExchange%'" -ErrorAction Stop)) {
        if ($service.StartMode -eq 'Disabled') { [string]$service.Name }
    }
}

function Check {
    param($a)
    $build = Get-InstalledBuild $a.version
    if (-not $build) { return New-Needed -Message 'Exchange is not installed yet.' }
    if (Test-Build $build $a.build) { return New-Satisfied -Message "ExSetup.exe is $build." -Facts @{ build = $build } }
    if (Test-PendingReboot) { return New-Blocked -Message 'Windows waits for a restart; restart the server first.' }
    return New-Needed -Message "ExSetup.exe is $build, planned $($a.build)." -Before @{ build = $build }
}

function Apply {
    param($a)
    if (Test-Build (Get-InstalledBuild $a.version) $a.build) { return New-Applied -Message 'The rollup was installed already.' }
    if (-not (Test-Path $a.package)) { throw "$($a.package) is not there. Run stage-media for this server again." }
    $folder = Split-Path $a.log
    if (-not (Test-Path $folder)) { [void](New-Item -ItemType Directory -Path $folder -Force) }
    $arguments = "/update `"$($a.package)`" /quiet /norestart /lxv* `"$($a.log)`""
    Write-Host "msiexec.exe $arguments"
    $process = Start-Process -FilePath 'msiexec.exe' -ArgumentList $arguments -PassThru -Wait
    $code = [int]$process.ExitCode
    # 3010: done, and a restart is due
    if ($code -ne 0 -and $code -ne 3010) { throw "msiexec ended with $code. Log: $($a.log)" }
    $build = Get-InstalledBuild $a.version
    if (-not (Test-Build $build $a.build)) { throw "msiexec ended with $code but ExSetup.exe is $build. Log: $($a.log)" }
    return New-Applied -Message "ExSetup.exe is $build." -Reboot:($code -eq 3010)
}

function Verify {
    param($a)
    $build = Get-InstalledBuild $a.version
    if (-not (Test-Build $build $a.build)) { return New-Failed -Message "ExSetup.exe is $build, planned $($a.build)." }
    $disabled = @(Get-DisabledServices)
    if ($disabled.Count) { return New-Failed -Message "The rollup left these services disabled: $($disabled -join ', ')." }
    $stopped = @(Get-StoppedExchangeServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    return New-Verified -Message "ExSetup.exe is $build, the services run." -Facts @{ build = $build }
}

function Rollback {
    param($a)
    # The product that the patch belongs to: Microsoft Exchange Server 2010, or 2007.
    $product = '{4934D1EA-BE46-48B1-8847-F1AF20E892C1}'
    if ($a.version -eq '2007') { $product = '{24B2C164-DE66-44FE-B468-A46D9D5E6B31}' }
    $arguments = "/package $product /uninstall `"$($a.package)`" /quiet /norestart /lxv* `"$($a.log)`""
    Write-Host "msiexec.exe $arguments"
    $process = Start-Process -FilePath 'msiexec.exe' -ArgumentList $arguments -PassThru -Wait
    $code = [int]$process.ExitCode
    if ($code -ne 0 -and $code -ne 3010) { throw "msiexec ended with $code. Uninstall the update in Control Panel. Log: $($a.log)" }
    return New-Applied -Message 'The rollup is uninstalled.' -Reboot:($code -eq 3010)
}
