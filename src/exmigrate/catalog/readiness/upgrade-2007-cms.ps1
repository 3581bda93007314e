<#
title: "Upgrade the clustered mailbox server {{ server.name }}"
scope: server
when: >-
  server.source and server.clustered and medium('2007')
  and (server.service_pack in ['RTM', 'SP1'] or planned('patch-2007-servers'))
effect: once
reversibility: forward-only
reason: "A service pack of 2007 cannot be uninstalled."
needs:
  - move-2007-cms@server
  - {kind: patch-2007-servers, at: "[server.clustered.successor]"}
  - stage-media@host
vantage: "server.clustered.successor"
identity: delegated
window: with:move-2007-cms
libraries: [setup, windows, directory, clusters]
arguments:
  cluster: server.name
  folder: medium('2007').folder
  build: medium('2007').build
estimate: {p50: 1800, p90: 3600}
resumes: true
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "the mailboxes of {{ server.name }} are offline for some minutes"
tags: [setup]
order: 48
failures:
  - {match: "owning node|active node|passive", class: permanent, means: "The clustered mailbox server is on the other node.", do: "Stop-ClusteredMailboxServer, then Move-ClusteredMailboxServer to this node, which has the new programs, then 'exmigrate retry'."}
#>
# Between the passive node's service pack and the other node's: the clustered mailbox server itself.

function Check {
    param($a)
    $text = Get-ClusterVersion -Name $a.cluster -Dc $a.dc
    if (-not $text) { return New-Blocked -Message "The directory has no clustered mailbox server $($a.cluster)." }
    if (Test-ClusterVersion $a) { return New-Satisfied -Message "$($a.cluster) is $text." -Facts @{ version = $text } }
    return New-Needed -Message "$($a.cluster) is $text, wanted $($a.build)." -Before @{ version = $text }
}

function Apply {
    param($a)
    $run = Invoke-Setup -Folder $a.folder -Arguments '/UpgradeCms'
    if (-not $run.success) {
        throw "$(Format-SetupFailure $run '/UpgradeCms') $($a.cluster) is off line until it succeeds; moved back by Move-ClusteredMailboxServer, it starts on a node with the old programs."
    }
    return New-Applied -Message "$($a.cluster) upgraded."
}

# Setup brings the clustered server on line when it has upgraded it: its store runs here then.
function Verify {
    param($a)
    if (-not (Test-ClusterVersion $a)) { return New-Failed -Message "The directory still shows $(Get-ClusterVersion -Name $a.cluster -Dc $a.dc)." }
    $stopped = @(Get-StoppedServices -Names @('MSExchangeIS'))
    if ($stopped.Count) { return New-Pending -Message "The store of $($a.cluster) does not run on $($env:COMPUTERNAME) yet: Get-ClusteredMailboxServerStatus shows why." -Done 0 -Total 1 -NextSeconds 30 }
    return New-Verified -Message "$($a.cluster) is $(Get-ClusterVersion -Name $a.cluster -Dc $a.dc)."
}
