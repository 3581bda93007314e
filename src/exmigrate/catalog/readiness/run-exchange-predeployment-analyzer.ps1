<#
title: "Exchange Pre-Deployment Analyzer"
scope: organization
effect: gate
needs: [collect-inventory]
estimate: {p50: 3600, p90: 14400}
order: 30
gate:
  closes: person
  instructions: |
    Run the Exchange Pre-Deployment Analyzer (ExPDA, or the readiness scan of ExBPA) over the whole organization from a
    tools host. Every finding of level error must be cured; judge each warning. Confirm with the report's file name.
    The analyzer looks at the organization, not at whether a target server can take its role.
  undo: "Nothing was changed: withdraw the confirmation."
#>
