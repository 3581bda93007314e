<#
title: "Public folder replicas off {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2007' and not server.keep and public_folders.present and public_folders.target_databases
  and databases(server=server.name, kind='public-folder', target=false)
effect: convergent
needs:
  - replicate-public-folders
  - replicate-system-folders
  - move-oab
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'equalto', '2007')|names"}
vantage: {shell: E10, host: "topology.database_by_key[public_folders.target_databases|first].server"}
identity: delegated
check: when-ready
run: job
libraries: [folders, scripts, drain]
arguments:
  server: server.name
  target: "topology.database_by_key[public_folders.target_databases|first].server"
  database: "[server.name, (databases(server=server.name, kind='public-folder', target=false)|first).name]|join('\\\\')"
estimate: {p50: 86400, p90: 1209600}
rights: ["Organization Management or Public Folder Management"]
impact: "none: clients are referred to the new replicas"
order: 53
failures:
  - {match: "network|server is unavailable|MapiException", class: transient, means: "A store did not answer.", do: "Nothing: it is tried again."}
#>
# Only after the mailboxes: OWA 2007 looks for a replica of its own version. The script edits lists at once; content drains
# for hours, and only instances on the old server tell when it is over.

function Get-Instances {
    param($a)
    $counts = Get-ItemCounts -Server $a.server
    return @($counts.Keys)
}

function Check { param($a) return Test-Drained $a (Get-Instances $a) }

function Apply { param($a) return Start-Drain $a }

function Verify { param($a) return Confirm-Drained $a (Get-Instances $a) }

function Rollback { param($a) return Undo-Drain $a }
