<#
title: "People and their delegates"
scope: organization
effect: read
vantage: AD
identity: delegated
libraries: [recipients]
estimate: {p50: 5, p90: 60}
#>
function Get-Alias {
    param($Result)
    return (Get-Attribute $Result 'mailNickname')
}

function Collect {
    param($a)
    $alias = @{}; $found = @()
    # All people first: a delegate may be of another domain.
    foreach ($domain in @($a.dcs.Keys | Sort-Object)) {
        foreach ($result in @(Search-Directory -Base (Get-DomainDn $domain) -Filter '(&(objectCategory=person)(mailNickname=*))' -Properties 'distinguishedName', 'mailNickname' -Dc $a.dcs[$domain])) { $alias[(Get-Attribute $result 'distinguishedName')] = Get-Alias $result }
    }
    foreach ($domain in @($a.dcs.Keys | Sort-Object)) {
        foreach ($result in @(Search-Directory -Base (Get-DomainDn $domain) -Filter '(&(mailNickname=*)(publicDelegates=*))' -Properties 'mailNickname', 'publicDelegates' -Dc $a.dcs[$domain])) {
            $names = @($result.Properties['publicdelegates'] | ForEach-Object { $alias["$_"] } | Where-Object { $_ })
            if ($names.Count) { $found += @{ alias = Get-Alias $result; delegates = $names } }
        }
    }
    return New-Satisfied -Message "$($found.Count) people with delegates." -Facts @{ value = $found }
}
