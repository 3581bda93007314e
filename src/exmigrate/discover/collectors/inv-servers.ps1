<#
title: "Exchange servers"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $servers = @()
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter '(objectClass=msExchExchangeServer)' -Properties 'cn', 'serialNumber', 'versionNumber', 'msExchCurrentServerRoles', 'msExchServerSite', 'legacyExchangeDN', 'whenCreated' -Dc $a.dc)) {
        $roles = 0
        if (Get-Attribute $result 'msExchCurrentServerRoles') { $roles = [int](Get-Attribute $result 'msExchCurrentServerRoles') }
        $servers += @{
            cn = Get-Attribute $result 'cn'; serialNumber = Get-Attribute $result 'serialNumber'; versionNumber = Get-Attribute $result 'versionNumber'
            msExchCurrentServerRoles = $roles; msExchServerSite = Get-Attribute $result 'msExchServerSite'; legacyExchangeDN = Get-Attribute $result 'legacyExchangeDN'
        }
    }
    return New-Satisfied -Message "$($servers.Count) servers." -Facts @{ value = $servers }
}
