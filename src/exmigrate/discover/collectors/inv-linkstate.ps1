<#
title: "Link state changes on {{ server.name }}"
scope: server
when: "server.source and server.legacy"
effect: read
vantage: AD
identity: delegated
libraries: [legacy]
arguments:
  server: server.fqdn
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    return New-Satisfied -Message $a.server -Facts @{ value = @{ SuppressStateChanges = Get-LinkStateSuppression $a.server } }
}
