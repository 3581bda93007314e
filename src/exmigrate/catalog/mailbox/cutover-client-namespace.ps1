<#
title: "Cut-over of {{ site.namespace or namespaces.primary }}"
scope: site
when: "site.internet_facing and servers(site=site.name, role='cas', target=true)"
effect: gate
needs:
  - set-legacy-urls-2007@site
  - gate-publish-namespace@site
  # The first site has the legacy name and Autodiscover: a regional name that moved before would redirect to nowhere.
  - {kind: cutover-client-namespace, at: topology.first_site.name, when: site.name != topology.first_site.name}
  - {kind: create-test-mailboxes, at: site.name, when: "target.version == '2010'"}
  - {kind: enable-outlook-anywhere, at: "servers(site=site.name, role='cas', target=true)|names", when: "target.version == '2007'"}
  - enable-eas-iwa-2003@all
  - gate-create-legacy-dns
  - install-legacy-certificate@site
  - gate-install-legacy-certificate@all
vantage: AD
identity: delegated
window: policy
libraries: [windows]
arguments:
  names: "([site.namespace or namespaces.primary] + (namespaces.autodiscover|list if site.primary or not site.namespace else []))|unique|list"
  internal: "site.internal_addresses|list"
  external: "site.external_addresses|list"
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 3600, p90: 7200}
impact: "web clients, devices and Outlook Anywhere of this name go to {{ target.version }}, which redirects or proxies what is still on {{ topology.versions|join(' or ') }}"
order: 32
gate:
  closes: both
  every: 120
  instructions: |
    Switch {{ site.namespace or namespaces.primary -}}
    {% if site.primary or not site.namespace %} and {{ namespaces.autodiscover|join(', ') }}{% endif %} inside
    ({{ site.internal_addresses|join(', ') }}) and outside ({{ site.external_addresses|join(', ') }}), and the publishing rules.
    {% if has_legacy -%} End the publishing of RPC over HTTP to the old servers: the new ones hand it on to them.
    {% endif -%}
    {% if target.version == '2010' -%}
    Then, with one {{ topology.versions|join(', one ') }} and one 2010 mailbox: OWA, ActiveSync, EWS, Autodiscover, Outlook Anywhere, inside and outside;
    Test-OutlookWebServices and Test-OutlookConnectivity -Protocol Http with the test mailbox.
    {%- else -%}
    Then, with a {{ topology.versions|join(' and a ') }} mailbox: OWA at /exchange, ActiveSync (no event 1036 on the Client Access servers), Outlook
    Anywhere, inside and outside.
    {%- endif %}
  undo: "DNS and rules back to {{ topology.versions|join(' and ') }}; valid only while no mailbox has moved."
#>

function Get-NameFault {
    param([string]$Name, [string]$Server, $Wanted, [string]$View)
    $found = @(Resolve-Record -Name $Name -Server $Server)
    if (-not $found.Count) { return "$Name does not resolve $View." }
    foreach ($address in $found) { if (@($Wanted) -notcontains $address) { return "$Name is $($found -join ', ') $View, planned $(@($Wanted) -join ', ')." } }
}

function Check {
    param($a)
    $faults = @()
    foreach ($name in @($a.names)) {
        if (@(Get-NameList $a.internal).Count) { $faults += @(Get-NameFault -Name $name -Server $a.internal_dns -Wanted $a.internal -View 'inside') }
        if ($a.external_dns -and @(Get-NameList $a.external).Count) { $faults += @(Get-NameFault -Name $name -Server $a.external_dns -Wanted $a.external -View 'outside') }
    }
    $faults = @($faults | Where-Object { $_ })
    if ($faults.Count) { return New-Needed -Message ($faults -join ' ') }
    return New-Satisfied -Message "$(@($a.names) -join ', ') lead to the new servers as far as can be seen from here."
}
