<#
title: "Sites"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $sites = @()
    foreach ($result in @(Search-Directory -Base "CN=Sites,$config" -Filter '(objectClass=site)' -Properties 'cn', 'msExchTransportSiteFlags' -Dc $a.dc -Scope 'OneLevel')) {
        $sites += @{ cn = Get-Attribute $result 'cn'; msExchTransportSiteFlags = Get-Attribute $result 'msExchTransportSiteFlags' }
    }
    return New-Satisfied -Message "$($sites.Count) sites." -Facts @{ value = $sites }
}
