<#
title: "What Exchange 5.5 has left behind"
scope: organization
when: has_legacy
effect: gate
reversibility: point-of-no-return
reason: "Exchange 5.5 and its directory connector do not come back."
needs: [collect-inventory]
vantage: AD
identity: delegated
libraries: [legacy]
estimate: {p50: 3600, p90: 432000}
rights: ["Exchange Full Administrator"]
order: 40
gate:
  closes: probe
  every: 600
  instructions: |
    Where the probe names something: uninstall the last server of Exchange 5.5, delete the connection agreements, delete
    the Site Replication Service in Exchange System Manager (Tools > Site Replication Services), uninstall the Active
    Directory Connector; in this order.
  undo: "None: Exchange 5.5 is gone."
#>
# Servers that call themselves 5.5, agreements of the Active Directory Connector, Site Replication Services.

function Check {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $root = "CN=Microsoft Exchange,CN=Services,$config"
    if (-not [ADSI]::Exists((Get-LdapPath -Name $root -Dc $a.dc))) { return New-Blocked -Message 'The forest has no Exchange organization.' }
    $left = @()
    foreach ($result in @(Search-Directory -Base $root -Filter '(objectClass=msExchExchangeServer)' -Properties 'cn', 'serialNumber' -Dc $a.dc)) {
        if ((Get-Attribute $result 'serialNumber') -like 'Version 5.*') { $left += "server $(Get-Attribute $result 'cn') of Exchange 5.5" }
    }
    $kinds = @{ msExchConnectionAgreement = 'connection agreement'; msExchSiteReplicationService = 'Site Replication Service' }
    foreach ($kind in @($kinds.Keys | Sort-Object)) {
        foreach ($result in @(Search-Directory -Base $root -Filter "(objectClass=$kind)" -Properties 'cn', 'distinguishedName' -Dc $a.dc)) {
            $left += "$($kinds[$kind]) '$(Get-Attribute $result 'distinguishedName')'"
        }
    }
    if ($left.Count) { return New-Needed -Message ($left -join '; ') -Facts @{ left = $left } }
    return New-Satisfied -Message 'The directory shows nothing of Exchange 5.5.'
}
