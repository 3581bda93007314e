<#
title: "Backup of Active Directory and of every store, restore tested"
scope: organization
effect: gate
needs: [collect-inventory]
estimate: {p50: 14400, p90: 28800}
order: 32
gate:
  closes: person
  instructions: |
    System state of the schema master and of one domain controller of each domain, and all databases of the old servers;
    one restore tried. It is the only undo of the directory preparation. Confirm with date and place of the evidence.
  undo: "Nothing was changed: withdraw the confirmation."
#>
