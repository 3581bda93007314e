<#
title: "Final SCP of {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles"
effect: convergent
needs:
  - set-autodiscover-scp@server
  - {kind: cutover-client-namespace, at: "site.name if site.internet_facing else topology.first_site.name"}
vantage: shell
identity: delegated
check: when-ready
libraries: [directory]
arguments:
  server: server.name
  names: "([site.namespace or namespaces.primary, namespaces.primary] + namespaces.autodiscover|list)|unique|list"
  url: "'https://' ~ (namespaces.autodiscover|list + [namespaces.primary])[0] ~ '/Autodiscover/Autodiscover.xml'"
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "none"
order: 33
#>
# Only where none or a server's own name was announced until now: that of an old server dies with it. A name that moved with
# the cut-over stays.

function Get-Url {
    param($a)
    $pinned = Get-PinnedDc $a
    return "$((Get-ClientAccessServer -Identity $a.server @pinned -ErrorAction Stop).AutoDiscoverServiceInternalUri)"
}

function Test-Lasting {
    param($a, [string]$Url)
    return ($Url -match '^https?://([^/:]+)' -and @($a.names) -contains $matches[1])
}

function Check {
    param($a)
    $now = Get-Url $a
    if (Test-Lasting $a $now) { return New-Satisfied -Message "The SCP $now stays." -Facts @{ url = $now } }
    return New-Needed -Message "The SCP '$now' was for the time before the cut-over; final: $($a.url)." -Before @{ url = $now }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-ClientAccessServer -Identity $a.server -AutoDiscoverServiceInternalUri $a.url @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "The SCP is $($a.url)."
}

# The service connection point itself, as Outlook reads it.
function Verify {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $filter = "(&(objectClass=serviceConnectionPoint)(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)(cn=$($a.server)))"
    foreach ($result in @(Search-Directory -Base $config -Filter $filter -Properties 'serviceBindingInformation' -Dc $a.dc)) {
        $now = Get-Attribute $result 'serviceBindingInformation'
        if (Test-Lasting $a $now) { return New-Verified -Message "The service connection point holds $now." -Facts @{ url = $now } }
        return New-Failed -Message "The service connection point holds '$now'."
    }
    return New-Failed -Message "$($a.server) has no service connection point."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-ClientAccessServer -Identity $a.server -AutoDiscoverServiceInternalUri (Get-ValueOrNull $a.before.url) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "The SCP is '$($a.before.url)' again."
}
