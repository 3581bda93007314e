<#
title: "Prepare Active Directory for Exchange 2007 {{ medium('2007').service_pack }}"
scope: organization
when: "(servers(version='2007', target=false)|selectattr('service_pack', 'in', ['RTM', 'SP1'])|list|length > 0 or planned('patch-2007-servers')) and medium('2007')"
effect: once
reversibility: forward-only
reason: "The organization's level is never lowered."
needs: [wait-replication-2007-sp-schema]
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium('2007').folder
  level: "11222"
estimate: {p50: 600, p90: 1200}
resumes: true
rights: ["Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 42
#>
# objectVersion of the organization: 11222 from 2007 SP2 on; 2010 has more.

function Check {
    param($a)
    $level = Get-OrganizationLevel -Dc $a.dc
    if ($level -ge $a.level) { return New-Satisfied -Message "The organization is at $level, the service pack needs $($a.level)." -Facts @{ level = $level } }
    return New-Needed -Message "The organization is at $level, the service pack needs $($a.level)." -Before @{ level = $level } -Facts @{ level = $level }
}

function Apply {
    param($a)
    if ((Get-OrganizationLevel -Dc $a.dc) -ge $a.level) { return New-Applied -Message 'The organization was prepared already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments '/PrepareAD'
    if (-not $run.success) { throw (Format-SetupFailure $run '/PrepareAD') }
    return New-Applied -Message 'Setup prepared the organization.'
}

# Setup writes to the schema master's DC; the highest level that any DC shows proves the run.
function Verify {
    param($a)
    $best = 0
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        try { $level = Get-OrganizationLevel -Dc $dc; if ($level -gt $best) { $best = $level } } catch { Write-Verbose $dc }
    }
    if ($best -lt $a.level) { return New-Failed -Message "No domain controller shows more than $best, wanted $($a.level)." }
    return New-Verified -Message "The organization is at $best." -Facts @{ level = $best }
}
