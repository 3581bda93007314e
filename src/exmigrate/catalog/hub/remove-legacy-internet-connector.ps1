<#
title: "SMTP connectors of the legacy routing groups removed"
scope: organization
when: "mail_flow.legacy_internet_connectors"
effect: gate
needs:
  - gate-cutover-inbound-smtp
  - create-internet-send-connector
  - edge-subscribe
  - create-test-mailboxes
vantage: AD
identity: delegated
window: policy
libraries: [directory]
arguments:
  names: "mail_flow.legacy_internet_connectors|list"
estimate: {p50: 900, p90: 7200}
impact: "outbound mail of the old servers leaves by the new ones"
order: 80
gate:
  closes: both
  every: 300
  instructions: |
    When outbound mail of a test mailbox left by the new servers: in System Manager delete the SMTP connectors
    {{ mail_flow.legacy_internet_connectors|join(', ') }} (or raise their cost first and watch for a day). Look at the queues
    of the old bridgeheads until they are empty, and at the headers of a mail to outside from an old mailbox.
  undo: "Make the connectors again in System Manager: address space, smart host, bridgeheads."
#>
# Send connectors of 2007 and later are of the same class, in their own routing group: those do not count.

function Check {
    param($a)
    $left = @()
    $organization = Get-OrganizationName -Dc $a.dc
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchRoutingSMTPConnector)' -Properties 'cn', 'routingList', 'distinguishedName' -Dc $a.dc)) {
        if ((Get-Attribute $result 'distinguishedName') -like '*,CN=Connections,CN=Exchange Routing Group (DWBGZMFD01QNBJR),*') { continue }
        $name = Get-Attribute $result 'cn'
        $spaces = @()
        if ($result.Properties.Contains('routinglist')) { $spaces = @($result.Properties['routinglist'] | ForEach-Object { "$_" }) }
        if (@($a.names) -contains $name) { $left += "'$name'" }
        elseif (@($spaces | Where-Object { $_ -match '^SMTP:\*(;|$)' }).Count) { $left += "'$name' (SMTP:*, not named in the plan)" }
    }
    if ($left.Count) { return New-Needed -Message "Still there: $($left -join ', ')." }
    return New-Satisfied -Message 'No SMTP connector of a legacy routing group leads to the Internet.'
}
