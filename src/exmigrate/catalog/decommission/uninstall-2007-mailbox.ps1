<#
title: "Uninstall the Mailbox role from {{ server.name }}"
scope: server
when: "(server.node or server.source and 'mailbox' in server.roles and not server.clustered) and server.version == '2007' and not server.keep"
effect: once
reversibility: point-of-no-return
reason: "A removed role comes back only as a new installation."
needs:
  - gate-decommission@site
  - remove-2007-databases@server
  - {kind: remove-2007-cms, at: "[server.clustered.name] if server.node else []"}
  - move-public-folder-replicas@server
  - move-oab
  - move-special-mailboxes
  - stage-media@server
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  server: server.name
  version: server.version
  folder: medium('2007').folder
estimate: {p50: 1500, p90: 2400}
resumes: true
reboot: maybe
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "none: its databases are gone"
tags: [setup]
order: 30
failures:
  - {match: "active node|clustered mailbox server", class: permanent, means: "The clustered mailbox server is still on this node.", do: "It goes first, by remove-2007-cms; then 'exmigrate retry'."}
  - {match: "contains one or more mailboxes|replica|offline address book", class: permanent, means: "Setup found what still lives on this server.", do: "Its message names it: move it, then 'exmigrate retry'."}
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "version mismatch|Bin.setup", class: permanent, means: "Setup must come from media of the installed level, because a rollup changed what is on the disk.", do: "Stage the media of the installed service pack, then 'exmigrate retry'."}
#>
# First of the site: the order is Mailbox, UM, Hub, CAS, the mirror of the installation.

function Check {
    param($a)
    return Test-RoleRemoved -Version $a.version -Role 'mailbox'
}

function Apply {
    param($a)
    return Remove-Role -Version $a.version -Role 'mailbox' -Folder $a.folder
}

function Verify {
    param($a)
    return Confirm-RoleRemoved -Version $a.version -Role 'mailbox' -Server $a.server -Dc $a.dc
}
