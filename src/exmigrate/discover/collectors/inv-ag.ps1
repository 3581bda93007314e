<#
title: "Administrative groups"
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
    $groups = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchAdminGroup)' -Properties 'cn', 'distinguishedName', 'msExchAdminGroupMode', 'legacyExchangeDN' -Dc $a.dc)) {
        $groups += @{ cn = Get-Attribute $result 'cn'; distinguishedName = Get-Attribute $result 'distinguishedName'; msExchAdminGroupMode = Get-Attribute $result 'msExchAdminGroupMode'; legacyExchangeDN = Get-Attribute $result 'legacyExchangeDN' }
    }
    return New-Satisfied -Message "$($groups.Count) administrative groups." -Facts @{ value = $groups }
}
