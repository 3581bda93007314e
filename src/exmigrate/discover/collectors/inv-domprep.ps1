<#
title: "Domains that were prepared"
scope: organization
effect: read
vantage: AD
identity: delegated
libraries: [legacy]
estimate: {p50: 5, p90: 60}
#>
function Test-DomainGroup {
    param([string]$Name, [string]$Base, [string]$Dc)
    return @(Search-Directory -Base $Base -Filter "(&(objectClass=group)(sAMAccountName=$Name))" -Properties 'cn' -Dc $Dc).Count -gt 0
}

function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $found = @()
    foreach ($domain in @(Search-Directory -Base "CN=Partitions,$config" -Filter '(&(objectClass=crossRef)(nETBIOSName=*))' -Properties 'nCName', 'dnsRoot' -Dc $a.dc)) {
        $name = Get-Attribute $domain 'dnsRoot'; $base = Get-Attribute $domain 'nCName'
        $server = Get-DomainDc -Domain $name -Dc $a.dc
        if (-not $server) { throw "The forest has no domain controller of $name." }
        $found += @{
            domain = $name; systemObjects = Get-DomainLevel -Domain $name -Dc $server
            enterpriseServers = [bool](Test-DomainGroup -Name 'Exchange Enterprise Servers' -Base $base -Dc $server)
            domainServers = [bool](Test-DomainGroup -Name 'Exchange Domain Servers' -Base $base -Dc $server)
        }
    }
    return New-Satisfied -Message "$($found.Count) domains." -Facts @{ value = $found }
}
