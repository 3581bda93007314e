<#
title: "Hotfix KB937031 on {{ server.name }}, by hand"
scope: server
when: "server.source and server.version == '2003' and not (server.driven and (server.delegates or server.takes_jobs)) and 'mailbox' in server.roles"
effect: gate
reversibility: forward-only
reason: "The hotfix stays until the server goes."
needs: [gate-patch-legacy-servers@server]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [legacy]
arguments:
  server: server.fqdn
estimate: {p50: 1800, p90: 86400}
rights: ["read in the registry of the server"]
order: 53
gate:
  closes: probe
  every: 300
  instructions: |
    {{ server.name }} {{ 'is reached by NTLM, takes no job, and so gets nothing from a share' if server.driven else 'cannot be driven from here' }}.
    Install the hotfix KB937031 for Exchange 2003 SP2 on it, restart where it asks for that, and see that the services run.
    The probe reads the list of installed programs over the Remote Registry service.
  undo: "None needed: the hotfix goes with the server."
#>

function Check {
    param($a)
    try { $there = Test-Hotfix -Server $a.server -Number '937031' }
    catch { return New-Needed -Message "The registry of $($a.server) cannot be read: $($_.Exception.Message)" }
    if ($there) { return New-Satisfied -Message "KB937031 is installed on $($a.server)." }
    return New-Needed -Message "The list of installed programs of $($a.server) has no KB937031."
}
