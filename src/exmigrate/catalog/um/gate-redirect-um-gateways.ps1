<#
title: "Gateways of {{ dialplan.name }} call 2010 UM"
scope: dialplan
when: "dialplan.target_servers"
effect: gate
needs: [migrate-um@dialplan]
window: policy
estimate: {p50: 7200, p90: 86400}
impact: "voice mail of the dial plan is answered by 2010; inbound fax ends (2010 UM has none)"
order: 22
gate:
  closes: person
  instructions: |
    Every IP gateway and PBX of the dial plan ({{ dialplan.gateways|join(', ') }}) must send calls to
    {{ dialplan.target_servers|join(', ') }} only. Call one 2007 and one 2010 mailbox and leave a message in each.
  undo: "Send calls to {{ dialplan.source_servers|join(', ') }} again."
#>
