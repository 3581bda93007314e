<#
title: "{{ 'Public folder store of ' ~ server.name ~ ' deleted' if databases(server=server.name, kind='public-folder', target=false) else 'Nobody and nothing left in the stores of ' ~ server.name }}"
scope: server
when: "server.source and server.legacy and 'mailbox' in server.roles and not server.keep"
effect: gate
reversibility: forward-only
point_of_no_return: "databases(server=server.name, kind='public-folder', target=false)"
reason: "{% if databases(server=server.name, kind='public-folder', target=false) %}The store's object is gone; what is left of its content is a file on a disk.{% else %}Nothing is done: it is a last look before the server leaves.{% endif %}"
needs:
  - drain-legacy-pf-replicas@server
  - gate-drain-legacy-pf-replicas@server
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
  - move-special-mailboxes
  - gate-decommission@site
  - gate-retained-servers
vantage: AD
identity: delegated
libraries: [legacy, legacy-removal]
arguments:
  server: server.name
estimate: {p50: 900, p90: 3600}
rights: ["Exchange Full Administrator"]
impact: "none: no user and no replica is on it"
order: 14
gate:
  closes: both
  every: 300
  instructions: |
    {% if databases(server=server.name, kind='public-folder', target=false) -%}
    Exchange System Manager: delete the public folder store of {{ server.name }} ({{ databases(server=server.name, kind='public-folder', target=false)|names|join(', ') }}).
    Where it is the default of a mailbox store, choose {{ public_folders.target_databases|first if public_folders.target_databases else 'a new public folder database' }} instead when asked. Then open a few
    public folders from a mailbox on Exchange {{ target.version }}.
    {%- else -%}
    By the plan {{ server.name }} has no public folder store: see in Exchange System Manager that it has none, and that its mailbox
    stores show no mailbox but the system's own.
    {%- endif %}
    The mailbox stores ({{ databases(server=server.name, kind='mailbox', target=false)|names|join(', ') }}) go with the server's
    removal. The files stay on its disks until a person deletes them.
  undo: "None. The content comes back only from backup."
#>
# In the directory: no public folder store below the server, no mailbox store that names one of its own as default, no
# user on its mailbox stores but those that belong to a store (SystemMailbox, SMTP, System Attendant).

function Check {
    param($a)
    $found = Get-ServerObject -Server $a.server -Dc $a.dc
    if (-not $found) { return New-Satisfied -Message "$($a.server) is not in the organization any more." }
    $users = @(Get-StoreUsers -ServerDn $found.dn -Dc $a.dc)
    if ($users.Count) { return New-Needed -Message "$($users.Count) mailboxes are still on $($a.server): $(@($users | Select-Object -First 5) -join ', ')." -Facts @{ users = $users.Count } }
    $stores = @(Get-StoreNames -ServerDn $found.dn -Class 'msExchPublicMDB' -Dc $a.dc)
    if (-not $stores.Count) { return New-Satisfied -Message "$($a.server) has no public folder store and no user." }
    $default = @(Get-StoresWithDefault -ServerDn $found.dn -Dc $a.dc)
    $message = "$($a.server) has the public folder store $($stores -join ', ')."
    if ($default.Count) { $message += " It is the default of $($default -join ', ')." }
    return New-Needed -Message $message -Facts @{ stores = $stores; default_of = $default }
}
