<#
title: "People and their delegates"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Get-Alias {
    param($Result)
    return (Get-Attribute $Result 'mailNickname')
}

function Collect {
    param($a)
    $domain = Get-NamingContext -Dc $a.dc -Which 'defaultNamingContext'
    $alias = @{}; $found = @()
    foreach ($result in @(Search-Directory -Base $domain -Filter '(&(objectCategory=person)(mailNickname=*))' -Properties 'distinguishedName', 'mailNickname' -Dc $a.dc)) { $alias[(Get-Attribute $result 'distinguishedName')] = Get-Alias $result }
    foreach ($result in @(Search-Directory -Base $domain -Filter '(&(mailNickname=*)(publicDelegates=*))' -Properties 'mailNickname', 'publicDelegates' -Dc $a.dc)) {
        $names = @($result.Properties['publicdelegates'] | ForEach-Object { $alias["$_"] } | Where-Object { $_ })
        if ($names.Count) { $found += @{ alias = Get-Alias $result; delegates = $names } }
    }
    return New-Satisfied -Message "$($found.Count) people with delegates." -Facts @{ value = $found }
}
