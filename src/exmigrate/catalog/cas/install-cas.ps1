<#
title: "Client Access role on {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles"
effect: once
needs:
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
  external_domain: "(site.namespace or namespaces.primary) if site.internet_facing and target.version == '2010' else ''"
estimate: {p50: 3300, p90: 4800}
resumes: true
rights: ["Organization Management (the first server: Enterprise Admins)", "local administrator"]
impact: "none for users, as long as set-autodiscover-scp follows at once: domain-joined Outlook finds the new SCP and warns of its self-signed certificate"
tags: [setup]
order: 20
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|Web-", class: permanent, means: "A prerequisite check of Setup failed.", do: "Read the log for the check's name; install-os-prereqs names the features."}
  - {match: "cannot connect|not operational|domain controller", class: transient, means: "Setup lost its domain controller.", do: "Nothing: the same command goes on from its watermark."}
#>
# Setup judges itself by log and registry; a Watermark of this role means that the same command goes on. 2007's Setup has
# no switch for the external name: configure-cas-vdirs sets it.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'cas' -Build $a.build
}

function Apply {
    param($a)
    $switches = ''
    if ($a.external_domain) { $switches = "/ExternalCASServerDomain:$($a.external_domain)" }
    return Install-Role -Version $a.version -Role 'cas' -Folder $a.folder -Switches $switches -Build $a.build
}

function Verify {
    param($a)
    return Confirm-RoleInstalled -Version $a.version -Role 'cas' -Build $a.build -Server $a.server -Dc $a.dc
}

# Only while nothing depends on this CAS: the engine undoes dependants first.
function Rollback {
    param($a)
    return Remove-Role -Version $a.version -Role 'cas' -Folder $a.folder
}
