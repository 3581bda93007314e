<#
title: "Windows Management Framework on {{ server.name }}"
scope: server
when: "server.driven and not (inventory.get('inv-remoting@' ~ server.name) or {}).get('ready', true)"
effect: gate
needs: [collect-inventory]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [windows]
arguments:
  address: "server.connection.address if server.connection and server.connection.address else server.fqdn"
  ports: "[server.connection.port if server.connection else 5985]"
estimate: {p50: 1800, p90: 86400}
order: 2
gate:
  closes: probe
  every: 300
  instructions: |
    On {{ server.name }}: Windows Management Framework Core (KB968930; .NET 2.0 SP1 first) on Windows Server 2003 SP2 or
    2008; 2008 R2 has it. Then a listener: 'winrm quickconfig -q', or by policy; an Edge server gets an HTTPS listener
    with a certificate of its name. Do not install WMF 3.0 or later beside Exchange 2007 or 2010 on 2008 or 2008 R2.
  undo: "Uninstall KB968930 and remove the listener."
#>

function Check {
    param($a)
    foreach ($port in @($a.ports)) {
        $seen = Test-TcpPort -Address $a.address -Port $port
        if (-not $seen.open) { return New-Needed -Message "$($a.address) does not answer on port $port ($($seen.said))." }
    }
    return New-Satisfied -Message "$($a.address) answers on port $(@($a.ports) -join ', ')."
}
