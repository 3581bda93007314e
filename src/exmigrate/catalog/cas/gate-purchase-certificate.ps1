<#
title: "Certificate of the planned names"
scope: organization
effect: gate
needs: [create-certificate-request]
estimate: {p50: 172800, p90: 432000}
order: 2
gate:
  closes: person
  instructions: |
    A certificate from a trusted authority with these names: {% for c in topology.certificates %}{{ c.names|join(', ') }} {% endfor %}
    {% if topology.legacy_names -%}
    {{ topology.legacy_names|names|join(' and ') }} must be among them: the same certificate goes to {% if '2007' in topology.versions -%}
    the 2007 Client Access servers{% else %}the published {{ topology.versions|join(' and ') }} servers{% endif %}.
    {% endif -%}
    Complete the answer on the server that made the request, export it with its private key and the whole chain, and put
    the PFX at {% for c in topology.certificates %}{{ c.pfx }} {% endfor %}. Mobile devices must trust the chain.
  undo: "Nothing was changed: withdraw the confirmation."
#>
