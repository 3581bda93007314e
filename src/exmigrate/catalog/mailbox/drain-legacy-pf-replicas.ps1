<#
title: "Public folder replicas off {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2003' and not server.keep and public_folders.present and public_folders.target_databases
  and databases(server=server.name, kind='public-folder', target=false)
effect: convergent
needs:
  - replicate-public-folders
  - replicate-system-folders
  - move-oab
  # Old OWA and old Outlook look for a replica of the mailbox's own version.
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
vantage: {shell: shell, host: "topology.database_by_key[public_folders.target_databases|first].server"}
identity: delegated
check: when-ready
run: job
libraries: [folders, scripts, drain]
arguments:
  version: target.version
  server: server.name
  target: "topology.database_by_key[public_folders.target_databases|first].server"
  database: "[server.name, (databases(server=server.name, kind='public-folder', target=false)|first).name]|join('\\\\')"
estimate: {p50: 86400, p90: 1209600}
rights: ["Organization Management or Public Folder Management (2007: Exchange Public Folder or Organization Administrators)", "local administrator of the old server, for its WMI"]
impact: "none: clients are referred to the new replicas"
order: 53
failures:
  - {match: "RPC server is unavailable|Invalid namespace|Access is denied", class: permanent, means: "The old server's WMI does not answer from here.", do: "Let TCP 135 and the dynamic ports through to it, make the account its local administrator, then 'exmigrate retry'."}
  - {match: "network|server is unavailable|MapiException", class: transient, means: "A store did not answer.", do: "Nothing: it is tried again."}
#>
# The script edits lists at once; content drains for hours. Get-PublicFolderStatistics cannot read Exchange 2003: whether
# it is over is told by the instances that its own WMI provider shows, not by the lists.

function Get-Instances {
    param($a)
    $counts = Get-LegacyItemCounts -Server $a.server
    return @($counts.Keys)
}

function Check { param($a) return Test-Drained $a (Get-Instances $a) }

function Apply { param($a) return Start-Drain $a }

function Verify { param($a) return Confirm-Drained $a (Get-Instances $a) }

function Rollback { param($a) return Undo-Drain $a }
