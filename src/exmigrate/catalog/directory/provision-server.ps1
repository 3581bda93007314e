<#
title: "Server object of {{ server.name }}, for a delegated installation"
scope: server
when: >-
  target.version == '2007' and server.target and server.roles and 'edge' not in server.roles
  and planned('provision-server', server.name) and server.name != (first(topology.first_site.name, 'cas') or server).name
effect: once
needs:
  - wait-replication-ad
  - {kind: stage-media, at: topology.directory_host}
  - {kind: install-cas, at: "(first(topology.first_site.name, 'cas') or server).name"}
before: [install-cas@server, install-hub@server, install-mailbox@server, install-um@server]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
window: policy
libraries: [setup, windows, legacy]
arguments:
  server: server.name
  folder: medium(target.version).folder
  administrator: "(topology.credentials|selectattr('name', 'equalto', server.connection.run_as or server.connection.credential)|map(attribute='username')|list + [''])[0] if server.connection else ''"
estimate: {p50: 300, p90: 900}
rights: ["Enterprise Admins", "local administrator"]
tags: [setup, directory-preparation]
order: 27
failures:
  - {match: "already exists|already provisioned", class: permanent, means: "The directory has such a server object.", do: "Look at it in the console: if nothing was installed, remove it with /RemoveProvisionedServer."}
#>
# The object of a server that an account without rights in the organization may then install. Never the first
# server: an administrator of the organization installs that, and Setup refuses to provision another before.

function Check {
    param($a)
    $found = Get-ServerObject -Server $a.server -Dc $a.dc
    if ($found) { return New-Satisfied -Message "The directory has $($found.dn)." }
    if (-not $a.administrator) { return New-Blocked -Message "The plan names no account that installs $($a.server)." }
    return New-Needed -Message "The directory has no server $($a.server)." -Before @{ present = $false }
}

function Apply {
    param($a)
    if (Get-ServerObject -Server $a.server -Dc $a.dc) { return New-Applied -Message 'The server was provisioned already.' }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/NewProvisionedServer:$($a.server) /ServerAdmin:$($a.administrator)"
    if (-not $run.success) { throw (Format-SetupFailure $run '/NewProvisionedServer') }
    return New-Applied -Message "$($a.server) provisioned for $($a.administrator)."
}

# The DC of the server's own site may hear of it later; any DC that has it proves the run.
function Verify {
    param($a)
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        try { if (Get-ServerObject -Server $a.server -Dc $dc) { return New-Verified -Message "$dc has the server object of $($a.server)." } } catch { Write-Verbose $dc }
    }
    return New-Failed -Message "No domain controller has a server object of $($a.server)."
}

function Rollback {
    param($a)
    if (Get-ServerObject -Server $a.server -Dc $a.dc) {
        $run = Invoke-Setup -Folder $a.folder -Arguments "/RemoveProvisionedServer:$($a.server)"
        if (-not $run.success) { throw (Format-SetupFailure $run '/RemoveProvisionedServer') }
    }
    return New-Applied -Message "The server object of $($a.server) is removed."
}
