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
    {% if target.version == '2007' %}
    Antivirus, antispam, backup, archive, fax, BlackBerry, CRM: each needs a release for Exchange 2007 or a replacement,
    signed off by its owner.
    {% else %}
    Antivirus, antispam, backup (2010 has no streaming interface: VSS only), archive, fax, BlackBerry, CRM, applications on
    WebDAV, ExOLEDB or CDOEX{{ ', transport agents compiled for 2007' if '2007' in topology.versions else '' }}: each needs
    a release for Exchange 2010 or a replacement, signed off by its owner.
    {% endif %}
    {% for product in topology.products %}
    {{ product.name }} {{ product.version }} ({{ product.kind }}): {{ 'supports the target' if product.supports_target else 'replace by ' ~ (product.replacement or 'what its owner names') }}
    {% endfor %}
  undo: "Nothing was changed: withdraw the confirmation."
#>
