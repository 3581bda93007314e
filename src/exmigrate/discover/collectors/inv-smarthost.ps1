<#
title: "Smart hosts"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# Of SMTP connectors and SMTP virtual servers. Those of 2007 and later are told by their cmdlets (inv-sendrecv).
function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $found = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(|(objectClass=msExchRoutingSMTPConnector)(objectClass=protocolCfgSMTPServer))' -Properties 'cn', 'distinguishedName', 'objectClass', 'msExchSmtpSmartHost', 'routingList' -Dc $a.dc)) {
        $hosts = @(); $spaces = @()
        if ($result.Properties.Contains('msexchsmtpsmarthost')) { $hosts = @($result.Properties['msexchsmtpsmarthost'] | ForEach-Object { "$_".Split([char[]]',;') } | ForEach-Object { $_.Trim([char[]]' []') } | Where-Object { $_ }) }
        if ($result.Properties.Contains('routinglist')) { $spaces = @($result.Properties['routinglist'] | ForEach-Object { "$_" }) }
        $name = Get-Attribute $result 'cn'
        if (@($result.Properties['objectclass']) -contains 'protocolCfgSMTPServer') { $name = "SMTP virtual server $name of $(Get-ServerPart (Get-Attribute $result 'distinguishedName'))" }
        if ($hosts.Count) { $found += @{ connector = $name; hosts = $hosts; addressSpaces = $spaces } }
    }
    return New-Satisfied -Message "$($found.Count) connectors." -Facts @{ value = $found }
}
