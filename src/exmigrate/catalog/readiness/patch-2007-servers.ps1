<#
title: "Exchange 2007 {{ medium('2007').service_pack }} on {{ server.name }}"
scope: server
when: >-
  (server.node or server.source and not server.clustered) and server.version == '2007' and medium('2007')
  and (server.service_pack in ['RTM', 'SP1'] or planned('patch-2007-servers'))
effect: once
reversibility: forward-only
reason: "A service pack of 2007 cannot be uninstalled."
needs:
  - gate-backup
  - stage-media@server
  - preflight-remoting@server
  - wait-replication-2007-sp-ad
  - wait-replication-2007-sp-domains
  - kind: patch-2007-servers
    at: >-
      [] if 'edge' in server.roles else
      (servers(site=server.site, role='cas', target=false, version='2007')|names if 'cas' not in server.roles else [])
      + (servers(site=server.site, role='hub', target=false, version='2007')|names
      + servers(site=server.site, role='um', target=false, version='2007')|names if server.node or server.roles|list == ['mailbox'] else [])
      + (servers(site=topology.first_site.name, role='cas', target=false, version='2007')|names if not (site and site.internet_facing) else [])
  # Nodes of a clustered server one after the other: a passive one first, and the rest when it runs on that one.
  - kind: patch-2007-servers
    at: "server.clustered.in_turn[:server.clustered.in_turn.index(server.name)]|list if server.node else []"
  - kind: upgrade-2007-cms
    at: "[server.clustered.name] if server.node and server.name != server.clustered.successor else []"
vantage: target
identity: delegated
window: policy
libraries: [setup, windows]
arguments:
  server: server.name
  folder: medium('2007').folder
  build: medium('2007').build
  clustered: "server.clustered.name if server.node else ''"
  passive: "server.node and server.name == server.clustered.successor"
estimate: {p50: 4500, p90: 7200}
resumes: true
reboot: maybe
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "{{ 'none: ' ~ server.clustered.name ~ ' runs on another node meanwhile, without a second one to go to' if server.node else 'the services of ' ~ server.name ~ ' stop for up to two hours' }}"
tags: [setup]
order: 46
failures:
  - {match: "active node|clustered mailbox server", class: permanent, means: "The clustered mailbox server runs on this node: it has failed over, or a person moved it.", do: "Move-ClusteredMailboxServer to the other node, while both have the same service pack, then 'exmigrate retry'."}
  - {match: "Windows Installer 4.5", class: permanent, means: "Windows Installer 4.5 is missing.", do: "Install KB942288 and restart the server."}
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "interim update", class: permanent, means: "An interim update is installed.", do: "Uninstall the interim update first."}
#>
# The roles of this server, by its own registry, are at the build of the service pack. Rollups have builds of their own,
# but ConfiguredVersion shows service packs only.

function Get-InstalledRoles {
    foreach ($role in @($SetupRoles.Keys)) {
        $state = Get-RoleState -Version '2007' -Role $role
        if ($state.configured -or $state.watermark) { $state.role = $SetupRoles[$role]; $state }
    }
}

# Of the nodes of a clustered server the active one alone runs the store; Setup upgrades passive ones.
function Test-ActiveNode {
    $store = Get-Service -Name 'MSExchangeIS' -ErrorAction SilentlyContinue
    return [bool]($store -and "$($store.Status)" -eq 'Running')
}

function Check {
    param($a)
    $roles = @(Get-InstalledRoles)
    if (-not $roles.Count) { return New-Satisfied -Message 'No 2007 role is installed here any more.' }
    $old = @(); $watermark = ''
    foreach ($role in $roles) {
        if ($role.watermark) { $watermark = "$($role.role): $($role.watermark)" }
        if (-not (Test-Build $role.configured $a.build)) { $old += "$($role.role) $($role.configured)" }
    }
    $facts = @{ watermark = $watermark; old = $old }
    if ($watermark) { return New-Needed -Message "The upgrade stopped half-way at '$watermark'; running it again goes on from there." -Facts $facts }
    if (-not $old.Count) { return New-Satisfied -Message "Every role is at $($a.build) or later." -Facts $facts }
    # What is moved off a node later in the plan is no obstacle yet; off the first one nothing is moved.
    if ($a.passive -and (Test-ActiveNode)) { return New-Blocked -Message "$($a.clustered) runs on $($env:COMPUTERNAME), which the plan has as passive: Setup refuses it. Move-ClusteredMailboxServer to the node that the plan has as active, or correct 'active' in the plan." -Facts $facts }
    if (Test-PendingReboot) { return New-Blocked -Message 'Windows waits for a restart; Setup refuses to run before it. Restart the server.' -Facts $facts }
    return New-Needed -Message "Below $($a.build): $($old -join ', ')." -Facts $facts
}

function Apply {
    param($a)
    if ($a.clustered -and (Test-ActiveNode)) {
        throw "The clustered mailbox server $($a.clustered) runs on this node, $($env:COMPUTERNAME): it is the active node."
    }
    $run = Invoke-Setup -Folder $a.folder -Arguments '/mode:Upgrade'
    $left = @(Get-InstalledRoles | Where-Object { $_.watermark -or -not (Test-Build $_.configured $a.build) })
    if (-not $run.success -or $left.Count) { throw (Format-SetupFailure $run 'The service pack') }
    return New-Applied -Message "Upgraded to $($a.build)." -Reboot:(Test-PendingReboot)
}

# What the services say: all that start by themselves run, and ExSetup.exe is of the service pack.
function Verify {
    param($a)
    $build = Get-InstalledBuild '2007'
    if (-not (Test-Build $build $a.build)) { return New-Failed -Message "ExSetup.exe is $build, wanted $($a.build)." }
    $stopped = @(Get-StoppedExchangeServices)
    if ($stopped.Count) { return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30 }
    return New-Verified -Message "ExSetup.exe is $build, the services run." -Facts @{ build = $build }
}
