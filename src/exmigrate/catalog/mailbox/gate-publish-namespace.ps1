<#
title: "Publishing rules of {{ site.name }}"
scope: site
when: "site.internet_facing and servers(site=site.name, role='cas', target=true)"
effect: gate
needs:
  - install-mailbox@site
  - install-update-rollup@site
  - enable-certificate@site
  - configure-cas-vdirs@site
  - enable-outlook-anywhere@site
  - set-autodiscover-scp@site
  - copy-owa-2007-version-folder@site
  - set-outlook-provider
  - gate-create-legacy-dns
  - install-legacy-certificate@site
estimate: {p50: 28800, p90: 259200}
order: 30
gate:
  closes: person
  instructions: |
    Proxy and firewall rules for {{ site.namespace or namespaces.primary }} and {{ namespaces.autodiscover|join(', ') }} to the
    2010 Client Access servers ({{ servers(site=site.name, role='cas', target=true)|names|join(', ') }}) and for
    {{ namespaces.legacy }} to the 2007 ones, prepared and tried from outside with entries in a hosts file: OWA (redirect of
    a 2007 mailbox to {{ namespaces.legacy }}), ActiveSync, EWS, Autodiscover, Outlook Anywhere. Do not switch DNS yet.
  undo: "Disable the new rules."
#>
