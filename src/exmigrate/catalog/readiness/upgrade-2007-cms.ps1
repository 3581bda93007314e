<#
title: "Upgrade the clustered mailbox server {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2007' and server.cluster in ('CCR', 'SCC') and medium('2007')
  and (server.service_pack in ['RTM', 'SP1'] or planned('patch-2007-servers'))
effect: once
reversibility: forward-only
reason: "A service pack of 2007 cannot be uninstalled."
needs: [patch-2007-servers@server, stage-media@server]
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory]
arguments:
  cluster: server.name
  folder: medium('2007').folder
  build: medium('2007').build
estimate: {p50: 1800, p90: 3600}
resumes: true
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "the mailboxes of {{ server.name }} are offline for some minutes"
tags: [setup]
order: 47
failures:
  - {match: "owning node|active node|passive", class: permanent, means: "The clustered mailbox server is on the other node.", do: "Move-ClusteredMailboxServer to this node, which has the new programs, then 'exmigrate retry'."}
#>
# Between the passive node's service pack and the other node's: the clustered mailbox server itself.

function Get-ClusterVersion {
    param([string]$Name, [string]$Dc)
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$Name))" -Properties 'serialNumber' -Dc $Dc)) {
        return Get-Attribute $result 'serialNumber'
    }
    return ''
}

# 'Version 8.2 (Build 30176.2)': the first number of the build carries a flag of 30000.
function Test-ClusterVersion {
    param($a)
    $text = Get-ClusterVersion -Name $a.cluster -Dc $a.dc
    if ($text -notmatch 'Version (\d+)\.(\d+) \(Build (\d+)\.(\d+)') { return $false }
    $build = [int]$matches[3]
    if ($build -ge 30000) { $build -= 30000 }
    return Test-Build "$($matches[1]).$($matches[2]).$build.$($matches[4])" $a.build
}

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
    if (-not $run.success) { throw (Format-SetupFailure $run '/UpgradeCms') }
    return New-Applied -Message "$($a.cluster) upgraded."
}

function Verify {
    param($a)
    if (-not (Test-ClusterVersion $a)) { return New-Failed -Message "The directory still shows $(Get-ClusterVersion -Name $a.cluster -Dc $a.dc)." }
    return New-Verified -Message "$($a.cluster) is $(Get-ClusterVersion -Name $a.cluster -Dc $a.dc)."
}
