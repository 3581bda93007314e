<#
title: "Link state changes suppressed on {{ server.name }}"
scope: server
when: "server.source and server.legacy and server.driven and mail_flow.suppress_link_state"
effect: convergent
needs: [collect-inventory, preflight-remoting@server]
vantage: target
identity: local
window: policy
libraries: [directory, windows, legacy]
arguments:
  server: server.name
estimate: {p50: 120, p90: 600}
rights: ["local administrator"]
impact: "SMTP, routing engine and message transfer agent of {{ server.name }} restart: mail waits for a minute"
ends_unseen: true
order: 52
failures:
  - {match: "runs no Exchange 2000 or 2003", class: permanent, means: "The server has no routing engine.", do: "Correct the server's version in the plan."}
#>
# SuppressStateChanges of the routing engine: with a second connector to the new version, link states make loops. It is
# read at the start of the services. Changes of the topology itself still replicate.

function Get-State {
    param($a)
    return Get-LinkStateSuppression $env:COMPUTERNAME
}

# What was in the registry: '' where the value was not there.
function Get-OldValue {
    $key = Get-MachineKey -Server $env:COMPUTERNAME -Path 'SYSTEM\CurrentControlSet\Services\RESvc\Parameters'
    $value = $key.GetValue('SuppressStateChanges')
    if ($value -eq $null) { return '' }
    return "$value"
}

# The routing engine reads its parameters when it starts; a service that a person has disabled stays as it is.
function Restart-Routing {
    foreach ($name in 'SMTPSVC', 'RESvc', 'MSExchangeMTA') {
        $service = Get-WmiObject -Class Win32_Service -Filter "Name='$name'" -ErrorAction Stop
        if ($service -eq $null -or $service.StartMode -eq 'Disabled') { continue }
        Restart-Service -Name $name -Force -ErrorAction Stop
    }
}

function Check {
    param($a)
    if ((Get-State $a) -eq 1) { return New-Satisfied -Message 'SuppressStateChanges is 1.' }
    return New-Needed -Message 'SuppressStateChanges is not 1.' -Before @{ value = (Get-OldValue) }
}

function Apply {
    param($a)
    Set-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\RESvc\Parameters' -Name 'SuppressStateChanges' -Value 1 -Type DWord -ErrorAction Stop
    Restart-Routing
    return New-Applied -Message 'SuppressStateChanges is 1; SMTP, routing engine and MTA were restarted.'
}

function Verify {
    param($a)
    $value = (Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\RESvc\Parameters' -ErrorAction Stop).SuppressStateChanges
    if ($value -ne 1) { return New-Failed -Message "SuppressStateChanges is '$value' after the restart." }
    $stopped = @(Get-StoppedLegacyServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    return New-Verified -Message 'SuppressStateChanges is 1 and the services run.'
}

function Rollback {
    param($a)
    $path = 'HKLM:\SYSTEM\CurrentControlSet\Services\RESvc\Parameters'
    if ("$($a.before.value)" -eq '') { Remove-ItemProperty -Path $path -Name 'SuppressStateChanges' -ErrorAction Stop }
    else { Set-ItemProperty -Path $path -Name 'SuppressStateChanges' -Value ([int]$a.before.value) -Type DWord -ErrorAction Stop }
    Restart-Routing
    return New-Applied -Message 'SuppressStateChanges is as it was; the services were restarted.'
}
