<#
title: "Exchange organization"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $dn = Get-ExistingOrganization -Dc $a.dc
    $entry = [ADSI](Get-LdapPath -Name $dn -Dc $a.dc)
    return New-Satisfied -Message $dn -Facts @{ value = @{
        name = "$($entry.name.Value)"
        msExchMixedMode = "$($entry.psbase.Properties['msExchMixedMode'].Value)"
        objectVersion = Get-OrganizationLevel -Dc $a.dc
        legacyExchangeDN = "$($entry.psbase.Properties['legacyExchangeDN'].Value)"
    } }
}
