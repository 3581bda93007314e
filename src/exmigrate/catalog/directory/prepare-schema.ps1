<#
title: "Extend the schema for Exchange {{ target.version }} {{ target.service_pack }}"
scope: organization
effect: once
reversibility: point-of-no-return
reason: "A schema change cannot be taken back; the only undo is a forest recovery from the backup of gate-backup."
needs:
  - wait-replication-legacy-permissions
  - raise-forest-functional-level
  - ensure-dc-levels
  - patch-2007-servers
  - upgrade-2007-cms
  - wait-replication-2007-sp-domains
  - wait-replication-2007-sp-ad
  - gate-backup
  - run-exchange-predeployment-analyzer
  - gate-exchange-aware-products
  - {kind: install-os-prereqs, at: topology.directory_host}
  - {kind: stage-media, at: topology.directory_host}
  - {kind: preflight-remoting, at: topology.directory_host}
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium(target.version).folder
  level: medium(target.version).schema
  title: "target.version ~ ' ' ~ target.service_pack"
estimate: {p50: 1500, p90: 2400}
resumes: true
rights: ["Schema Admins", "Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 20
failures:
  - {match: "schema master|FSMO", class: permanent, means: "Setup does not reach the schema master from here.", do: "The directory host must be in the site and domain of the schema master."}
  - {match: "ldifde", class: permanent, means: "ldifde is missing.", do: "install-os-prereqs of the directory host (RSAT-ADDS) is not in effect; restart the host and retry."}
  - {match: "higher|newer version", class: permanent, means: "The schema is at a later level than these media.", do: "Use media of that service pack or later (rule ORG-012)."}
#>
# The level that counts is rangeUpper of ms-Exch-Schema-Version-Pt. 14622 is 2007 SP2 as well as 2010 RTM, so the plan's
# level decides and not the fact that something was extended once.

function Check {
    param($a)
    $level = Get-SchemaLevel -Dc $a.dc
    $facts = @{ level = $level }
    if ($level -ge $a.level) { return New-Satisfied -Message "The schema is at $level on $($a.dc), $($a.title) needs $($a.level)." -Facts $facts }
    return New-Needed -Message "The schema is at $level on $($a.dc), $($a.title) needs $($a.level)." -Before @{ level = $level } -Facts $facts
}

function Apply {
    param($a)
    if ((Get-SchemaLevel -Dc $a.dc) -ge $a.level) { return New-Applied -Message 'The schema was extended already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments '/PrepareSchema'
    if (-not $run.success) { throw (Format-SetupFailure $run '/PrepareSchema') }
    return New-Applied -Message 'Setup extended the schema.'
}

# The schema master's own word: the pinned DC may hear of it later (wait-replication-schema).
function Verify {
    param($a)
    $schema = Get-NamingContext -Dc $a.dc -Which 'schemaNamingContext'
    $owner = [string]([ADSI](Get-LdapPath -Name $schema -Dc $a.dc)).fSMORoleOwner.Value
    $master = [string]([ADSI](Get-LdapPath -Name $owner.Substring($owner.IndexOf(',') + 1) -Dc $a.dc)).dNSHostName.Value
    $level = Get-SchemaLevel -Dc $master
    $facts = @{ level = $level; schema_master = $master }
    if ($level -lt $a.level) { return New-Failed -Message "The schema master $master is at $level, not $($a.level)." -Facts $facts }
    return New-Verified -Message "The schema master $master is at $level." -Facts $facts
}
