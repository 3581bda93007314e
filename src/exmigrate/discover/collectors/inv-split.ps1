<#
title: "Names that clients use, inside against outside"
scope: organization
when: "namespaces.external_dns"
effect: read
vantage: AD
identity: delegated
libraries: [windows, answers]
arguments:
  hosts: "([namespaces.primary] + namespaces.autodiscover|list + topology.legacy_names|names + topology.sites|map(attribute='namespace')|list)|select|unique|list"
  known: namespaces.primary
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 10, p90: 120}
#>
function Collect {
    param($a)
    foreach ($server in "$($a.internal_dns)", "$($a.external_dns)") {
        if (-not (Test-NameServer -Known $a.known -Server $server)) { throw "The name server $server does not know $($a.known), so nothing that it does not know proves anything." }
    }
    $found = @()
    foreach ($name in @($a.hosts | Where-Object { $_ })) {
        $inside = @(Get-NameAddresses -Name $name -Server $a.internal_dns); $outside = @(Get-NameAddresses -Name $name -Server $a.external_dns)
        $state = 'differs'
        if (Test-SameNames $inside $outside) { $state = 'same' }
        if (-not $inside.Count) { $state = 'external-only' }
        if (-not $outside.Count) { $state = 'internal-only' }
        if (-not $inside.Count -and -not $outside.Count) { $state = 'nowhere' }
        $found += @{ name = $name; internal = $inside; external = $outside; state = $state }
    }
    return New-Satisfied -Message "$($found.Count) names." -Facts @{ value = $found }
}
