<#
title: "Bridgeheads of the first connector to {{ rgc.routing_group }}"
scope: rgc
when: "rgc.first and not rgc.existing"
effect: convergent
needs:
  - {kind: install-hub, at: "first_hub.name if first_hub else ''"}
  - {kind: install-hub, at: "rgc.sources|list"}
vantage: shell
identity: delegated
libraries: [directory, routing]
arguments:
  group: rgc.routing_group
  sources: "rgc.sources|list"
  targets: "rgc.targets|list"
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "Exchange Full Administrator of the legacy administrative group"]
impact: "none: mail between the versions gets more ways"
order: 12
failures:
  - {match: "routing group", class: permanent, means: "A server named in the plan is in another routing group.", do: "Compare 'mail_flow.routing_group_connectors' with System Manager; all servers of one end are of one routing group."}
#>
# Setup made the pair with one Hub and one legacy bridgehead; each end gets all the servers that the plan names.

function Check { param($a) return Test-ConnectorPair $a ': Setup of the first Hub makes it (/LegacyRoutingServer). Make it by hand with New-RoutingGroupConnector -BiDirectional $true.' }

function Apply { param($a) return Set-ConnectorPair $a }

function Verify { param($a) return Confirm-ConnectorPair $a }

function Rollback { param($a) return Restore-ConnectorPair $a }
