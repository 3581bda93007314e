<#
title: "First copy of {{ batch.name }} ({{ batch.members|counted('mailbox', 'mailboxes') }})"
scope: batch
when: "batch.source == '2007' and target.version == '2010'"
effect: convergent
needs:
  - {kind: cutover-client-namespace, at: "[topology.first_site.name, site.name]"}
  - {kind: configure-databases, at: "batch.targets|list"}
  - {kind: gate-backup-target, at: "batch.targets|list"}
  - {kind: add-database-copy, at: "batch.targets|list"}
  - replicate-system-folders
  - create-test-mailboxes@site
  - set-rpc-encryption@site
  - sync-transport-rules
  - sync-journal-rules
  - {kind: move-mailboxes, at: "batches(pilot=true)|names", when: "not batch.pilot"}
  - {kind: prepare-blackberry, when: "batch.blackberry"}
  - {kind: gate-redirect-um-gateways, when: "batch.unified_messaging"}
vantage: E10
identity: delegated
check: anytime
unit: member
members: batch.name
libraries: [recipients, moves]
limits: [moves]
arguments:
  batch: batch.name
  targets: batch.assignments
  bad_items: batch.bad_item_limit
estimate: {p50: "batch.members|length * 60", p90: "batch.members|length * 240"}
rights: ["Recipient Management or Organization Management"]
impact: "none: users work on while their mailbox is copied"
order: 50
failures:
  - {match: "already has a move request|existing move", class: permanent, means: "A request of another batch exists for this mailbox.", do: "Get-MoveRequest shows it; finish or remove it, then 'exmigrate retry'."}
  - {match: "TooManyBadItems|bad item|corrupt", class: permanent, means: "More unreadable items than the limit allows.", do: "Repair the mailbox, or raise bad_item_limit of the batch knowing that such items are lost."}
  - {match: "couldn't be found|ManagementObjectNotFound", class: permanent, means: "No mailbox of that name.", do: "Correct the batch's list, or 'exmigrate skip --member'."}
  - {match: "quota|maximum size", class: permanent, means: "The mailbox is larger than the target database's quota allows.", do: "Raise the quota of the target database or of the mailbox."}
#>
# Each request stops when everything but the last changes is copied (AutoSuspended); the users notice nothing.

function Check {
    param($a)
    $requests = Get-BatchRequests $a -Batch $a.batch
    $members = @{}; $databases = @{}; $open = 0; $stuck = 0
    foreach ($member in @($a.members)) {
        $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests
        if (-not $state.mailbox) { $members[$member] = @{ state = 'blocked'; message = $state.fault }; $stuck++; continue }
        if ($state.database -eq $a.targets[$member]) { $members[$member] = @{ state = 'satisfied'; message = "Already in $($state.database)." }; continue }
        $databases[$member] = "$($state.mailbox.Database)"
        if ($state.foreign) { $members[$member] = @{ state = 'blocked'; message = "A move request of the batch '$($state.foreign)' exists." }; $stuck++; continue }
        if (@('AutoSuspended', 'CompletionInProgress') -contains $state.status) { $members[$member] = @{ state = 'satisfied'; message = "Copied; the request is $($state.status)." }; continue }
        $members[$member] = @{ state = 'needed'; message = "In $($state.database), planned $($a.targets[$member])." }
        $open++
    }
    if ($open) { return New-Needed -Message "$open of $(@($a.members).Count) mailboxes to copy." -Before @{ databases = $databases } -Members $members }
    if ($stuck) { return New-Blocked -Message "$stuck mailboxes cannot be copied." -Members $members }
    return New-Satisfied -Message 'Every mailbox is copied or moved.' -Members $members
}

function Apply {
    param($a)
    $requests = Get-BatchRequests $a -Batch $a.batch
    $members = @{}
    foreach ($member in @($a.members)) {
        try {
            $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests -Running
            if (-not $state.mailbox) { throw $state.fault }
            if ($state.database -eq $a.targets[$member]) { $members[$member] = @{ state = 'applied'; message = 'Already there.' }; continue }
            if ($state.foreign) { throw "A move request of the batch '$($state.foreign)' exists." }
            $own = $state.pin
            # A finished or failed request stands in the way of the next one.
            if (@('Failed', 'Completed', 'CompletedWithWarning') -contains $state.status) { Remove-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop; $state.status = '' }
            if ($state.status -eq 'Suspended') {
                Resume-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop
                # A request that goes on without the hold would lock its user out outside of the window.
                Set-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" -SuspendWhenReadyToComplete $true @own -Confirm:$false -ErrorAction Stop
            }
            elseif (-not $state.status) { Submit-Move $a -Mailbox "$($state.mailbox.DistinguishedName)" -Database $a.targets[$member] -Batch $a.batch -BadItems $a.bad_items -Hold }
            $members[$member] = @{ state = 'applied'; message = "Request to $($a.targets[$member])." }
        }
        catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
    }
    return New-Applied -Message "$(@($a.members).Count) requests looked after." -Members $members
}

function Verify {
    param($a)
    $requests = Get-BatchRequests $a -Batch $a.batch -Own
    $members = @{}; $done = 0; $waiting = 0; $failed = 0
    foreach ($member in @($a.members)) {
        $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests -Running
        if (-not $state.mailbox) { $members[$member] = @{ state = 'failed'; message = $state.fault }; $failed++; continue }
        if ($state.database -eq $a.targets[$member] -or @('AutoSuspended', 'CompletionInProgress') -contains $state.status) { $members[$member] = @{ state = 'verified'; message = "Copied ($($state.status))." }; $done++ }
        elseif ($state.status -eq 'Failed') { $members[$member] = @{ state = 'failed'; message = (Get-MoveMessage $a $state.mailbox) }; $failed++ }
        elseif (-not $state.status) { $members[$member] = @{ state = 'failed'; message = 'The request is gone.' }; $failed++ }
        else { $members[$member] = @{ state = 'pending'; message = $state.status }; $waiting++ }
    }
    if ($waiting) { return New-Pending -Message "$done copied, $waiting under way, $failed failed." -Done $done -Total @($a.members).Count -NextSeconds 60 -Members $members }
    if ($failed) { return New-Failed -Message "$done copied, $failed failed." -Members $members }
    return New-Verified -Message "$done mailboxes are copied." -Members $members
}

# A request that is not completed is simply withdrawn: the mailbox has never left its database.
function Rollback {
    param($a)
    $requests = Get-BatchRequests $a -Batch $a.batch
    $members = @{}
    foreach ($member in @($a.members)) {
        try {
            $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests
            $own = $state.pin
            if ($state.status -and -not $state.foreign) { Remove-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop }
            $members[$member] = @{ state = 'applied'; message = 'No request.' }
        }
        catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
    }
    return New-Applied -Message 'The requests are withdrawn.' -Members $members
}
