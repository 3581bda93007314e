<#
title: "Native mode of the domain {{ domain.name }}"
scope: domain
when: "has_legacy and domain.exchange"
effect: gate
reversibility: forward-only
reason: "A functional level is never lowered."
needs: [collect-inventory]
vantage: AD
identity: delegated
arguments:
  domain: domain.name
estimate: {p50: 900, p90: 86400}
rights: ["Domain Admins"]
order: 33
gate:
  closes: probe
  every: 600
  instructions: |
    Active Directory Domains and Trusts: raise the functional level of {{ domain.name }} to Windows 2000 native or higher.
    No domain controller of Windows NT 4.0 may be left in it.
  undo: "None: a functional level is never lowered."
#>
# nTMixedDomain of the domain: 0 from Windows 2000 native on, on every DC of the domain.

function Check {
    param($a)
    $name = Get-DomainDn $a.domain
    $mixed = @(); $unreached = @(); $total = 0
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)) {
        $total++
        try { if ((Get-LdapNumber -Name $name -Attribute 'nTMixedDomain' -Dc $dc) -ne 0) { $mixed += $dc } }
        catch { $unreached += $dc }
    }
    if (-not $total) { return New-Blocked -Message "The forest has no domain controller of $($a.domain)." }
    if ($mixed.Count -or $unreached.Count) {
        return New-Needed -Message (Get-LaggardText 'Mixed mode on' $mixed $unreached) -Facts @{ mixed = $mixed; unreached = $unreached }
    }
    return New-Satisfied -Message "$($a.domain) is at Windows 2000 native or higher on $total domain controllers."
}
