<#
title: "Groups with an expansion server"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $root = Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext'
    $filter = '(&(|(objectCategory=group)(objectClass=msExchDynamicDistributionList))(msExchExpansionServerName=*))'
    $searcher = New-Object DirectoryServices.DirectorySearcher([ADSI]"GC://$root", $filter)
    $searcher.PageSize = 500
    $groups = @()
    foreach ($result in $searcher.FindAll()) { $groups += @{ cn = Get-Attribute $result 'cn'; distinguishedName = Get-Attribute $result 'distinguishedName'; msExchExpansionServerName = Get-Attribute $result 'msExchExpansionServerName' } }
    return New-Satisfied -Message "$($groups.Count) groups." -Facts @{ value = $groups }
}
