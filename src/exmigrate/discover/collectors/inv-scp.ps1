<#
title: "Autodiscover SCP of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
# The address that domain-joined Outlook uses today: the new servers announce it until the cut-over.

function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $url = "$((Get-ClientAccessServer -Identity $a.server @pinned -ErrorAction Stop).AutoDiscoverServiceInternalUri)"
    return New-Satisfied -Message $url -Facts @{ value = $url }
}
