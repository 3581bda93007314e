<#
title: "Publishing rules of {{ site.name }}"
scope: site
when: "site.internet_facing and servers(site=site.name, role='cas', target=true)"
effect: gate
needs:
  - {kind: install-mailbox, at: "servers(site=site.name, role='mailbox', target=true)|names", when: "target.version == '2010'"}
  - install-update-rollup@site
  - enable-certificate@site
  - configure-cas-vdirs@site
  - enable-outlook-anywhere@site
  - set-autodiscover-scp@site
  - copy-owa-2007-version-folder@site
  - set-outlook-provider
  - gate-create-legacy-dns
  - install-legacy-certificate@site
  - gate-install-legacy-certificate@all
  - set-exchange2003-url@site
  - {kind: enable-eas-iwa-2003, when: "target.version == '2010'"}
estimate: {p50: 28800, p90: 259200}
order: 30
gate:
  closes: person
  instructions: |
    Proxy and firewall rules for {{ site.namespace or namespaces.primary -}}
    {% if site.primary or not site.namespace %} and {{ namespaces.autodiscover|join(', ') }}{% endif %} to the
    {{ target.version }} Client Access servers ({{ servers(site=site.name, role='cas', target=true)|names|join(', ') }})
    {%- if site.legacy_name and target.version == '2010' -%}
    {% if site.name in topology.legacy_names|map(attribute='site')|list %} and for
    {{ site.legacy_name }} to the {{ '2007' if '2007' in topology.versions else '2003 front-end' }} ones{% endif %}, prepared and tried from outside with entries in a hosts file: OWA (redirect of
    a {{ topology.versions|join(' and of a ') }} mailbox to {{ site.legacy_name }}), ActiveSync, EWS, Autodiscover, Outlook Anywhere.
    {%- else %}, prepared and tried from outside with entries in a hosts file:
    OWA at /exchange (a {{ topology.versions|join(' and a ') }} mailbox), ActiveSync, Outlook Anywhere, Autodiscover.
    {%- endif %} Do not switch DNS yet{% if target.version == '2007' %}, but lower its time to live{% endif %}.
  undo: "Disable the new rules."
#>
