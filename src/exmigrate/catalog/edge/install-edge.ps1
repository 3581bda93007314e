<#
title: "Edge Transport role on {{ server.name }}"
scope: server
when: "server.target and 'edge' in server.roles"
effect: once
needs: [install-os-prereqs@server, stage-media@server, preflight-remoting@server]
vantage: target
identity: local
window: policy
libraries: [setup, windows]
arguments:
  version: target.version
  build: medium(target.version).build
  folder: medium(target.version).folder
estimate: {p50: 2700, p90: 3600}
resumes: true
rights: ["local administrator"]
tags: [setup]
order: 10
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "primary DNS suffix|FQDN", class: permanent, means: "The server has no primary DNS suffix.", do: "Set it (System properties), restart, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|ADLDS", class: permanent, means: "A prerequisite check of Setup failed.", do: "install-os-prereqs names the features; AD LDS is the usual one."}
#>
# Alone on a workgroup server: no directory knows of it until it is subscribed. By hand beside it: firewall 25 both ways,
# 50636 from the Hubs, names that resolve both ways.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'edge' -Build $a.build
}

function Apply {
    param($a)
    return Install-Role -Version $a.version -Role 'edge' -Folder $a.folder -Switches '' -Build $a.build
}

# Registry, services, and the greeting on port 25.
function Verify {
    param($a)
    $state = Get-RoleState -Version $a.version -Role 'edge'
    if ($state.watermark -or -not (Test-Build $state.configured $a.build)) { return New-Failed -Message "The role is not whole: configured '$($state.configured)', watermark '$($state.watermark)'." }
    $stopped = @(Get-StoppedExchangeServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    $seen = Test-TcpPort -Address '127.0.0.1' -Port 25 -Banner
    if (-not $seen.open -or $seen.said -notlike '220*') { return New-Pending -Message "No greeting on port 25 yet ($($seen.said))." -Done 0 -Total 1 -NextSeconds 30 }
    return New-Verified -Message "Edge Transport $($state.configured), '$($seen.said)'." -Facts @{ configured = $state.configured }
}

function Rollback {
    param($a)
    return Remove-Role -Version $a.version -Role 'edge' -Folder $a.folder
}
