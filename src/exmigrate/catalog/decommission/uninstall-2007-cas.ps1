<#
title: "Uninstall Client Access from {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles and not server.keep"
effect: once
reversibility: point-of-no-return
reason: "A removed role comes back only as a new installation."
needs:
  - gate-decommission@site
  - {kind: gate-decommission, when: "site.internet_facing"}
  - retire-legacy-namespace
  - clear-exchange2003-url
  - flip-autodiscover-scp
  - uninstall-2007-mailbox@site
  - uninstall-2007-um@site
  - uninstall-2007-hub@site
  - {kind: uninstall-2007-mailbox, when: "site.internet_facing"}
  - move-outlook-anywhere-endpoint@server
  - move-mailboxes@all
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
impact: "none: the legacy name is gone already"
tags: [setup]
order: 33
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "version mismatch|Bin.setup", class: permanent, means: "Setup must come from media of the installed level, because a rollup changed what is on the disk.", do: "Stage the media of the installed service pack, then 'exmigrate retry'."}
#>
# The last 2007 role: it redirected and proxied for every 2007 mailbox of the sites it served.

function Check {
    param($a)
    return Test-RoleRemoved -Version $a.version -Role 'cas'
}

function Apply {
    param($a)
    return Remove-Role -Version $a.version -Role 'cas' -Folder $a.folder
}

function Verify {
    param($a)
    return Confirm-RoleRemoved -Version $a.version -Role 'cas' -Server $a.server -Dc $a.dc
}
