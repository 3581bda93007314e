<#
title: "Functional levels of forest and domains"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $domains = @{}
    foreach ($result in @(Search-Directory -Base "CN=Partitions,$config" -Filter '(&(objectClass=crossRef)(nETBIOSName=*))' -Properties 'nCName', 'dnsRoot' -Dc $a.dc)) {
        # A controller of the domain itself knows its level.
        $domain = Get-Attribute $result 'dnsRoot'
        $dc = @(Get-AllDomainControllers -Dc $a.dc -Domain $domain)[0]
        if (-not $dc) { throw "The forest has no domain controller of $domain." }
        $domains[$domain] = Get-LdapNumber -Name (Get-Attribute $result 'nCName') -Attribute 'msDS-Behavior-Version' -Dc $dc
    }
    $forest = Get-LdapNumber -Name "CN=Partitions,$config" -Attribute 'msDS-Behavior-Version' -Dc $a.dc
    return New-Satisfied -Message "Forest level $forest." -Facts @{ value = @{ forest = $forest; domains = $domains } }
}
