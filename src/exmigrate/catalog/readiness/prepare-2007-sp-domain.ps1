<#
title: "Prepare {{ domain.name }} for Exchange 2007 {{ medium('2007').service_pack }}"
scope: domain
when: "domain.exchange and (servers(version='2007', target=false)|selectattr('service_pack', 'in', ['RTM', 'SP1'])|list|length > 0 or planned('patch-2007-servers')) and medium('2007')"
effect: once
reversibility: forward-only
reason: "A domain's level is never lowered."
needs: [wait-replication-2007-sp-ad]
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium('2007').folder
  domain: domain.name
  level: "11221"
estimate: {p50: 240, p90: 600}
resumes: true
rights: ["Domain Admins of the domain", "local administrator"]
tags: [setup, directory-preparation]
order: 44
#>
# objectVersion of Microsoft Exchange System Objects: satisfied where SP1 or later prepared the domain.

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
    if ($level -ge $a.level) { return New-Satisfied -Message "$($a.domain) is at $level, the service pack needs $($a.level)." -Facts @{ level = $level } }
    return New-Needed -Message "$($a.domain) is at $level, the service pack needs $($a.level)." -Before @{ level = $level } -Facts @{ level = $level }
}

function Apply {
    param($a)
    if ((Get-BestLevel $a) -ge $a.level) { return New-Applied -Message 'The domain was prepared already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/PrepareDomain:$($a.domain)"
    if (-not $run.success) { throw (Format-SetupFailure $run "/PrepareDomain:$($a.domain)") }
    return New-Applied -Message 'Setup prepared the domain.'
}

function Verify {
    param($a)
    $level = Get-BestLevel $a
    if ($level -lt $a.level) { return New-Failed -Message "$($a.domain) is at $level, wanted $($a.level)." }
    return New-Verified -Message "$($a.domain) is at $level." -Facts @{ level = $level }
}
