<#
title: "SCP of {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles"
effect: convergent
needs: [install-cas@server]
vantage: shell
identity: delegated
window: with:install-cas
priority: 1
libraries: [directory]
arguments:
  server: server.name
  url:
    $fact: >-
      'inv-scp@' ~ (first(site.name, 'cas', false, '2007') or first(topology.first_site.name, 'cas', false, '2007')
      or servers(role='cas', target=false, version='2007')|first).name
      if target.version == '2010' and servers(role='cas', target=false, version='2007') else ''
  own: >-
    'https://' ~ server.fqdn ~ '/Autodiscover/Autodiscover.xml'
    if server.fqdn in topology.certificates|map(attribute='names')|sum(start=()) else ''
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "none: it prevents certificate warnings in domain-joined Outlook"
order: 21
failures:
  - {match: "couldn't be found", class: transient, means: "The new server has not replicated to this domain controller.", do: "Nothing: it is tried again."}
#>
# Until the cut-over the new CAS announces the address that clients use today; after it the same name leads to it. Where
# 2000 or 2003 alone is there, nothing announces one: then its own name, if the certificate has it, or none at all, so that
# nobody is warned of a self-signed certificate; flip-autodiscover-scp sets the final one.

function Get-Wanted {
    param($a)
    if ($a.url) { return [string]$a.url }
    return [string]$a.own
}

function Get-ScpBinding {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $filter = "(&(objectClass=serviceConnectionPoint)(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)(cn=$($a.server)))"
    foreach ($result in @(Search-Directory -Base $config -Filter $filter -Properties 'serviceBindingInformation' -Dc $a.dc)) {
        return Get-Attribute $result 'serviceBindingInformation'
    }
    return ''
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = "$((Get-ClientAccessServer -Identity $a.server @pinned -ErrorAction Stop).AutoDiscoverServiceInternalUri)"
    $wanted = Get-Wanted $a
    if ($now -eq $wanted) { return New-Satisfied -Message "The SCP is '$now'." -Facts @{ url = $now } }
    return New-Needed -Message "The SCP is '$now', wanted until the cut-over: '$wanted'." -Before @{ url = $now } -Facts @{ url = $now }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-ClientAccessServer -Identity $a.server -AutoDiscoverServiceInternalUri (Get-ValueOrNull (Get-Wanted $a)) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "The SCP is '$(Get-Wanted $a)'."
}

# The service connection point itself, as Outlook reads it.
function Verify {
    param($a)
    $now = Get-ScpBinding $a
    $wanted = Get-Wanted $a
    if ($now -ne $wanted) { return New-Failed -Message "The service connection point holds '$now', wanted '$wanted'." }
    return New-Verified -Message "The service connection point holds '$now'." -Facts @{ url = $now }
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-ClientAccessServer -Identity $a.server -AutoDiscoverServiceInternalUri (Get-ValueOrNull $a.before.url) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "The SCP is '$($a.before.url)' again."
}
