<#
title: "Exchange 2007 will never be needed"
scope: organization
when: "target.version == '2010' and '2007' not in topology.versions and topology.keep_2007_option != true"
effect: gate
needs: [collect-inventory]
estimate: {p50: 86400, p90: 432000}
order: 37
gate:
  closes: person
  instructions: |
    After /PrepareAD of Exchange 2010 in an organization without any 2007 role, no server of Exchange 2007 can ever be
    installed in it. Decide in writing that 2007 will never be needed: no application on WebDAV, ExOLEDB or CDOEX that
    cannot be rewritten, no product that knows 2007 only. If it may be needed, say 'keep_2007_option: true' in the plan:
    one server of 2007 with all roles is then installed before.
  undo: "Nothing was changed: withdraw the decision."
#>
