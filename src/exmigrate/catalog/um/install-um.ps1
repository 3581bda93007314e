<#
title: "Unified Messaging role on {{ server.name }}"
scope: server
when: "server.target and 'um' in server.roles"
effect: once
needs:
  - install-cas@site
  - install-hub@site
  - {kind: install-mailbox, at: "servers(site=site.name, role='mailbox', target=true)|names", when: "target.version == '2007'"}
  - install-os-prereqs@server
  - stage-media@server
  - wait-replication-domains@all
  - provision-server@server
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  server: server.name
  version: target.version
  build: medium(target.version).build
  folder: medium(target.version).folder
estimate: {p50: 3600, p90: 5400}
resumes: true
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "local administrator"]
impact: "none: no call reaches it before the gateways are redirected"
tags: [setup]
order: 10
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|Filter Pack|UCMA", class: permanent, means: "A prerequisite check of Setup failed.", do: "Read the log for the check's name; install-os-prereqs names features and packages."}
  - {match: "cannot connect|not operational|domain controller", class: transient, means: "Setup lost its domain controller.", do: "Nothing: the same command goes on from its watermark."}
#>
# 2010 needs Desktop Experience, and the UCMA runtime from SP1 on; 2007 serves mailboxes of its own version alone, so that its
# Mailbox role comes first.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'um' -Build $a.build
}

function Apply {
    param($a)
    return Install-Role -Version $a.version -Role 'um' -Folder $a.folder -Switches '' -Build $a.build
}

function Verify {
    param($a)
    return Confirm-RoleInstalled -Version $a.version -Role 'um' -Build $a.build -Server $a.server -Dc $a.dc
}

# Only while it answers no dial plan: the engine undoes migrate-um and configure-um first.
function Rollback {
    param($a)
    return Remove-Role -Version $a.version -Role 'um' -Folder $a.folder
}
