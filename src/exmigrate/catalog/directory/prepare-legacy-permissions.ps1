<#
title: "Permissions of the Recipient Update Service in {{ domain.name }}"
scope: domain
when: "has_legacy and domain.exchange"
effect: once
reversibility: forward-only
reason: "Permissions are added to the domain; Setup does not take them away."
needs:
  - switch-native-mode
  - raise-functional-levels
  - raise-forest-functional-level
  - ensure-dc-levels
  - patch-legacy-servers
  - gate-patch-legacy-servers
  - gate-backup
  - gate-keep-2007-option
  - plant-2007-all-roles
  - fix-recipient-policies
  - run-exchange-predeployment-analyzer
  - gate-exchange-aware-products
  - {kind: install-os-prereqs, at: topology.directory_host}
  - {kind: stage-media, at: topology.directory_host}
  - {kind: preflight-remoting, at: topology.directory_host}
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows, legacy]
arguments:
  folder: medium(target.version).folder
  domain: domain.name
estimate: {p50: 300, p90: 900}
resumes: true
rights: ["Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 18
failures:
  - {match: "389|cannot contact|not operational", class: transient, means: "The domain's controllers do not answer.", do: "LDAP (389) from the directory host to every domain must be open; then it goes on by itself."}
  - {match: "mixed mode", class: permanent, means: "The organization is in mixed mode on the DC that Setup asks.", do: "See switch-native-mode; it may not have replicated."}
#>
# The schema of the new version puts the mail attributes into the property set Exchange Information. Exchange Enterprise
# Servers must have the right to write that set before, or the Recipient Update Service stops stamping recipients.

# A domain controller that shows the permission; '' where none does.
function Find-Permission {
    param($a)
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc -Domain $a.domain)) {
        try { if (Test-LegacyPermission -Domain $a.domain -Dc $dc) { return $dc } } catch { Write-Verbose $dc }
    }
    return ''
}

function Check {
    param($a)
    $where = Find-Permission $a
    if ($where) { return New-Satisfied -Message "Exchange Enterprise Servers may write Exchange Information in $($a.domain) ($where)." }
    if (-not (Get-EnterpriseServers -Domain $a.domain -Dc (Get-DomainDc -Domain $a.domain -Dc $a.dc))) {
        return New-Blocked -Message "$($a.domain) has no group Exchange Enterprise Servers: DomainPrep of Exchange 2000 or 2003 never ran there, or the group was moved away. Run DomainPrep, or leave the domain out of the plan."
    }
    return New-Needed -Message "Exchange Enterprise Servers may not write Exchange Information in $($a.domain)."
}

function Apply {
    param($a)
    if (Find-Permission $a) { return New-Applied -Message 'The permissions were there already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/PrepareLegacyExchangePermissions:$($a.domain)"
    if (-not $run.success) { throw (Format-SetupFailure $run "/PrepareLegacyExchangePermissions:$($a.domain)") }
    return New-Applied -Message "Setup gave the permissions in $($a.domain)."
}

# Any DC of the domain that shows the permission proves the run; all of them are for wait-replication-legacy-permissions.
function Verify {
    param($a)
    $where = Find-Permission $a
    if (-not $where) { return New-Failed -Message "No domain controller of $($a.domain) shows the permission of Exchange Enterprise Servers." }
    return New-Verified -Message "$where shows the permission of Exchange Enterprise Servers in $($a.domain)." -Facts @{ seen_on = $where }
}
