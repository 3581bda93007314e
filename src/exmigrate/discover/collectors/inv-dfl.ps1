<#
title: "Functional level of {{ domain.name }}"
scope: domain
when: "has_legacy and domain.exchange"
effect: read
vantage: AD
identity: delegated
arguments:
  domain: domain.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $name = Get-DomainDn $a.domain
    $server = @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)[0]
    if (-not $server) { throw "The forest has no domain controller of $($a.domain)." }
    return New-Satisfied -Message $a.domain -Facts @{ value = @{
        level = Get-LdapNumber -Name $name -Attribute 'msDS-Behavior-Version' -Dc $server
        nTMixedDomain = Get-LdapNumber -Name $name -Attribute 'nTMixedDomain' -Dc $server
    } }
}
