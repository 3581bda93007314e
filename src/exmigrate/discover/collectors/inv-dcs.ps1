<#
title: "Directory servers of every site"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $servers = @()
    foreach ($result in @(Search-Directory -Base "CN=Sites,$config" -Filter '(objectClass=nTDSDSA)' -Properties 'distinguishedName', 'options', 'objectClass' -Dc $a.dc)) {
        $dn = Get-Attribute $result 'distinguishedName'
        $server = [ADSI](Get-LdapPath -Name $dn.Substring($dn.IndexOf(',') + 1) -Dc $a.dc)
        $options = 0
        if (Get-Attribute $result 'options') { $options = [int](Get-Attribute $result 'options') }
        $site = ''
        if ($dn -match 'CN=Servers,CN=([^,]+),CN=Sites,') { $site = $matches[1] }
        $version = ''; $pack = ''
        $computer = [string]$server.serverReference.Value
        if ($computer) {
            $entry = [ADSI](Get-DomainPath -Name $computer -Dc $a.dc)
            $version = [string]$entry.operatingSystemVersion.Value; $pack = [string]$entry.operatingSystemServicePack.Value
        }
        $servers += @{
            dNSHostName = [string]$server.dNSHostName.Value; site = $site; globalCatalog = [bool]($options -band 1)
            readOnly = [bool](@($result.Properties['objectclass']) -contains 'nTDSDSARO'); operatingSystemVersion = $version; operatingSystemServicePack = $pack
        }
    }
    return New-Satisfied -Message "$($servers.Count) domain controllers." -Facts @{ value = $servers }
}
