<#
title: "Link state changes suppressed on {{ server.name }}, by hand"
scope: server
when: "server.source and server.legacy and not server.driven and mail_flow.suppress_link_state"
effect: gate
needs: [collect-inventory]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [legacy]
arguments:
  server: server.fqdn
estimate: {p50: 600, p90: 86400}
rights: ["read in the registry of the server"]
impact: "SMTP, routing engine and message transfer agent of {{ server.name }} restart: mail waits for a minute"
order: 52
gate:
  closes: probe
  every: 300
  instructions: |
    {{ server.name }} cannot be driven from here. On it, as a local administrator:
    reg add HKLM\SYSTEM\CurrentControlSet\Services\RESvc\Parameters /v SuppressStateChanges /t REG_DWORD /d 1 /f
    (regedit where Windows 2000 has no reg.exe), then restart the services SMTPSVC, RESvc and MSExchangeMTA. The probe
    reads the value over the Remote Registry service; whether the services were restarted it cannot see.
  undo: "Delete the value SuppressStateChanges and restart the three services."
#>

function Check {
    param($a)
    try { $value = Get-LinkStateSuppression $a.server }
    catch { return New-Needed -Message "The registry of $($a.server) cannot be read: $($_.Exception.Message)" }
    if ($value -eq 1) { return New-Satisfied -Message "SuppressStateChanges of $($a.server) is 1." }
    return New-Needed -Message "SuppressStateChanges of $($a.server) is $value."
}
