<#
title: "Recipient Update Services deleted"
scope: organization
when: "has_legacy and not legacy()|selectattr('keep')|list"
effect: gate
reversibility: forward-only
reason: "No 2000 or 2003 recipient is stamped any more; the new version stamps recipients itself."
needs:
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
  - move-special-mailboxes
  - upgrade-address-policies-and-lists
  - gate-decommission
  - gate-retained-servers
vantage: AD
identity: delegated
estimate: {p50: 600, p90: 3600}
rights: ["Exchange Full Administrator"]
impact: "none: recipients are stamped by the cmdlets that make them"
order: 17
gate:
  closes: both
  every: 300
  instructions: |
    Exchange System Manager > Recipients > Recipient Update Services: delete the service of each domain
    ({{ topology.update_services|rejectattr('enterprise')|names|join(', ') or 'as found there' }}). It does not let the last one go: in ADSI Edit,
    configuration partition, delete
    CN=Recipient Update Service (Enterprise Configuration),CN=Recipient Update Services,CN=Address Lists Container,CN={{ organization }},CN=Microsoft Exchange,CN=Services.
    Nothing else in that container is touched. Then make a mailbox with Exchange {{ target.version }} and see that it gets its
    addresses and appears in the global address list.
  undo: "None while no old server is installed anew; recipients of the new version do not need it."
#>

function Check {
    param($a)
    $left = @()
    foreach ($result in @(Search-Directory -Base (Get-OrganizationName -Dc $a.dc) -Filter '(objectClass=msExchAddressListService)' -Properties 'cn' -Dc $a.dc)) { $left += Get-Attribute $result 'cn' }
    if ($left.Count) { return New-Needed -Message "Still there: $($left -join ', ')." -Facts @{ services = $left } }
    return New-Satisfied -Message 'No Recipient Update Service is left.'
}
