<#
title: "{{ 'Pilot: ' if batch.pilot else '' }}completion of {{ batch.name }} ({{ batch.members|length }} mailboxes)"
scope: batch
effect: convergent
needs:
  - sync-mailboxes@batch
  - {kind: cutover-client-namespace, at: "[topology.first_site.name, site.name]"}
  - {kind: configure-databases, at: "batch.targets|list"}
  - {kind: gate-backup-target, at: "batch.targets|list"}
  - {kind: move-mailboxes, at: "batches(pilot=true)|names", when: "not batch.pilot"}
vantage: E10
identity: delegated
check: when-ready
acceptance: pilot-users
window: policy
unit: member
members: batch.name
libraries: [moves]
limits: [moves]
arguments:
  batch: batch.name
  targets: batch.assignments
  bad_items: batch.bad_item_limit
estimate: {p50: "batch.members|length * 10", p90: "batch.members|length * 45"}
rights: ["Recipient Management or Organization Management"]
impact: "each user is locked out for seconds to minutes at the end of the own move; Outlook asks to be restarted"
order: 51
failures:
  - {match: "TooManyBadItems|bad item|corrupt", class: permanent, means: "More unreadable items than the limit allows.", do: "Repair the mailbox, or raise bad_item_limit of the batch knowing that such items are lost."}
  - {match: "couldn't be found|ManagementObjectNotFound", class: permanent, means: "No mailbox of that name.", do: "'exmigrate skip --member', or correct the batch's list."}
  - {match: "MapiException|transient|network", class: transient, means: "A store or the network did not answer.", do: "Nothing: the service retries by itself."}
#>
# Completes what sync-mailboxes copied: the last changes, then the switch. Verified by the mailbox's own database.

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $requests = Get-BatchRequests -Batch $a.batch -Pinned $pinned
    $members = @{}; $databases = @{}; $open = 0; $stuck = 0
    foreach ($member in @($a.members)) {
        $state = Get-MemberState -Member $member -Batch $a.batch -Requests $requests -Pinned $pinned
        if (-not $state.mailbox) { $members[$member] = @{ state = 'blocked'; message = "There is no mailbox $member." }; $stuck++; continue }
        if ($state.database -eq $a.targets[$member]) { $members[$member] = @{ state = 'satisfied'; message = "In $($state.database)." }; continue }
        $databases[$member] = "$($state.mailbox.Database)"
        if ($state.foreign) { $members[$member] = @{ state = 'blocked'; message = "A move request of the batch '$($state.foreign)' exists." }; $stuck++; continue }
        $members[$member] = @{ state = 'needed'; message = "In $($state.database), request $($state.status)." }
        $open++
    }
    if ($open) { return New-Needed -Message "$open of $(@($a.members).Count) mailboxes to complete." -Before @{ databases = $databases } -Members $members }
    if ($stuck) { return New-Blocked -Message "$stuck mailboxes cannot be completed." -Members $members }
    return New-Satisfied -Message 'Every mailbox is in its target database.' -Members $members
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $requests = Get-BatchRequests -Batch $a.batch -Pinned $pinned
    $members = @{}
    foreach ($member in @($a.members)) {
        try {
            $state = Get-MemberState -Member $member -Batch $a.batch -Requests $requests -Pinned $pinned
            if (-not $state.mailbox) { throw "There is no mailbox $member." }
            if ($state.database -eq $a.targets[$member]) { $members[$member] = @{ state = 'applied'; message = 'Already there.' }; continue }
            if ($state.foreign) { throw "A move request of the batch '$($state.foreign)' exists." }
            if (@('Failed', 'Completed', 'CompletedWithWarning') -contains $state.status) { Remove-MoveRequest -Identity $member @pinned -Confirm:$false -ErrorAction Stop; $state.status = '' }
            if (@('AutoSuspended', 'Suspended') -contains $state.status) { Resume-MoveRequest -Identity $member @pinned -Confirm:$false -ErrorAction Stop }
            elseif (-not $state.status) { Submit-Move -Member $member -Database $a.targets[$member] -Batch $a.batch -BadItems $a.bad_items -Pinned $pinned }
            $members[$member] = @{ state = 'applied'; message = 'Completing.' }
        }
        catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
    }
    return New-Applied -Message "$(@($a.members).Count) requests resumed." -Members $members
}

function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $requests = Get-BatchRequests -Batch $a.batch -Pinned $pinned
    $members = @{}; $done = 0; $waiting = 0; $failed = 0
    foreach ($member in @($a.members)) {
        $state = Get-MemberState -Member $member -Batch $a.batch -Requests $requests -Pinned $pinned -Running
        if (-not $state.mailbox) { $members[$member] = @{ state = 'failed'; message = "There is no mailbox $member." }; $failed++; continue }
        if ($state.database -eq $a.targets[$member] -and @('', 'Completed', 'CompletedWithWarning') -contains $state.status) { $members[$member] = @{ state = 'verified'; message = "In $($state.database)." }; $done++ }
        elseif ($state.status -eq 'Failed') { $members[$member] = @{ state = 'failed'; message = (Get-MoveMessage -Member $member -Pinned $pinned) }; $failed++ }
        elseif (-not $state.status) { $members[$member] = @{ state = 'failed'; message = "In $($state.database), and the request is gone." }; $failed++ }
        else { $members[$member] = @{ state = 'pending'; message = $state.status }; $waiting++ }
    }
    if ($waiting) { return New-Pending -Message "$done moved, $waiting under way, $failed failed." -Done $done -Total @($a.members).Count -NextSeconds 30 -Members $members }
    if ($failed) { return New-Failed -Message "$done moved, $failed failed." -Members $members }
    return New-Verified -Message "$done mailboxes are in their target databases." -Members $members
}

# Back to 2007 is offline for the user; a personal archive and the Recoverable Items of 2010 must be gone before.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $requests = Get-BatchRequests -Batch $a.batch -Pinned $pinned
    $members = @{}
    foreach ($member in @($a.members)) {
        try {
            $state = Get-MemberState -Member $member -Batch $a.batch -Requests $requests -Pinned $pinned
            $old = [string]$a.before.databases[$member]
            if (-not $old -or @($old -split '\\')[-1] -eq $state.database) { $members[$member] = @{ state = 'applied'; message = 'Where it was.' }; continue }
            if ($state.status) { Remove-MoveRequest -Identity $member @pinned -Confirm:$false -ErrorAction Stop }
            if ($state.mailbox.SingleItemRecoveryEnabled) { Set-Mailbox -Identity $member -SingleItemRecoveryEnabled $false @pinned -Confirm:$false -ErrorAction Stop }
            Submit-Move -Member $member -Database $old -Batch "$($a.batch)-back" -BadItems $a.bad_items -Pinned $pinned
            $members[$member] = @{ state = 'applied'; message = "On the way back to $old." }
        }
        catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
    }
    return New-Applied -Message 'The mailboxes are on their way back.' -Members $members
}
