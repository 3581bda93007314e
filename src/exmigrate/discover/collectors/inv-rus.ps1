<#
title: "Recipient Update Services"
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
    $services = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchAddressListService)' -Properties 'cn', 'msExchAddressListServiceLink' -Dc $a.dc)) {
        $link = Get-Attribute $result 'msExchAddressListServiceLink'
        $services += @{ cn = Get-Attribute $result 'cn'; server = Get-ServerPart $link; orphaned = [bool]($link -match 'DEL:'); enterprise = [bool]((Get-Attribute $result 'cn') -like '*(Enterprise Configuration)*') }
    }
    return New-Satisfied -Message "$($services.Count) Recipient Update Services." -Facts @{ value = $services }
}
