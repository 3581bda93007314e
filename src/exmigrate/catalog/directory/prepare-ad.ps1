<#
title: "Prepare the organization for Exchange {{ target.version }} {{ target.service_pack }}"
scope: organization
effect: once
reversibility: forward-only
point_of_no_return: "target.version == '2010' and '2007' not in topology.versions"
reason: "The organization's new level, groups and containers stay; the old version goes on beside them.{{ ' No server of Exchange 2007 can be installed after it.' if target.version == '2010' and '2007' not in topology.versions else '' }}"
needs: [wait-replication-schema, fix-recipient-policies, gate-keep-2007-option, plant-2007-all-roles]
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium(target.version).folder
  level: >-
    {'2007': {'': 10666, 'RTM': 10666, 'SP1': 11221, 'SP2': 11222, 'SP3': 11222},
    '2010': {'': 12640, 'RTM': 12640, 'SP1': 13214, 'SP2': 14247, 'SP3': 14322}}[target.version][target.service_pack]
  groups: >-
    ['Organization Management'] if target.version == '2010' else ['Exchange Organization Administrators',
    'Exchange Recipient Administrators', 'Exchange View-Only Administrators', 'Exchange Servers', 'ExchangeLegacyInterop']
estimate: {p50: 900, p90: 1800}
resumes: true
rights: ["Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 22
failures:
  - {match: "recipient polic|FAXMAKER|primary", class: permanent, means: "A recipient policy lacks one primary address of a type.", do: "Correct the policy the log names (fix-recipient-policies), then 'exmigrate retry'."}
#>
# objectVersion of the organization, and the groups of administrators that come with it.

# Names of the groups that no controller of the root domain shows.
function Get-MissingGroups {
    param($a)
    $root = (Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext') -replace '^DC=', '' -replace ',DC=', '.'
    $missing = @($a.groups)
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc -Domain $root)) {
        try { $missing = @($missing | Where-Object { $_ -and -not (Find-RootGroup -Name $_ -Dc $dc) }) } catch { Write-Verbose $dc }
    }
    return $missing
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
    $missing = @(Get-MissingGroups $a)
    if ($missing.Count) { return New-Failed -Message "Shown by no controller of the root domain: $($missing -join ', ')." }
    return New-Verified -Message "The organization is at $best on $where; its groups exist." -Facts @{ level = $best }
}
