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
    reference for old settings. Add by hand what no collector can read: virtual directory addresses and authentication
    behind a proxy, relay clients, media (path, build, SHA-256){% if '2007' in topology.versions %}, transport and journal
    rules, UM prompts, clusters, custom DSN texts{% endif %}.
    {% if has_legacy %}
    Of Exchange 2000 and 2003: store policies, global message settings, anti-spam settings, SMTP virtual servers (relay,
    TLS with partners), authentication of RPC over HTTP, journaling of each store, sizes of mailboxes and public folders
    (Exchange System Manager, or WMI root\MicrosoftExchangeV2), connectors to other systems and who uses them.
    {% endif %}
    Confirm with the name of the archive.
  undo: "Nothing was changed: withdraw the confirmation and make the plan again."
#>
