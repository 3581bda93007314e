<#
title: "One Exchange 2007 server with every role, so that 2007 stays possible"
scope: organization
when: >-
  target.version == '2010' and has_legacy and topology.keep_2007_option == true
  and servers(version='2007', target=false)|map(attribute='roles')|sum(start=())|select('ne', 'edge')|unique|list|length < 4
effect: gate
needs: [collect-inventory, patch-legacy-servers, gate-patch-legacy-servers, switch-native-mode, gate-backup]
vantage: AD
identity: delegated
estimate: {p50: 259200, p90: 1209600}
rights: ["read in the configuration partition"]
order: 38
gate:
  closes: probe
  every: 3600
  instructions: |
    The way from 2003 to 2007 is a plan of its own. Write one with 'transition: {from: [2003], to: 2007 SP2}' or later,
    with one target server that gets Client Access, Hub Transport, Mailbox and Unified Messaging (service pack 2 or
    later), and run it up to the last of these roles: legacy permissions, schema, organization, domains, then the four
    roles, one Setup each, with /LegacyRoutingServer at Hub Transport. Then make this plan again with the new server among
    its sources ('from: [2003, 2007]'). This gate closes when the directory shows all four roles. That server must stay:
    when the last server of a 2007 role is removed, that role is gone for good.
  undo: "Remove the server's roles by the plan that installed them; after /PrepareAD of 2010 they cannot come back."
#>
# The role bits of all servers of version 8: Mailbox 2, Client Access 4, Unified Messaging 16, Hub Transport 32.

function Check {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $bits = 0; $old = @()
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter '(objectClass=msExchExchangeServer)' -Properties 'cn', 'serialNumber', 'msExchCurrentServerRoles' -Dc $a.dc)) {
        if ((Get-Attribute $result 'serialNumber') -notmatch '^Version 8\.(\d+) ') { continue }
        if ([int]$matches[1] -lt 2) { $old += (Get-Attribute $result 'cn'); continue }
        $own = Get-Attribute $result 'msExchCurrentServerRoles'
        if ($own) { $bits = $bits -bor [int]$own }
    }
    $missing = @()
    if (-not ($bits -band 4)) { $missing += 'Client Access' }
    if (-not ($bits -band 32)) { $missing += 'Hub Transport' }
    if (-not ($bits -band 2)) { $missing += 'Mailbox' }
    if (-not ($bits -band 16)) { $missing += 'Unified Messaging' }
    if (-not $missing.Count) { return New-Satisfied -Message 'Servers of Exchange 2007 SP2 or later have all four roles.' -Facts @{ roles = $bits } }
    $note = ''
    if ($old.Count) { $note = " Below 2007 SP2: $($old -join ', ')." }
    return New-Needed -Message "No server of Exchange 2007 SP2 or later has $($missing -join ', ').$note" -Facts @{ roles = $bits }
}
