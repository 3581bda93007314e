<#
title: "Database availability group {{ dag.name }}"
scope: dag
effect: convergent
needs:
  - {kind: install-mailbox, at: "dag.members|first"}
  - {kind: install-hub, at: dag.witness_server}
vantage: E10
identity: delegated
arguments:
  dag: dag.name
  witness: dag.witness_server
  directory: dag.witness_directory
  addresses: "dag.addresses|list"
estimate: {p50: 60, p90: 300}
rights: ["Organization Management"]
order: 13
failures:
  - {match: "witness", class: permanent, means: "The witness server does not let Exchange Trusted Subsystem write.", do: "Add Exchange Trusted Subsystem to the local Administrators of the witness."}
#>

function Get-Dag {
    param($a)
    $pinned = Get-PinnedDc $a
    Find-Object { Get-DatabaseAvailabilityGroup -Identity $a.dag @pinned -ErrorAction Stop }
}

function Check {
    param($a)
    $now = Get-Dag $a
    if (-not $now) { return New-Needed -Message "There is no group $($a.dag)." }
    if ((Get-HostPart "$($now.WitnessServer)") -ne (Get-HostPart $a.witness)) { return New-Blocked -Message "$($a.dag) exists with the witness $($now.WitnessServer), the plan names $($a.witness)." }
    return New-Satisfied -Message "$($a.dag) exists, witness $($now.WitnessServer)."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-Dag $a) { return New-Applied -Message "$($a.dag) was made already." }
    $given = @{ Name = $a.dag; WitnessServer = $a.witness; WitnessDirectory = $a.directory }
    if (@(Get-NameList $a.addresses).Count) { $given.DatabaseAvailabilityGroupIpAddresses = @($a.addresses) }
    [void](New-DatabaseAvailabilityGroup @given @pinned -Confirm:$false -ErrorAction Stop)
    return New-Applied -Message "$($a.dag) is made."
}

function Verify {
    param($a)
    $now = Get-Dag $a
    if (-not $now) { return New-Failed -Message "There is no group $($a.dag)." }
    return New-Verified -Message "$($a.dag) has the witness $($now.WitnessServer) in $($now.WitnessDirectory)."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-Dag $a) { Remove-DatabaseAvailabilityGroup -Identity $a.dag @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.dag) is removed."
}
