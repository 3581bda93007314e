<#
title: "Source servers of {{ connector.name }}"
scope: connector
when: "not connector.create and not connector.edge"
effect: convergent
needs:
  - {kind: install-hub, at: "connector.sources|list"}
  - gate-outbound-path
vantage: E10
identity: delegated
window: policy
libraries: [directory]
arguments:
  connector: connector.name
  sources: "connector.sources|list"
estimate: {p50: 20, p90: 120}
rights: ["Organization Management"]
impact: "outbound mail of this connector leaves by {{ connector.sources|join(', ') }}; delayed by seconds at most"
order: 60
failures:
  - {match: "couldn't be found|ManagementObjectNotFound", class: permanent, means: "The connector has another name, or was removed.", do: "Compare Get-SendConnector with 'mail_flow.send_connectors' of the plan."}
#>
# The list replaces: the old servers stop sending through this connector.

function Get-SourceNames {
    param($Connector)
    foreach ($source in @($Connector.SourceTransportServers)) { Get-HostPart "$source" }
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $connector = Find-Object { Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop }
    if (-not $connector) { return New-Blocked -Message "There is no send connector '$($a.connector)'." }
    $now = @(Get-SourceNames $connector)
    $facts = @{ sources = $now }
    if (Test-SameNames $now $a.sources) { return New-Satisfied -Message "'$($a.connector)' sends from $($now -join ', ')." -Facts $facts }
    return New-Needed -Message "'$($a.connector)' sends from $($now -join ', '), planned: $(@($a.sources) -join ', ')." -Before @{ sources = $now } -Facts $facts
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-SendConnector -Identity $a.connector -SourceTransportServers @($a.sources) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "'$($a.connector)' sends from $(@($a.sources) -join ', ')."
}

# The attribute itself, by LDAP: what every Hub reads.
function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $dn = [string](Get-SendConnector -Identity $a.connector @pinned -ErrorAction Stop).DistinguishedName
    $entry = [ADSI](Get-LdapPath -Name $dn -Dc $a.dc)
    $now = @()
    foreach ($server in @($entry.psbase.Properties['msExchSourceBridgeheadServersDN'])) {
        if ("$server" -match '(^|,)CN=([^,]+),CN=Servers,') { $now += $matches[2] }
    }
    if (-not (Test-SameNames $now $a.sources)) { return New-Failed -Message "The directory names $($now -join ', '), planned: $(@($a.sources) -join ', ')." }
    return New-Verified -Message "'$($a.connector)' sends from $($now -join ', ')." -Facts @{ sources = $now }
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-SendConnector -Identity $a.connector -SourceTransportServers @($a.before.sources) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "'$($a.connector)' sends from $(@($a.before.sources) -join ', ') again."
}
