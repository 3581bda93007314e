<#
title: "Owner of the public folder hierarchy"
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
    $trees = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchPFTree)' -Properties 'cn', 'distinguishedName', 'msExchPFTreeType' -Dc $a.dc)) {
        $trees += @{ cn = Get-Attribute $result 'cn'; distinguishedName = Get-Attribute $result 'distinguishedName'; msExchPFTreeType = Get-Attribute $result 'msExchPFTreeType' }
    }
    return New-Satisfied -Message "$($trees.Count) folder trees." -Facts @{ value = $trees }
}
