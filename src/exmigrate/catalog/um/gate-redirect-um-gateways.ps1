<#
title: "Gateways of {{ dialplan.name }} call {{ target.version }} UM"
scope: dialplan
when: "dialplan.target_servers"
effect: gate
needs: [migrate-um@dialplan, configure-um@dialplan]
window: policy
estimate: {p50: 7200, p90: 86400}
impact: "voice mail of the dial plan is answered by {{ target.version }}{% if target.version == '2010' and not dialplan.create %}; inbound fax ends (2010 UM has none){% endif %}"
order: 22
gate:
  closes: person
  instructions: |
    Every IP gateway and PBX of the dial plan ({{ (dialplan.gateways|list or dialplan.gateway_addresses|list)|join(', ') }}) must send calls to
    {{ dialplan.target_servers|join(', ') }} only.
    {%- if dialplan.create %} Call an extension that nobody has yet: the UM server must answer.
    {%- else %} Call one 2007 and one 2010 mailbox and leave a message in each.{% endif %}
  undo: "{% if dialplan.source_servers %}Send calls to {{ dialplan.source_servers|join(', ') }} again.{% else %}Send calls where they went before.{% endif %}"
#>
