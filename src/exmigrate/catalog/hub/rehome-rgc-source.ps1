<#
title: "Connector with {{ rgc.routing_group }} on {{ target.version }} Hubs"
scope: rgc
when: "rgc.existing"
effect: convergent
needs: [{kind: install-hub, at: "rgc.sources|list"}]
before: [uninstall-2007-hub]
vantage: E10
identity: delegated
window: policy
libraries: [directory, routing]
arguments:
  group: rgc.routing_group
  sources: "rgc.sources|list"
  targets: "rgc.targets|list"
estimate: {p50: 30, p90: 120}
rights: ["Organization Management", "Exchange Full Administrator of the legacy administrative group"]
impact: "mail between 2003 and the newer versions takes {{ rgc.sources|join(', ') }}; delayed by seconds at most. 2007's shell may not change the connectors any more"
order: 14
failures:
  - {match: "routing group", class: permanent, means: "A server named in the plan is in another routing group.", do: "Compare 'mail_flow.routing_group_connectors' with System Manager; all servers of one end are of one routing group."}
#>
# The pair was made for 2007 and its Hubs leave: a Hub that is a source of a connector cannot be uninstalled.

function Check { param($a) return Test-ConnectorPair $a ', though the plan calls it existing.' }

function Apply { param($a) return Set-ConnectorPair $a }

function Verify { param($a) return Confirm-ConnectorPair $a }

function Rollback { param($a) return Restore-ConnectorPair $a }
