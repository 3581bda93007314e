<#
title: "Send and receive connectors"
scope: organization
when: "'2007' in topology.versions"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $send = @(); $receive = @()
    foreach ($connector in @(Get-SendConnector @pinned -ErrorAction Stop)) {
        if ($connector) { $send += @{ Name = "$($connector.Name)"; AddressSpaces = @(Get-NameList $connector.AddressSpaces); SourceTransportServers = @(@($connector.SourceTransportServers) | Where-Object { $_ } | ForEach-Object { Get-HostPart "$_" }); SmartHosts = @(Get-NameList $connector.SmartHosts); Fqdn = "$($connector.Fqdn)" } }
    }
    foreach ($connector in @(Get-ReceiveConnector @pinned -ErrorAction Stop)) {
        if ($connector) { $receive += @{ Identity = "$($connector.Identity)"; Bindings = @(Get-NameList $connector.Bindings); RemoteIPRanges = @(Get-NameList $connector.RemoteIPRanges); PermissionGroups = "$($connector.PermissionGroups)" } }
    }
    return New-Satisfied -Message "$($send.Count) send, $($receive.Count) receive connectors." -Facts @{ value = @{ send = $send; receive = $receive } }
}
