<#
title: "Send connector {{ connector.name }}"
scope: connector
when: "connector.create and not connector.edge"
effect: convergent
needs:
  - gate-outbound-path
  - {kind: install-hub, at: "connector.sources|list"}
vantage: shell
identity: delegated
window: policy
arguments:
  connector: connector.name
  sources: "connector.sources|list"
  spaces: "connector.address_spaces|list"
  smart_hosts: "connector.smart_hosts|list"
  fqdn: connector.fqdn
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "the cheapest connector of an address space wins: mail takes it at once"
order: 61
#>
# Without smart hosts by DNS.

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Find-Object { Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop }
    if (-not $now) { return New-Needed -Message "There is no send connector '$($a.connector)'." }
    $sources = @(@($now.SourceTransportServers) | ForEach-Object { Get-HostPart "$_" })
    if (Test-SameNames $sources $a.sources) { return New-Satisfied -Message "'$($a.connector)' sends from $($sources -join ', ')." }
    return New-Blocked -Message "'$($a.connector)' exists and sends from $($sources -join ', '), the plan makes it new with $(@($a.sources) -join ', '). Name it without 'create' in the plan."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $given = @{ Name = $a.connector; Usage = 'Internet'; AddressSpaces = @($a.spaces); SourceTransportServers = @($a.sources) }
    if (@(Get-NameList $a.smart_hosts).Count) { $given.SmartHosts = @($a.smart_hosts); $given.DNSRoutingEnabled = $false } else { $given.DNSRoutingEnabled = $true }
    if ($a.fqdn) { $given.Fqdn = $a.fqdn }
    if (Find-Object { Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop }) { return New-Applied -Message "'$($a.connector)' was made already." }
    [void](New-SendConnector @given @pinned -Confirm:$false -ErrorAction Stop)
    return New-Applied -Message "'$($a.connector)' made."
}

function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $now = Find-Object { Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop }
    if (-not $now) { return New-Failed -Message "There is no send connector '$($a.connector)'." }
    $sources = @(@($now.SourceTransportServers) | ForEach-Object { Get-HostPart "$_" })
    if (-not (Test-SameNames $sources $a.sources) -or -not $now.Enabled) { return New-Failed -Message "'$($a.connector)' sends from $($sources -join ', '), enabled: $($now.Enabled)." }
    return New-Verified -Message "'$($a.connector)' sends from $($sources -join ', ')."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Find-Object { Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop }) { Remove-SendConnector -Identity $a.connector @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "'$($a.connector)' is removed."
}
