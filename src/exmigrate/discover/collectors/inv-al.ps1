<#
title: "Address lists and their filters"
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
    $lists = @()
    foreach ($result in @(Search-Directory -Base "CN=Address Lists Container,$organization" -Filter '(objectClass=addressBookContainer)' -Properties 'cn', 'distinguishedName', 'purportedSearch', 'msExchQueryFilter' -Dc $a.dc)) {
        $filter = Get-Attribute $result 'purportedSearch'
        if ($filter) { $lists += @{ cn = Get-Attribute $result 'cn'; global = [bool]((Get-Attribute $result 'distinguishedName') -like '*,CN=All Global Address Lists,*'); purportedSearch = $filter; msExchQueryFilter = Get-Attribute $result 'msExchQueryFilter' } }
    }
    return New-Satisfied -Message "$($lists.Count) address lists." -Facts @{ value = $lists }
}
