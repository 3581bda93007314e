<#
title: "IP site links"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $links = @()
    foreach ($result in @(Search-Directory -Base "CN=IP,CN=Inter-Site Transports,CN=Sites,$config" -Filter '(objectClass=siteLink)' -Properties 'cn', 'cost', 'replInterval', 'siteList', 'msExchCost' -Dc $a.dc)) {
        $sites = @(@($result.Properties['sitelist']) | Where-Object { $_ } | ForEach-Object { Get-HostPart "$_" })
        $links += @{ cn = Get-Attribute $result 'cn'; cost = Get-Attribute $result 'cost'; replInterval = Get-Attribute $result 'replInterval'; siteList = $sites; msExchCost = Get-Attribute $result 'msExchCost' }
    }
    return New-Satisfied -Message "$($links.Count) site links." -Facts @{ value = $links }
}
