# Clustered mailbox servers of Exchange 2007, by their own cmdlets: which node runs one, how its copies are, and a move.

# { owner, state, machines } of a clustered mailbox server, read now; nothing where there is none of that name.
# OperationalMachines reads like 'NODE1 <Active, Quorum Owner>'.
function Get-Clustered {
    param([string]$Name, [hashtable]$Dc)
    $status = Find-Object { Get-ClusteredMailboxServerStatus -Identity $Name @Dc -ErrorAction Stop }
    if (-not $status) { return $null }
    $owner = ''; $machines = @()
    foreach ($text in @($status.OperationalMachines)) {
        $machine = (("$text" -split '\s*<')[0].Trim() -split '\.')[0]
        if (-not $machine) { continue }
        $machines += $machine
        if ("$text" -match '<[^>]*Active') { $owner = $machine }
    }
    return @{ owner = $owner; state = [string]$status.State; machines = $machines }
}

# 'storage group: status' of every copy that is not Healthy; of some statuses only where they are named.
function Get-UnhealthyCopies {
    param([string]$Name, [hashtable]$Dc, [string[]]$Only)
    foreach ($copy in @(Get-StorageGroupCopyStatus -Server $Name @Dc -ErrorAction Stop)) {
        $status = [string]$copy.SummaryCopyStatus
        if ($status -eq 'Healthy') { continue }
        if (-not $Only -or @($Only) -contains $status) { "$($copy.StorageGroupName): $status" }
    }
}

# Move to a node of the cluster. Every copy is Healthy before anything is stopped: what was not copied would be lost.
function Move-Clustered {
    param([string]$Name, [string]$Node, [bool]$Copies, [string]$Why, [hashtable]$Dc, [switch]$Stop)
    if ($Copies) {
        $behind = @(Get-UnhealthyCopies -Name $Name -Dc $Dc)
        if ($behind.Count) { throw "Storage group copies are not healthy: $($behind -join ', ')." }
    }
    if ($Stop -and (Get-Clustered -Name $Name -Dc $Dc).state -ne 'Offline') {
        Stop-ClusteredMailboxServer -Identity $Name -StopReason $Why @Dc -Confirm:$false -ErrorAction Stop | Out-Null
    }
    try { Move-ClusteredMailboxServer -Identity $Name -TargetMachine $Node -MoveComment $Why @Dc -Confirm:$false -ErrorAction Stop | Out-Null }
    catch {
        # Refused, it is where it was: nobody waits off line for a move that does not come.
        $refused = $_
        $left = Get-Clustered -Name $Name -Dc $Dc
        if ($left -and $left.owner -ne $Node -and $left.state -eq 'Offline') {
            Start-ClusteredMailboxServer -Identity $Name @Dc -Confirm:$false -ErrorAction Stop | Out-Null
        }
        throw $refused
    }
}

# serialNumber of a clustered mailbox server in the directory; empty where there is no server of that name.
function Get-ClusterVersion {
    param([string]$Name, [string]$Dc)
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$Name))" -Properties 'serialNumber' -Dc $Dc)) {
        return Get-Attribute $result 'serialNumber'
    }
    return ''
}

# Whether the clustered server is of the build of the service pack or later. 'Version 8.2 (Build 30176.2)': the first number
# of the build carries a flag of 30000.
function Test-ClusterVersion {
    param($a)
    $text = Get-ClusterVersion -Name $a.cluster -Dc $a.dc
    if ($text -notmatch 'Version (\d+)\.(\d+) \(Build (\d+)\.(\d+)') { return $false }
    $build = [int]$matches[3]
    if ($build -ge 30000) { $build -= 30000 }
    return Test-Build "$($matches[1]).$($matches[2]).$build.$($matches[4])" $a.build
}
