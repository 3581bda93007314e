<#
title: "Extend the schema for Exchange 2007 {{ medium('2007').service_pack }}"
scope: organization
when: "(servers(version='2007', target=false)|selectattr('service_pack', 'in', ['RTM', 'SP1'])|list|length > 0 or planned('patch-2007-servers')) and medium('2007')"
effect: once
reversibility: point-of-no-return
reason: "A schema change cannot be taken back; the only undo is a forest recovery from the backup of gate-backup."
needs:
  - gate-backup
  - {kind: stage-media, at: topology.directory_host}
  - {kind: install-os-prereqs, at: topology.directory_host}
  - {kind: preflight-remoting, at: topology.directory_host}
vantage: AD
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  folder: medium('2007').folder
  level: medium('2007').schema
estimate: {p50: 900, p90: 2400}
resumes: true
rights: ["Schema Admins", "Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 40
failures:
  - {match: "schema master|FSMO", class: permanent, means: "Setup does not reach the schema master from here.", do: "The directory host must be in the site and domain of the schema master."}
#>
# The service pack of 2007 is itself a schema change: SP2 brings 14622, which is the level of 2010 RTM, SP3 14625.

function Check {
    param($a)
    $level = Get-SchemaLevel -Dc $a.dc
    if ($level -ge $a.level) { return New-Satisfied -Message "The schema is at $level, the service pack needs $($a.level)." -Facts @{ level = $level } }
    return New-Needed -Message "The schema is at $level, the service pack needs $($a.level)." -Before @{ level = $level } -Facts @{ level = $level }
}

function Apply {
    param($a)
    if ((Get-SchemaLevel -Dc $a.dc) -ge $a.level) { return New-Applied -Message 'The schema was extended already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments '/PrepareSchema'
    if (-not $run.success) { throw (Format-SetupFailure $run '/PrepareSchema') }
    return New-Applied -Message 'Setup extended the schema.'
}

# The schema master's own word: the pinned DC may hear of it later.
function Verify {
    param($a)
    $schema = Get-NamingContext -Dc $a.dc -Which 'schemaNamingContext'
    $owner = [string]([ADSI](Get-LdapPath -Name $schema -Dc $a.dc)).fSMORoleOwner.Value
    $master = [string]([ADSI](Get-LdapPath -Name $owner.Substring($owner.IndexOf(',') + 1) -Dc $a.dc)).dNSHostName.Value
    $level = Get-SchemaLevel -Dc $master
    if ($level -lt $a.level) { return New-Failed -Message "The schema master $master is at $level, not $($a.level)." }
    return New-Verified -Message "The schema master $master is at $level." -Facts @{ level = $level; schema_master = $master }
}
