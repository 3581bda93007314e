<#
title: "TLS and authentication of mail between servers"
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
    $config = Get-TransportConfig @pinned -ErrorAction Stop
    $send = @(); $receive = @()
    foreach ($connector in @(Get-SendConnector @pinned -ErrorAction Stop)) {
        if ($connector) { $send += @{ Name = "$($connector.Name)"; AddressSpaces = @(Get-NameList $connector.AddressSpaces); RequireTLS = [bool]$connector.RequireTLS; DomainSecureEnabled = [bool]$connector.DomainSecureEnabled } }
    }
    foreach ($connector in @(Get-ReceiveConnector @pinned -ErrorAction Stop)) {
        if ($connector) { $receive += @{ Identity = "$($connector.Identity)"; AuthMechanism = "$($connector.AuthMechanism)"; RequireTLS = [bool]$connector.RequireTLS; DomainSecureEnabled = [bool]$connector.DomainSecureEnabled } }
    }
    $out = @(Get-NameList $config.TLSSendDomainSecureList); $in = @(Get-NameList $config.TLSReceiveDomainSecureList)
    return New-Satisfied -Message "$($out.Count + $in.Count) secured domains." -Facts @{ value = @{ TLSSendDomainSecureList = $out; TLSReceiveDomainSecureList = $in; send = $send; receive = $receive } }
}
