<#
title: "Uninstall Unified Messaging from {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'um' in server.roles and not server.keep"
effect: once
reversibility: point-of-no-return
reason: "A removed role comes back only as a new installation."
needs:
  - gate-decommission@site
  - remove-um-2007@server
  - uninstall-2007-mailbox@site
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
impact: "none: 2010 answers the calls"
tags: [setup]
order: 31
failures:
  - {match: "dial plan", class: permanent, means: "The server is still in a dial plan.", do: "remove-um-2007 of this server; then 'exmigrate retry'."}
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "version mismatch|Bin.setup", class: permanent, means: "Setup must come from media of the installed level, because a rollup changed what is on the disk.", do: "Stage the media of the installed service pack, then 'exmigrate retry'."}
#>
# UM submits through a 2007 Hub of its site, so it leaves before the Hub.

function Check {
    param($a)
    return Test-RoleRemoved -Version $a.version -Role 'um'
}

function Apply {
    param($a)
    return Remove-Role -Version $a.version -Role 'um' -Folder $a.folder
}

function Verify {
    param($a)
    return Confirm-RoleRemoved -Version $a.version -Role 'um' -Server $a.server -Dc $a.dc
}
