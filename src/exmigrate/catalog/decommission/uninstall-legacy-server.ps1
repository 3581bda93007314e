<#
title: "Uninstall Exchange {{ server.version }} from {{ server.name }}"
scope: server
when: "server.source and server.legacy and not server.keep"
effect: gate
reversibility: point-of-no-return
reason: "A removed server comes back only from backup; into an organization without 2000 and 2003 none is ever installed again."
needs:
  - {kind: gate-decommission, at: "server.site", when: "server.roles != ('front-end',) or (target.version == '2010' and '2007' not in topology.versions)"}
  - gate-decommission-server@server
  - gate-retained-servers
  - cutover-client-namespace
  - {kind: retire-legacy-namespace, when: "'2007' not in topology.versions"}
  - {kind: clear-exchange2003-url, when: "'2007' not in topology.versions"}
  - move-expansion-servers
  - gate-cutover-inbound-smtp
  - remove-legacy-internet-connector
  - delete-legacy-stores@server
  - {kind: remove-legacy-rgc, at: "mail_flow.routing_group_connectors|selectattr('routing_group', 'equalto', server.routing_group)|names", when: "server.roles != ('front-end',)"}
  # Each but a pure front-end may be the last one with Exchange System Manager, so what only that tool can do is done.
  - {kind: upgrade-address-policies-and-lists, when: "server.roles != ('front-end',)"}
  - {kind: clear-mailbox-manager-policies, when: "server.roles != ('front-end',)"}
  - {kind: move-pf-hierarchy, when: "server.roles != ('front-end',)"}
  - {kind: delete-rus, when: "server.roles != ('front-end',) or server.name in topology.update_services|map(attribute='server')"}
  # Front-ends, then servers with stores, then bridgeheads, the routing group masters (first of their groups) at the end.
  - kind: uninstall-legacy-server
    at: "legacy()|selectattr('roles', 'equalto', ('front-end',))|rejectattr('name', 'in', topology.routing_groups|map(attribute='master')|list)|names"
    when: "server.roles != ('front-end',)"
  - kind: uninstall-legacy-server
    at: "legacy()|rejectattr('roles', 'equalto', ('front-end',))|rejectattr('name', 'in', topology.routing_groups|map(attribute='master')|list)|selectattr('roles', 'equalto', ('mailbox',))|names"
    when: "server.roles != ('front-end',) and ('bridgehead' in server.roles or server.name in topology.routing_groups|map(attribute='master')|list)"
  - kind: uninstall-legacy-server
    at: "legacy()|rejectattr('name', 'in', topology.routing_groups|map(attribute='master')|list)|names"
    when: "server.name in topology.routing_groups|map(attribute='master')|list"
vantage: AD
identity: delegated
window: policy
libraries: [legacy, legacy-removal]
arguments:
  server: server.name
estimate: {p50: 2700, p90: 7200}
rights: ["Exchange Full Administrator", "local administrator of the server"]
impact: "none: nobody and nothing is on it any more"
order: 34
gate:
  closes: both
  every: 300
  instructions: |
    On {{ server.name }}, with the original Exchange {{ server.version }} CD or share at hand: Control Panel > Add or Remove
    Programs > Microsoft Exchange > Change/Remove; action 'Remove' for Microsoft Exchange. Never delete the server's object
    with ADSI Edit or 'Remove Server' while it runs. Restart afterwards.
    {% if server.cluster %}It is a node of {{ server.cluster }}: remove the Exchange virtual server in Cluster Administrator first, then the binaries of each node.{% endif %}
    {% if server.name in topology.routing_groups|map(attribute='master') %}It is a routing group master: while other servers are left in its group, promote one of them first (Exchange System Manager > Routing Groups > Members > Set as Master).{% endif %}
    {% for connector in (topology.source.routing_group_connectors if topology.source else []) if server.name in connector.sources and not connector.target_group.endswith('(DWBGZMFD01QNBJR)') %}
    Delete first, in Exchange System Manager, the connector '{{ connector.name }}' of the routing group {{ connector.source_group }}: this server is its bridgehead, and no mail takes it any more.
    {% endfor %}
    Setup refuses while one of these is on it: mailboxes, also a mailbox-enabled administrator or postmaster (error
    c1034a7f); public folder replicas, or its store as default of another; a Recipient Update Service; the bridgehead of a
    connector; the routing group master with others left; the generation of an offline address book; a connection
    agreement. A group's expansion server it does not check: move-expansion-servers did.
  undo: "None: the server is recovered from backup."
#>
# The server's object, and what else would still name it.

function Check {
    param($a)
    $found = Get-ServerObject -Server $a.server -Dc $a.dc
    if ($found) {
        $holds = @(Get-ServerDuties -Server $a.server -ServerDn $found.dn -Dc $a.dc)
        $message = "$($a.server) is in the organization as '$($found.serial)'."
        if ($holds.Count) { $message += " Setup will refuse: $($holds -join '; ')." }
        return New-Needed -Message $message -Facts @{ holds = $holds }
    }
    $dangling = @(Get-ServerDuties -Server $a.server -ServerDn '' -Dc $a.dc)
    if ($dangling.Count) { return New-Needed -Message "$($a.server) is gone, but: $($dangling -join '; ')." -Facts @{ holds = $dangling } }
    return New-Satisfied -Message "$($a.server) is not in the organization any more and nothing names it."
}
