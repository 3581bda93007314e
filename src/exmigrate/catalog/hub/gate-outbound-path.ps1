<#
title: "Outbound path of the new source servers"
scope: organization
when: "mail_flow.send_connectors or topology.edges"
effect: gate
needs:
  - collect-inventory
  - preflight-remoting@host
vantage:
  shell: target
  host: >-
    ((mail_flow.send_connectors|selectattr('sources')|map(attribute='sources')|first)|first
    if mail_flow.send_connectors|selectattr('sources')|list else first(topology.first_site.name, 'hub').name)
identity: local
libraries: [windows]
arguments:
  outside: mail_flow.outbound_probe
estimate: {p50: 86400, p90: 432000}
order: 1
gate:
  closes: both
  every: 600
  instructions: |
    From each of {{ mail_flow.send_connectors|map(attribute='sources')|sum(start=())|unique|join(', ') or 'the new source servers' }}:
    port 25 outbound from its address, a pointer record of that address that equals the HELO name
    ({{ mail_flow.send_connectors|selectattr('fqdn')|map(attribute='fqdn')|unique|join(', ') or 'the connector\'s Fqdn' }}), the SPF record of every
    sender domain lists it, a smart host allows it, firewall and antivirus exceptions are in place.
  undo: "Withdraw the rules."
#>

function Check {
    param($a)
    if (-not $a.outside) { return New-Satisfied -Message 'The plan names no outside host to try (mail_flow.outbound_probe): a person answers for it.' }
    $seen = Test-TcpPort -Address $a.outside -Port 25 -Banner
    if ($seen.open -and $seen.said -like '220*') { return New-Satisfied -Message "$($a.outside) answers '$($seen.said)'." }
    return New-Needed -Message "$($a.outside) does not answer with 220 on port 25 from $env:COMPUTERNAME ($($seen.said))."
}
