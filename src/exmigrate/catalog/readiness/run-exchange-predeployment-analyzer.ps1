<#
title: "{{ 'Exchange Best Practices Analyzer, readiness for 2007' if target.version == '2007' else 'Exchange Pre-Deployment Analyzer' }}"
scope: organization
effect: gate
needs: [collect-inventory]
estimate: {p50: 3600, p90: 14400}
order: 30
gate:
  closes: person
  instructions: |
    {% if target.version == '2007' %}
    Run the Exchange Best Practices Analyzer 2.7 or newer over the whole organization from a tools host, scan type
    'Exchange 2007 Readiness Check'. 'Transition documentation' on its tab All Issues names the model of the organization.
    {% else %}
    Run the Exchange Pre-Deployment Analyzer (ExPDA, or the readiness scan of ExBPA) over the whole organization from a
    tools host.
    {% endif %}
    Every finding of level error must be cured; judge each warning. Confirm with the report's file name.
    The analyzer looks at the organization, not at whether a target server can take its role.
  undo: "Nothing was changed: withdraw the confirmation."
#>
