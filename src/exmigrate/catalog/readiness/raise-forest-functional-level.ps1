<#
title: "Forest functional level Windows Server 2003"
scope: forest
effect: gate
reversibility: forward-only
reason: "A functional level is never lowered."
needs: [collect-inventory]
vantage: AD
identity: delegated
estimate: {p50: 1800, p90: 86400}
rights: ["Enterprise Admins"]
order: 33
gate:
  closes: probe
  every: 600
  instructions: |
    Raise every domain and then the forest to Windows Server 2003 or higher (Active Directory Domains and Trusts). No
    domain controller older than Windows Server 2003 may be left.
  undo: "None: a functional level is never lowered."
#>
# msDS-Behavior-Version of CN=Partitions and of every domain, on every DC.

function Check {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $low = @()
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        $forest = Get-LdapNumber -Name "CN=Partitions,$config" -Attribute 'msDS-Behavior-Version' -Dc $dc
        $domain = Get-LdapNumber -Name (Get-NamingContext -Dc $dc -Which 'defaultNamingContext') -Attribute 'msDS-Behavior-Version' -Dc $dc
        if ($forest -lt 2) { $low += "forest level $forest on $dc" }
        if ($domain -lt 2) { $low += "domain level $domain on $dc" }
    }
    if ($low.Count) { return New-Needed -Message ($low -join '; ') -Facts @{ low = $low } }
    return New-Satisfied -Message 'Forest and domains are at Windows Server 2003 or higher on every domain controller.'
}
