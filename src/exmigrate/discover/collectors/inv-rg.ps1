<#
title: "Routing groups"
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
    $members = @{}
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchExchangeServer)' -Properties 'cn', 'msExchHomeRoutingGroup' -Dc $a.dc)) {
        $group = Get-Attribute $result 'msExchHomeRoutingGroup'
        if ($group) { $members[$group] = @($members[$group] | Where-Object { $_ }) + @(Get-Attribute $result 'cn') }
    }
    $groups = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchRoutingGroup)' -Properties 'cn', 'distinguishedName', 'msExchRoutingMasterDN' -Dc $a.dc)) {
        $dn = Get-Attribute $result 'distinguishedName'
        $groups += @{ cn = Get-Attribute $result 'cn'; distinguishedName = $dn; master = Get-ServerPart (Get-Attribute $result 'msExchRoutingMasterDN'); members = @($members[$dn] | Where-Object { $_ }) }
    }
    return New-Satisfied -Message "$($groups.Count) routing groups." -Facts @{ value = $groups }
}
