<#
title: "What each 2000 and 2003 server does"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $roles = @{}
    foreach ($result in @(Search-Directory -Base $organization -Filter '(&(objectClass=msExchExchangeServer)(|(serialNumber=Version 6.*)(serialNumber=Version 5.5*)))' -Properties 'cn', 'msExchServerRole' -Dc $a.dc)) {
        $roles[(Get-Attribute $result 'cn')] = @{ server = Get-Attribute $result 'cn'; frontEnd = [bool]((Get-Attribute $result 'msExchServerRole') -eq '1'); bridgehead = @(); mailbox = 0; publicFolders = 0 }
    }
    foreach ($result in @(Search-Directory -Base $organization -Filter '(msExchSourceBridgeheadServersDN=*)' -Properties 'cn', 'msExchSourceBridgeheadServersDN' -Dc $a.dc)) {
        foreach ($name in @($result.Properties['msexchsourcebridgeheadserversdn'])) { $server = Get-ServerPart "$name"; if ($roles.ContainsKey($server)) { $roles[$server].bridgehead += Get-Attribute $result 'cn' } }
    }
    foreach ($set in @(@('msExchPrivateMDB', 'mailbox'), @('msExchPublicMDB', 'publicFolders'))) {
        foreach ($result in @(Search-Directory -Base $organization -Filter "(objectClass=$($set[0]))" -Properties 'distinguishedName' -Dc $a.dc)) {
            $server = Get-ServerPart (Get-Attribute $result 'distinguishedName')
            if ($roles.ContainsKey($server)) { $roles[$server][$set[1]] += 1 }
        }
    }
    return New-Satisfied -Message "$($roles.Count) servers." -Facts @{ value = @($roles.Keys | Sort-Object | ForEach-Object { $roles[$_] }) }
}
