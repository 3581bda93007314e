<#
title: "Inbound mail to Exchange {{ target.version }}"
scope: organization
effect: gate
needs:
  - {kind: install-hub, at: "servers(site=topology.first_site.name, role='hub', target=true)|names"}
  - {kind: allow-anonymous-receive, at: "mail_flow.receive_connectors|rejectattr('use', 'equalto', 'relay')|map(attribute='servers')|sum(start=())|list"}
  - resubscribe-edge
  - edge-subscribe
  - configure-accepted-domains
  - create-shared-domain-connector
  - set-site-routing
vantage: AD
identity: delegated
window: policy
libraries: [windows]
arguments:
  domains: "mail_flow.mx_domains|list"
  targets: >-
    (topology.servers|selectattr('name', 'in', mail_flow.inbound_targets)|map(attribute='addresses')|map('first')|list)
    + (mail_flow.inbound_targets|reject('in', topology.servers|names)|list)
  outside: "mail_flow.inbound_targets|reject('in', topology.servers|names)|list"
  external_dns: namespaces.external_dns
estimate: {p50: 3600, p90: 14400}
impact: "mail is queued outside for the minutes of the switch"
order: 70
gate:
  closes: both
  every: 300
  instructions: |
    Point firewall, gateway or MX of {{ mail_flow.mx_domains|join(', ') or 'every accepted domain' }} to
    {{ mail_flow.inbound_targets|join(', ') or 'the new Hub or Edge servers' }}. Inbound only: outbound is gate-outbound-path.
    Read the Received headers of a mail from outside to a {{ topology.versions|join(' or ') }} mailbox.
  undo: "Point firewall, gateway or MX back to the {{ topology.versions|join(' and ') }} servers."
#>
# Where the plan names addresses, the MX of each domain must lead to one of them; each target must answer as a mail server.

function Check {
    param($a)
    $addresses = @(@($a.outside) | Where-Object { "$_" -match '^\d{1,3}(\.\d{1,3}){3}$' })
    if ($a.external_dns -and $addresses.Count) {
        foreach ($domain in @($a.domains)) {
            $found = @()
            foreach ($exchanger in @(Resolve-Record -Name $domain -Type MX -Server $a.external_dns)) { $found += @(Resolve-Record -Name $exchanger -Server $a.external_dns) }
            if (-not @($found | Where-Object { $addresses -contains $_ }).Count) { return New-Needed -Message "The MX of $domain leads to $($found -join ', '), planned $($addresses -join ', ')." }
        }
    }
    foreach ($target in @($a.targets)) {
        if ($addresses -contains $target) { continue }
        $seen = Test-TcpPort -Address $target -Port 25 -Banner
        if (-not $seen.open -or $seen.said -notlike '220*') { return New-Needed -Message "$target does not answer as a mail server ($($seen.said))." }
    }
    return New-Satisfied -Message 'What can be seen from here is as planned; the Received headers are for a person.'
}
