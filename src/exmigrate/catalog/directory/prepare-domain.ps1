<#
title: "Prepare {{ domain.name }} for Exchange {{ target.version }}"
scope: domain
when: "domain.exchange"
effect: once
reversibility: forward-only
reason: "A domain's level is never lowered."
needs: [wait-replication-ad]
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium(target.version).folder
  domain: domain.name
  level: "{'2007': [10628, 11221], '2010': [12639, 13040]}[target.version][0 if target.service_pack in ('', 'RTM') else 1]"
estimate: {p50: 300, p90: 900}
resumes: true
rights: ["Domain Admins of the domain, and the organization's administrators where it is younger than prepare-ad"]
tags: [setup, directory-preparation]
order: 24
failures:
  - {match: "389|cannot contact|not operational", class: transient, means: "The domain's controllers do not answer.", do: "LDAP (389) from the directory host to every domain must be open; then it goes on by itself."}
#>
# objectVersion of Microsoft Exchange System Objects; /PrepareAD has done the root domain already.

function Get-BestLevel {
    param($a)
    $best = 0
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)) {
        try { $level = Get-DomainLevel -Domain $a.domain -Dc $dc; if ($level -gt $best) { $best = $level } } catch { Write-Verbose $dc }
    }
    return $best
}

function Check {
    param($a)
    $level = Get-BestLevel $a
    if ($level -ge $a.level) { return New-Satisfied -Message "$($a.domain) is at $level, planned $($a.level)." -Facts @{ level = $level } }
    return New-Needed -Message "$($a.domain) is at $level, planned $($a.level)." -Before @{ level = $level } -Facts @{ level = $level }
}

function Apply {
    param($a)
    if ((Get-BestLevel $a) -ge $a.level) { return New-Applied -Message 'The domain was prepared already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/PrepareDomain:$($a.domain)"
    if (-not $run.success) { throw (Format-SetupFailure $run "/PrepareDomain:$($a.domain)") }
    return New-Applied -Message "Setup prepared $($a.domain)."
}

function Verify {
    param($a)
    $level = Get-BestLevel $a
    if ($level -lt $a.level) { return New-Failed -Message "$($a.domain) is at $level, wanted $($a.level)." }
    $container = "CN=Microsoft Exchange System Objects,$(Get-DomainDn $a.domain)"
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)) {
        if ([ADSI]::Exists((Get-LdapPath -Name "CN=Exchange Install Domain Servers,$container" -Dc $dc))) {
            return New-Verified -Message "$($a.domain) is at $level, Exchange Install Domain Servers exists." -Facts @{ level = $level }
        }
    }
    return New-Failed -Message "Exchange Install Domain Servers is missing in $container."
}
