# Move requests of a batch's members. Members are aliases or addresses; Identity is what request and mailbox share.

# { identity: request } of the whole organization's requests with this batch name.
function Get-BatchRequests {
    param([string]$Batch, [hashtable]$Pinned)
    $requests = @{}
    foreach ($request in @(Get-MoveRequest -BatchName $Batch -ResultSize Unlimited @Pinned -ErrorAction Stop)) {
        if ($request) { $requests["$($request.Identity)"] = $request }
    }
    return $requests
}

# What is known of one member: { mailbox, request, database, status, foreign }.
function Get-MemberState {
    param([string]$Member, [string]$Batch, [hashtable]$Requests, [hashtable]$Pinned)
    $mailbox = Find-Object { Get-Mailbox -Identity $Member @Pinned -ErrorAction Stop }
    if (-not $mailbox) { return @{ mailbox = $null; database = ''; status = ''; foreign = '' } }
    $state = @{ mailbox = $mailbox; database = @("$($mailbox.Database)" -split '\\')[-1]; status = ''; foreign = '' }
    $request = $Requests["$($mailbox.Identity)"]
    if (-not $request) {
        $request = Find-Object { Get-MoveRequest -Identity $Member @Pinned -ErrorAction Stop }
        # A way back (Rollback) has a name of its own and is this batch's too.
        if ($request -and @($Batch, "$Batch-back") -notcontains "$($request.BatchName)") { $state.foreign = "$($request.BatchName)" }
    }
    if ($request) { $state.status = "$($request.Status)" }
    return $state
}

# Why a request failed, in Exchange's words.
function Get-MoveMessage {
    param([string]$Member, [hashtable]$Pinned)
    $statistics = Find-Object { Get-MoveRequestStatistics -Identity $Member @Pinned -ErrorAction Stop }
    if ($statistics) { return "$($statistics.Message)" }
    return ''
}

# One request: given limits above 50 Exchange asks for the word that says data may be lost.
function Submit-Move {
    param([string]$Member, [string]$Database, [string]$Batch, [int]$BadItems, [switch]$Hold, [hashtable]$Pinned)
    $given = @{ Identity = $Member; TargetDatabase = $Database; BatchName = $Batch; BadItemLimit = $BadItems }
    if ($BadItems -gt 50) { $given.AcceptLargeDataLoss = $true }
    if ($Hold) { $given.SuspendWhenReadyToComplete = $true }
    [void](New-MoveRequest @given @Pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue)
}
