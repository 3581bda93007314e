<#
title: "Remove the clustered mailbox server {{ server.name }}"
scope: server
when: >-
  server.source and server.clustered and not server.keep
effect: once
reversibility: point-of-no-return
reason: "The clustered mailbox server is removed from cluster and directory."
needs:
  - gate-decommission@site
  - remove-2007-databases@server
  - move-public-folder-replicas@server
  - move-oab
  - move-special-mailboxes
  - stage-media@host
# Where the service pack has left it, or where it was.
vantage:
  shell: E07
  host: >-
    server.clustered.successor if medium('2007') and (server.service_pack in ['RTM', 'SP1'] or planned('patch-2007-servers'))
    else server.clustered.active
identity: delegated
window: policy
libraries: [setup, windows, directory, clusters]
arguments:
  cluster: server.name
  copies: "server.cluster == 'CCR'"
  folder: medium('2007').folder
estimate: {p50: 900, p90: 1800}
resumes: true
impact: "none: its databases are gone"
rights: ["Exchange Organization Administrators", "local administrator"]
tags: [setup]
order: 22
failures:
  - {match: "copies .*not healthy", class: transient, means: "It has failed over since, and the way back is not safe now.", do: "Get-StorageGroupCopyStatus shows which storage group; when all are Healthy, 'exmigrate retry'."}
  - {match: "contains one or more|replica|offline address book", class: permanent, means: "Setup found what still lives on this server.", do: "Its message names it: move it, then 'exmigrate retry'."}
  - {match: "owning node|active node", class: permanent, means: "The clustered mailbox server runs on the other node.", do: "Move-ClusteredMailboxServer to this node, then 'exmigrate retry'."}
#>
# Setup removes it on the node that runs it. Should it have failed over since, it comes here first: nobody is on it any more.

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
    $pinned = Get-PinnedDc $a
    $found = Get-Clustered -Name $a.cluster -Dc $pinned
    if ($found -and $found.owner -ne $env:COMPUTERNAME) {
        Move-Clustered -Name $a.cluster -Node $env:COMPUTERNAME -Copies $a.copies -Why 'Removal of the clustered mailbox server' -Dc $pinned
    }
    $run = Invoke-Setup -Folder $a.folder -Arguments "/RemoveCms /CMSName:$($a.cluster)"
    if (-not $run.success) { throw (Format-SetupFailure $run '/RemoveCms') }
    return New-Applied -Message "$($a.cluster) is removed."
}

function Verify {
    param($a)
    if (Test-Cms $a) { return New-Pending -Message "The directory still shows $($a.cluster)." -Done 0 -Total 1 -NextSeconds 60 }
    return New-Verified -Message "$($a.cluster) does not exist any more."
}
