<#
title: "Ports from {{ server.name }} to the Edge servers of its site"
scope: server
when: >-
  server.target and server.driven and 'hub' in server.roles
  and topology.edges|selectattr('existing')|selectattr('site', 'equalto', server.site)|list
effect: read
vantage: target
identity: local
libraries: [windows]
arguments:
  edges: "topology.servers|selectattr('name', 'in', topology.edges|selectattr('existing')|selectattr('site', 'equalto', server.site)|map(attribute='edge')|list)|map(attribute='fqdn')|list"
estimate: {p50: 10, p90: 60}
#>
# Only Edge servers that stand today: a new one answers on no port before its Setup.
function Collect {
    param($a)
    $found = @()
    foreach ($edge in @($a.edges)) {
        foreach ($port in 50636, 25) {
            $seen = Test-TcpPort -Address $edge -Port $port
            $found += @{ host = $edge; port = $port; open = [bool]$seen.open; error = "$($seen.said)" }
        }
    }
    return New-Satisfied -Message "$($found.Count) ports." -Facts @{ value = $found }
}
