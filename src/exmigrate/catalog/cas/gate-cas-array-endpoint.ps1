<#
title: "Name and load balancer of the array of {{ site.name }}"
scope: site
when: "site.cas_array and servers(site=site.name, role='cas', target=true, version='2010')"
effect: gate
needs: [install-cas@site]
vantage: AD
identity: delegated
libraries: [windows]
arguments:
  fqdn: site.cas_array.fqdn
  known: "site.namespace or namespaces.primary"
  address: "site.cas_array.address or ''"
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 3600, p90: 86400}
order: 41
gate:
  closes: both
  every: 300
  instructions: |
    Load balancer: a pool of {{ servers(site=site.name, role='cas', target=true)|names|join(', ') }} with a virtual address
    for TCP 135 and the RPC ports. Internal DNS: {{ site.cas_array.fqdn }} to {{ site.cas_array.address or 'that address' }}
    (one Client Access server without load balancer: its own address). The name must not resolve on the Internet.
  undo: "Delete the record and the virtual server."
#>

function Check {
    param($a)
    $inside = @(Resolve-Record -Name $a.fqdn -Server $a.internal_dns)
    if (-not $inside.Count) { return New-Needed -Message "$($a.fqdn) does not resolve inside." }
    if ($a.address -and $inside -notcontains $a.address) { return New-Needed -Message "$($a.fqdn) is $($inside -join ', ') inside, planned $($a.address)." }
    if ($a.external_dns -and -not (Test-NameServer -Known $a.known -Server $a.external_dns)) { return New-Needed -Message "$($a.known) does not resolve on the Internet as $($a.external_dns) says: whether $($a.fqdn) does cannot be seen." }
    if ($a.external_dns -and @(Resolve-Record -Name $a.fqdn -Server $a.external_dns).Count) { return New-Needed -Message "$($a.fqdn) resolves on the Internet, where Outlook Anywhere clients would wait for it." }
    $seen = Test-TcpPort -Address $inside[0] -Port 135
    if (-not $seen.open) { return New-Needed -Message "$($inside[0]) does not answer on TCP 135 ($($seen.said))." }
    return New-Satisfied -Message "$($a.fqdn) is $($inside -join ', ') inside and answers on TCP 135."
}
