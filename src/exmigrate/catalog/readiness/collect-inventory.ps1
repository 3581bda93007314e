<#
title: "Collect the inventory of {{ organization }}"
scope: organization
effect: gate
estimate: {p50: 14400, p90: 172800}
order: 1
gate:
  closes: person
  instructions: |
    Run 'exmigrate discover PLAN -o FILE' against every server of the plan and keep the archive that it writes: it is the
    only reference for old settings. It names what could not be read ('missing'), with the reason: repair that and run it
    again, until no item of a machine is missing. It names what a person has to bring ('bring'), with the place where it is
    found: write that into 'value' of the record in FILE; the next run keeps it. With --exit-code it ends with 0 once
    nothing is left.
    {% if '2007' in topology.versions %}
    Beside it, copy as files: transport and journal rules (Export-TransportRuleCollection, Get-JournalRule), UM prompts.
    {% endif %}
    {% if has_legacy %}
    Servers of Exchange 2000 have no WinRM: what they hold is brought by persons (Exchange System Manager, WMI, LDAP).
    {% endif %}
    Confirm with the name of the archive, and with what is still missing and why that is accepted.
  undo: "Nothing was changed: withdraw the confirmation and make the plan again."
#>
