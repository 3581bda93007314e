<#
title: "Hub Transport role on {{ server.name }}"
scope: server
when: "server.target and 'hub' in server.roles"
effect: once
needs:
  - install-cas@site
  - install-os-prereqs@server
  - stage-media@server
  - wait-replication-domains@all

vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  server: server.name
  version: target.version
  build: medium(target.version).build
  folder: medium(target.version).folder
estimate: {p50: 2700, p90: 3600}
resumes: true
rights: ["Organization Management", "local administrator"]
impact: "none: mail of 2007 mailboxes goes on through 2007 Hubs"
tags: [setup]
order: 10
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|Filter Pack|UCMA", class: permanent, means: "A prerequisite check of Setup failed.", do: "Read the log for the check's name; install-os-prereqs names features and packages."}
  - {match: "cannot connect|not operational|domain controller", class: transient, means: "Setup lost its domain controller.", do: "Nothing: the same command goes on from its watermark."}
#>
# The first 2010 Hub of the organization copies the 2007 transport rules into its own container, once.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'hub' -Build $a.build
}

function Apply {
    param($a)
    return Install-Role -Version $a.version -Role 'hub' -Folder $a.folder -Switches '' -Build $a.build
}

function Verify {
    param($a)
    return Confirm-RoleInstalled -Version $a.version -Role 'hub' -Build $a.build -Server $a.server -Dc $a.dc
}

# Setup refuses while the server is a source of a connector: the engine undoes that first.
function Rollback {
    param($a)
    return Remove-Role -Version $a.version -Role 'hub' -Folder $a.folder
}
