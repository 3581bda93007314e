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
    $dn = Get-OrganizationName -Dc $a.dc
    if (-not $dn) { throw 'The forest has no Exchange organization.' }
    $entry = [ADSI](Get-LdapPath -Name $dn -Dc $a.dc)
    return New-Satisfied -Message $dn -Facts @{ value = @{
        name = "$($entry.name.Value)"
        msExchMixedMode = "$($entry.psbase.Properties['msExchMixedMode'].Value)"
        objectVersion = Get-OrganizationLevel -Dc $a.dc
        legacyExchangeDN = "$($entry.psbase.Properties['legacyExchangeDN'].Value)"
    } }
}
