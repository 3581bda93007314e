<#
title: "Old routing groups deleted"
scope: organization
when: "has_legacy and not legacy()|selectattr('keep')|list"
effect: gate
needs: [uninstall-legacy-server@all, remove-legacy-rgc@all, gate-retained-servers, gate-decommission]
vantage: AD
identity: delegated
estimate: {p50: 600, p90: 3600}
rights: ["Exchange Full Administrator"]
impact: "none"
order: 36
gate:
  closes: probe
  every: 300
  instructions: |
    In Exchange System Manager of a tools computer, or in ADSI Edit (configuration partition, Services > Microsoft Exchange >
    organization > Administrative Groups): first the connectors that are left between old routing groups, then the empty
    routing groups themselves ({{ routing_groups|names|join(', ') }}). Never the group 'Exchange Routing Group
    (DWBGZMFD01QNBJR)'. Keep the old administrative groups
    ({{ routing_groups|map(attribute='administrative_group')|unique|join(', ') }}): legacyExchangeDN values and free/busy
    folders name them.
  undo: "Make an empty routing group of the same name; it has no effect."
#>

function Check {
    param($a)
    $left = @()
    foreach ($result in @(Search-Directory -Base "CN=Administrative Groups,$(Get-OrganizationName -Dc $a.dc)" -Filter '(objectClass=msExchRoutingGroup)' -Properties 'cn' -Dc $a.dc)) {
        $name = Get-Attribute $result 'cn'
        if ($name -ne 'Exchange Routing Group (DWBGZMFD01QNBJR)') { $left += $name }
    }
    if ($left.Count) { return New-Needed -Message "Still there: $($left -join ', ')." -Facts @{ groups = $left } }
    return New-Satisfied -Message 'Only the routing group of the new servers is left.'
}
