<#
title: "Cut-over of {{ site.namespace or namespaces.primary }}"
scope: site
when: "site.internet_facing and servers(site=site.name, role='cas', target=true)"
effect: gate
needs:
  - set-legacy-urls-2007@site
  - gate-publish-namespace@site
  - create-test-mailboxes@site
  - gate-create-legacy-dns
  - install-legacy-certificate@site
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
impact: "web clients, devices and Outlook Anywhere of this name go to 2010, which redirects or proxies what is still on 2007"
order: 32
gate:
  closes: both
  every: 120
  instructions: |
    Switch {{ site.namespace or namespaces.primary }} and {{ namespaces.autodiscover|join(', ') }} inside
    ({{ site.internal_addresses|join(', ') }}) and outside ({{ site.external_addresses|join(', ') }}), and the publishing rules.
    Then, with one 2007 and one 2010 mailbox: OWA, ActiveSync, EWS, Autodiscover, Outlook Anywhere, inside and outside;
    Test-OutlookWebServices and Test-OutlookConnectivity -Protocol Http with the test mailbox.
  undo: "DNS and rules back to 2007; valid only while no mailbox has moved."
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
    return New-Satisfied -Message "$(@($a.names) -join ', ') lead to 2010 as far as can be seen from here."
}
