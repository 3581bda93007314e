<#
title: "Members of the groups of Exchange"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
libraries: [recipients]
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $root = Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext'
    $dc = (Get-RecipientPin $a $root).DomainController
    $groups = @()
    foreach ($name in 'ExchangeLegacyInterop', 'Exchange Servers', 'Exchange Domain Servers', 'Exchange Enterprise Servers') {
        foreach ($result in @(Search-Directory -Base $root -Filter "(&(objectCategory=group)(cn=$name))" -Properties 'cn', 'distinguishedName', 'member' -Dc $dc)) {
            $members = @()
            if ($result.Properties.Contains('member')) { $members = @($result.Properties['member'] | ForEach-Object { if ("$_" -match '^CN=([^,]+),') { $matches[1] } }) }
            $groups += @{ cn = Get-Attribute $result 'cn'; distinguishedName = Get-Attribute $result 'distinguishedName'; members = $members }
        }
    }
    return New-Satisfied -Message "$($groups.Count) groups." -Facts @{ value = $groups }
}
