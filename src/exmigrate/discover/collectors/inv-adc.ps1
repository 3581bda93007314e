<#
title: "What Exchange 5.5 has left in the directory"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $left = @()
    foreach ($kind in 'msExchConnectionAgreement', 'msExchSiteReplicationService') {
        foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(objectClass=$kind)" -Properties 'cn', 'distinguishedName' -Dc $a.dc)) {
            $left += @{ class = $kind; cn = Get-Attribute $result 'cn'; distinguishedName = Get-Attribute $result 'distinguishedName' }
        }
    }
    return New-Satisfied -Message "$($left.Count) objects." -Facts @{ value = $left }
}
