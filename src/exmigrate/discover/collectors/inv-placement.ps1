<#
title: "Organizational units of the servers"
scope: organization
effect: read
vantage: AD
identity: delegated
arguments:
  servers: "topology.servers|selectattr('domain')|map(attribute='name')|list"
estimate: {p50: 5, p90: 60}
#>
# Policies come from the units above an account; which of their links reach it, and whether one of them blocks those above.
function Get-UnitsAbove {
    param([string]$Name, [string]$Dc)
    $units = @()
    while ($Name -match '(?<!\\),((?:OU|DC)=.*)$') {
        $Name = $matches[1]
        $entry = [ADSI](Get-DomainPath -Name $Name -Dc $Dc)
        $links = [string]$entry.psbase.Properties['gPLink'].Value
        $options = [string]$entry.psbase.Properties['gPOptions'].Value
        if ($links.Trim() -or $options -eq '1') { $units += @{ unit = $Name; policies = [regex]::Matches($links, '\[LDAP://').Count; blocks = [bool]($options -eq '1') } }
        if ($Name -like 'DC=*') { break }
    }
    return $units
}

function Collect {
    param($a)
    $found = @()
    foreach ($server in @($a.servers)) {
        $there = @(Search-Forest -Filter "(&(objectCategory=computer)(sAMAccountName=$server`$))" -Properties 'distinguishedName' -Dc $a.dc)
        if (-not $there.Count) { $found += @{ server = $server; distinguishedName = ''; units = @() }; continue }
        foreach ($result in $there) {
            $name = Get-Attribute $result 'distinguishedName'
            $found += @{ server = $server; distinguishedName = $name; units = @(Get-UnitsAbove -Name $name -Dc $a.dc) }
        }
    }
    return New-Satisfied -Message "$($found.Count) servers." -Facts @{ value = $found }
}
