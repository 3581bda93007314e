# Move requests of a batch's members. Members are aliases or addresses; Identity is what request and mailbox share. Needs
# 'recipients': members lie in any domain, and each is read and written in its own.

# Every move request by the identity that it shares with its mailbox; those of a batch by alias as well, where an alias
# is one request's alone. One query a domain, because a batch has hundreds of members. -Own leaves the other batches' out: enough
# to follow requests that this batch has made, and it is asked again and again.
function Get-BatchRequests {
    param($Argument, [string]$Batch, [switch]$Own)
    $requests = @{}
    $filter = @{ ResultSize = 'Unlimited' }
    if ($Own) { $filter.BatchName = $Batch }
    foreach ($request in @(Select-EveryDomain $Argument { param($pin) Get-MoveRequest @filter @pin -ErrorAction Stop })) {
        $requests["$($request.Identity)"] = $request
        if ("$($request.BatchName)" -ne $Batch) { continue }
        $alias = "alias:$("$($request.Alias)".ToLower())"
        if ($requests.ContainsKey($alias)) { $requests[$alias] = $null } else { $requests[$alias] = $request }
    }
    return $requests
}

# What is known of one member: { mailbox, pin, database, status, foreign, fault: why there is no mailbox }. With -Running a
# request that is under way is enough, and the mailbox is not asked for.
function Get-MemberState {
    param($Argument, [string]$Member, [string]$Batch, [hashtable]$Requests, [switch]$Running)
    if ($Running) {
        $request = $Requests["alias:$($Member.ToLower())"]
        if ($request -and @('Queued', 'InProgress', 'AutoSuspended', 'CompletionInProgress') -contains "$($request.Status)") {
            return @{ mailbox = $request; pin = (Get-RecipientPin $Argument $request); database = ''; status = "$($request.Status)"; foreign = ''; fault = '' }
        }
    }
    $found = @(Find-Recipients $Argument { param($pin) Get-Mailbox -Identity $Member @pin -ErrorAction Stop })
    if (-not $found.Count) { return @{ mailbox = $null; database = ''; status = ''; foreign = ''; fault = "There is no mailbox $Member." } }
    if ($found.Count -gt 1) { return @{ mailbox = $null; database = ''; status = ''; foreign = ''; fault = (Get-AmbiguityText $Member $found) } }
    $mailbox = $found[0]
    $state = @{ mailbox = $mailbox; pin = (Get-RecipientPin $Argument $mailbox); database = @("$($mailbox.Database)" -split '\\')[-1]; status = ''; foreign = ''; fault = '' }
    $request = $Requests["$($mailbox.Identity)"]
    if ($request) {
        $state.status = "$($request.Status)"
        # A way back (Rollback) has a name of its own and is this batch's too.
        if (@($Batch, "$Batch-back") -notcontains "$($request.BatchName)") { $state.foreign = "$($request.BatchName)" }
    }
    return $state
}

# Why the request of a mailbox failed, in Exchange's words.
function Get-MoveMessage {
    param($Argument, $Mailbox)
    $own = Get-RecipientPin $Argument $Mailbox
    $statistics = Find-Object { Get-MoveRequestStatistics -Identity "$($Mailbox.DistinguishedName)" @own -ErrorAction Stop }
    if ($statistics) { return "$($statistics.Message)" }
    return ''
}

# One request of a mailbox, by its distinguished name: given limits above 50 Exchange asks for the word that says data may be lost.
function Submit-Move {
    param($Argument, [string]$Mailbox, [string]$Database, [string]$Batch, [int]$BadItems, [switch]$Hold)
    $own = Get-RecipientPin $Argument $Mailbox
    $given = @{ Identity = $Mailbox; TargetDatabase = $Database; BatchName = $Batch; BadItemLimit = $BadItems }
    if ($BadItems -gt 50) { $given.AcceptLargeDataLoss = $true }
    if ($Hold) { $given.SuspendWhenReadyToComplete = $true }
    [void](New-MoveRequest @given @own -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue)
}
