<#
title: "Public folder replicas off {{ server.name }} (Exchange 2000)"
scope: server
when: >-
  server.source and server.version == '2000' and not server.keep and public_folders.present and public_folders.target_databases
  and databases(server=server.name, kind='public-folder', target=false)
effect: gate
needs:
  - replicate-public-folders
  - replicate-system-folders
  - move-oab
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
estimate: {p50: 86400, p90: 1209600}
order: 53
gate:
  closes: person
  instructions: |
    Exchange 2000 has no WMI class of its public folders, so a person looks. In the Scripts folder of Exchange
    {{ target.version }} on {{ topology.database_by_key[public_folders.target_databases|first].server }}:
    .\MoveAllReplicas.ps1 -Server {{ server.name }} -NewServer {{ topology.database_by_key[public_folders.target_databases|first].server }}
    (or Exchange System Manager 2003: public folder store of {{ server.name }} > Move All Replicas). This edits lists only.
    Then wait until Exchange System Manager shows nothing below 'Public Folder Instances' of that store: hours to days.
    Note in the confirmation when you looked.
  undo: "Add the store to the replica lists again (Exchange System Manager, Replication page) while the content exists."
#>
