<#
title: "Collect the inventory of {{ organization }}"
scope: organization
effect: gate
estimate: {p50: 14400, p90: 172800}
order: 1
gate:
  closes: person
  instructions: |
    Run 'exmigrate discover' against every server of the plan and keep the archive that it writes: it is the only
    reference for old settings. Add by hand what no collector can read: 2007 virtual directory addresses and
    authentication behind a proxy, relay clients, media (path, build, SHA-256), transport and journal rules, UM prompts,
    clusters, custom DSN texts. Confirm with the name of the archive.
  undo: "Nothing was changed: withdraw the confirmation and make the plan again."
#>
