<#
title: "Prepare the organization for Exchange {{ target.version }} {{ target.service_pack }}"
scope: organization
effect: once
reversibility: forward-only
reason: "The organization's new level, groups and containers stay; 2007 goes on beside them."
needs: [wait-replication-schema, fix-recipient-policies]
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium(target.version).folder
  level: "{'': 12640, 'RTM': 12640, 'SP1': 13214, 'SP2': 14247, 'SP3': 14322}[target.service_pack]"
estimate: {p50: 900, p90: 1800}
resumes: true
rights: ["Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 22
failures:
  - {match: "recipient polic|FAXMAKER|primary", class: permanent, means: "A recipient policy lacks one primary address of a type.", do: "Correct the policy the log names (fix-recipient-policies), then 'exmigrate retry'."}
#>
# objectVersion of the organization, and the groups of role based access control that come with it.

function Test-RoleGroups {
    param([string]$Dc)
    $root = Get-NamingContext -Dc $Dc -Which 'rootDomainNamingContext'
    return [ADSI]::Exists((Get-LdapPath -Name "CN=Organization Management,OU=Microsoft Exchange Security Groups,$root" -Dc $Dc))
}

function Check {
    param($a)
    $level = Get-OrganizationLevel -Dc $a.dc
    $facts = @{ level = $level }
    if ($level -eq 0) { return New-Blocked -Message 'The forest has no Exchange organization: this is no transition.' }
    if ($level -ge $a.level) { return New-Satisfied -Message "The organization is at $level, planned $($a.level)." -Facts $facts }
    return New-Needed -Message "The organization is at $level, planned $($a.level)." -Before @{ level = $level } -Facts $facts
}

function Apply {
    param($a)
    if ((Get-OrganizationLevel -Dc $a.dc) -ge $a.level) { return New-Applied -Message 'The organization was prepared already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments '/PrepareAD'
    if (-not $run.success) { throw (Format-SetupFailure $run '/PrepareAD') }
    return New-Applied -Message 'Setup prepared the organization.'
}

# Any DC that shows the level proves the run; every DC is the business of wait-replication-ad.
function Verify {
    param($a)
    $best = 0; $where = ''
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        try { $level = Get-OrganizationLevel -Dc $dc; if ($level -gt $best) { $best = $level; $where = $dc } } catch { Write-Verbose $dc }
    }
    if ($best -lt $a.level) { return New-Failed -Message "No domain controller shows more than $best, wanted $($a.level)." }
    if (-not (Test-RoleGroups -Dc $where)) { return New-Failed -Message "The group Organization Management is not there on $where." }
    return New-Verified -Message "The organization is at $best on $where; the role groups exist." -Facts @{ level = $best }
}
