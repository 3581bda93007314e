<#
title: "Products that know Exchange support {{ target.version }}"
scope: organization
effect: gate
needs: [collect-inventory]
estimate: {p50: 86400, p90: 604800}
order: 31
gate:
  closes: person
  instructions: |
    Antivirus, backup (2010 has no streaming interface: VSS only), archive, fax, BlackBerry, CRM, applications on WebDAV,
    ExOLEDB or CDOEX, transport agents compiled for 2007: each needs a release for Exchange {{ target.version }} or a
    replacement, signed off by its owner.
    {% for product in topology.products %}
    {{ product.name }} {{ product.version }} ({{ product.kind }}): {{ 'supports the target' if product.supports_target else 'replace by ' ~ (product.replacement or 'what its owner names') }}
    {% endfor %}
  undo: "Nothing was changed: withdraw the confirmation."
#>
