<#
title: "Remove the clustered mailbox server {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2007' and server.cluster in ('CCR', 'SCC') and not server.keep
effect: once
reversibility: point-of-no-return
reason: "The clustered mailbox server is removed from cluster and directory."
needs: [gate-decommission@site, remove-2007-databases@site, stage-media@server, move-oab]
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  cluster: server.name
  folder: medium('2007').folder
estimate: {p50: 900, p90: 1800}
resumes: true
rights: ["Exchange Organization Administrators", "local administrator"]
tags: [setup]
order: 22
failures:
  - {match: "owning node|active node", class: permanent, means: "The clustered mailbox server runs on the other node.", do: "Move-ClusteredMailboxServer to this node, then 'exmigrate retry'."}
#>

function Test-Cms {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$($a.cluster)))" -Properties 'cn' -Dc $a.dc)) { return $true }
    return $false
}

function Check {
    param($a)
    if (-not (Test-Cms $a)) { return New-Satisfied -Message "$($a.cluster) does not exist any more." }
    return New-Needed -Message "$($a.cluster) exists."
}

function Apply {
    param($a)
    if (-not (Test-Cms $a)) { return New-Applied -Message "$($a.cluster) was removed already." }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/RemoveCms /CMSName:$($a.cluster)"
    if (-not $run.success) { throw (Format-SetupFailure $run '/RemoveCms') }
    return New-Applied -Message "$($a.cluster) is removed."
}

function Verify {
    param($a)
    if (Test-Cms $a) { return New-Pending -Message "The directory still shows $($a.cluster)." -Done 0 -Total 1 -NextSeconds 60 }
    return New-Verified -Message "$($a.cluster) does not exist any more."
}
