<#
title: "Schema master"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $schema = Get-NamingContext -Dc $a.dc -Which 'schemaNamingContext'
    $owner = [string]([ADSI](Get-LdapPath -Name $schema -Dc $a.dc)).fSMORoleOwner.Value
    $server = [ADSI](Get-LdapPath -Name $owner.Substring($owner.IndexOf(',') + 1) -Dc $a.dc)
    $site = ''
    if ($owner -match 'CN=Servers,CN=([^,]+),CN=Sites,') { $site = $matches[1] }
    return New-Satisfied -Message "$($server.dNSHostName.Value)" -Facts @{ value = @{ dNSHostName = [string]$server.dNSHostName.Value; site = $site } }
}
