<#
title: "Subnets and their sites"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $subnets = @()
    foreach ($result in @(Search-Directory -Base "CN=Subnets,CN=Sites,$config" -Filter '(objectClass=subnet)' -Properties 'cn', 'siteObject' -Dc $a.dc)) {
        # A subnet of no site is one that an administrator has only half made.
        $site = ''
        if ((Get-Attribute $result 'siteObject') -match '^CN=([^,]+),') { $site = $matches[1] }
        $subnets += @{ cn = Get-Attribute $result 'cn'; site = $site }
    }
    return New-Satisfied -Message "$($subnets.Count) subnets." -Facts @{ value = $subnets }
}
