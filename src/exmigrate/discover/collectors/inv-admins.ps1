<#
title: "Schema Admins and Enterprise Admins"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# By their numbers: the names of these groups are translated.
function Find-BySid {
    param([byte[]]$Domain, [int]$Rid, [string]$Root, [string]$Dc)
    $sid = [byte[]]($Domain + [BitConverter]::GetBytes([int]$Rid))
    $sid[1] = $Domain[1] + 1
    $text = ''
    foreach ($byte in $sid) { $text += '\{0:x2}' -f $byte }
    foreach ($result in @(Search-Directory -Base $Root -Filter "(objectSid=$text)" -Properties 'cn', 'distinguishedName' -Dc $Dc)) { return $result }
}

# DC=contoso,DC=com as contoso.com
function Get-DnsName {
    param([string]$Name)
    return (@($Name -split ',') | ForEach-Object { $_ -replace '^DC=', '' }) -join '.'
}

# Accounts of a group and of the groups in it: { account, domain, via }. A member of another domain is asked at its own.
function Get-Accounts {
    param([string]$Group, [string]$Via, [string]$Dc, [hashtable]$Seen)
    foreach ($name in @(([ADSI](Get-LdapPath -Name $Group -Dc $Dc)).psbase.Properties['member'])) {
        if (-not $name -or $Seen.ContainsKey("$name")) { continue }
        $Seen["$name"] = $true
        $domain = ("$name" -replace '^.*?(?=,DC=)', '').TrimStart(',')
        $at = $Dc
        if ($domain -ne $Seen['root']) { $at = Get-DnsName $domain }
        try {
            $entry = [ADSI](Get-LdapPath -Name "$name" -Dc $at)
            $classes = @($entry.psbase.Properties['objectClass'])
            $account = [string]$entry.psbase.Properties['sAMAccountName'].Value
        }
        catch { @{ account = ''; distinguishedName = "$name"; via = $Via; error = "$($_.Exception.Message)" }; continue }
        if ($classes -contains 'group') { Get-Accounts -Group "$name" -Via $account -Dc $at -Seen $Seen }
        else { @{ account = $account; distinguishedName = "$name"; via = $Via; error = '' } }
    }
}

function Collect {
    param($a)
    $root = Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext'
    $dns = Get-DnsName $root
    $server = @(Get-AllDomainControllers -Dc $a.dc -Domain $dns)[0]
    $sid = [byte[]]([ADSI](Get-LdapPath -Name $root -Dc $server)).psbase.Properties['objectSid'].Value
    $groups = @()
    foreach ($rid in 518, 519) {
        $group = Find-BySid -Domain $sid -Rid $rid -Root $root -Dc $server
        if (-not $group) { throw "The root domain $dns has no group with the number $rid." }
        $seen = @{ root = $root }
        $groups += @{ rid = $rid; cn = Get-Attribute $group 'cn'; members = @(Get-Accounts -Group (Get-Attribute $group 'distinguishedName') -Via '' -Dc $server -Seen $seen) }
    }
    return New-Satisfied -Message "$($groups.Count) groups." -Facts @{ value = $groups }
}
