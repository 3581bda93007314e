<#
title: "Windows of the domain controllers"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# Each domain is asked on a controller of its own: the global catalog has no service packs.
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $found = @()
    foreach ($domain in @(Search-Directory -Base "CN=Partitions,$config" -Filter '(&(objectClass=crossRef)(nETBIOSName=*))' -Properties 'nCName', 'dnsRoot' -Dc $a.dc)) {
        $name = Get-Attribute $domain 'dnsRoot'
        $server = @(Get-AllDomainControllers -Dc $a.dc -Domain $name)[0]
        if (-not $server) { throw "The forest has no domain controller of $name." }
        # Bit 13 is a controller, bit 26 a read-only one.
        $filter = '(&(objectCategory=computer)(|(userAccountControl:1.2.840.113556.1.4.803:=8192)(userAccountControl:1.2.840.113556.1.4.803:=67108864)))'
        foreach ($result in @(Search-Directory -Base (Get-Attribute $domain 'nCName') -Filter $filter -Properties 'cn', 'dNSHostName', 'operatingSystem', 'operatingSystemVersion', 'operatingSystemServicePack' -Dc $server)) {
            $found += @{
                cn = Get-Attribute $result 'cn'; dNSHostName = Get-Attribute $result 'dNSHostName'; domain = $name; operatingSystem = Get-Attribute $result 'operatingSystem'
                operatingSystemVersion = Get-Attribute $result 'operatingSystemVersion'; operatingSystemServicePack = Get-Attribute $result 'operatingSystemServicePack'
            }
        }
    }
    return New-Satisfied -Message "$($found.Count) domain controllers." -Facts @{ value = $found }
}
