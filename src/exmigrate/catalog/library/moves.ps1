# Move requests of a batch's members. Members are aliases or addresses; Identity is what request and mailbox share.

# Every move request by the identity that it shares with its mailbox; those of a batch by alias as well, where an alias
# is one request's alone. One query, because a batch has hundreds of members. -Own leaves the other batches' out: enough
# to follow requests that this batch has made, and it is asked again and again.
function Get-BatchRequests {
    param([string]$Batch, [hashtable]$Pinned, [switch]$Own)
    $requests = @{}
    $filter = @{ ResultSize = 'Unlimited' }
    if ($Own) { $filter.BatchName = $Batch }
    foreach ($request in @(Get-MoveRequest @filter @Pinned -ErrorAction Stop)) {
        if (-not $request) { continue }
        $requests["$($request.Identity)"] = $request
        if ("$($request.BatchName)" -ne $Batch) { continue }
        $alias = "alias:$("$($request.Alias)".ToLower())"
        if ($requests.ContainsKey($alias)) { $requests[$alias] = $null } else { $requests[$alias] = $request }
    }
    return $requests
}

# What is known of one member: { mailbox, database, status, foreign }. With -Running a request that is under way is
# enough, and the mailbox is not asked for.
function Get-MemberState {
    param([string]$Member, [string]$Batch, [hashtable]$Requests, [hashtable]$Pinned, [switch]$Running)
    if ($Running) {
        $request = $Requests["alias:$($Member.ToLower())"]
        if ($request -and @('Queued', 'InProgress', 'AutoSuspended', 'CompletionInProgress') -contains "$($request.Status)") {
            return @{ mailbox = $request; database = ''; status = "$($request.Status)"; foreign = '' }
        }
    }
    $mailbox = Find-Object { Get-Mailbox -Identity $Member @Pinned -ErrorAction Stop }
    if (-not $mailbox) { return @{ mailbox = $null; database = ''; status = ''; foreign = '' } }
    $state = @{ mailbox = $mailbox; database = @("$($mailbox.Database)" -split '\\')[-1]; status = ''; foreign = '' }
    $request = $Requests["$($mailbox.Identity)"]
    if ($request) {
        $state.status = "$($request.Status)"
        # A way back (Rollback) has a name of its own and is this batch's too.
        if (@($Batch, "$Batch-back") -notcontains "$($request.BatchName)") { $state.foreign = "$($request.BatchName)" }
    }
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
