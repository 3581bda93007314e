<#
title: "{{ ('Pilot: completion' if batch.pilot else 'Completion') if batch.source == '2007' else ('Pilot: move' if batch.pilot else 'Move') }} of {{ batch.name }} ({{ batch.members|counted('mailbox', 'mailboxes') }})"
scope: batch
effect: convergent
needs:
  - sync-mailboxes@batch
  - {kind: cutover-client-namespace, at: "[topology.first_site.name, site.name]"}
  - {kind: configure-databases, at: "batch.targets|list"}
  - {kind: gate-backup-target, at: "batch.targets|list"}
  - {kind: move-mailboxes, at: "batches(pilot=true)|names", when: "not batch.pilot"}
  # From 2000 and 2003 there is no first copy (sync-mailboxes) that would have waited for the rest.
  - {kind: add-database-copy, at: "batch.targets|list", when: "batch.source != '2007'"}
  - {kind: replicate-system-folders, when: "batch.source != '2007'"}
  - {kind: create-test-mailboxes, at: "site.name", when: "batch.source != '2007'"}
  - {kind: create-test-mailboxes, at: "topology.first_site.name", when: "batch.source != '2007'"}
  - {kind: set-rpc-encryption, at: "servers(site=site.name, role='cas', target=true)|names", when: "batch.source != '2007'"}
  - {kind: prepare-outlook2003-clients, when: "batch.source != '2007'"}
  - {kind: flip-autodiscover-scp, at: "(servers(site=topology.first_site.name, role='cas', target=true) + servers(site=site.name, role='cas', target=true))|names", when: "batch.source != '2007'"}
  - {kind: harden-first-rgc, when: "batch.source != '2007'"}
  - {kind: create-additional-rgc, at: "mail_flow.routing_group_connectors|selectattr('routing_group', 'in', legacy(site=batch.site)|map(attribute='routing_group')|list)|names", when: "batch.source != '2007'"}
  - {kind: prepare-blackberry, when: "batch.source != '2007' and batch.blackberry"}
  - {kind: sync-transport-rules, when: "batch.source != '2007'"}
  - {kind: sync-journal-rules, when: "batch.source != '2007'"}
vantage: shell
identity: delegated
check: when-ready
acceptance: pilot-users
window: policy
# Move-Mailbox blocks its caller until the last mailbox is over; a move request goes on by itself.
run: {job: "target.version == '2007'"}
unit: member
members: batch.name
libraries: [recipients, moves, offline-moves]
limits: [moves]
arguments:
  version: target.version
  batch: batch.name
  targets: batch.assignments
  bad_items: batch.bad_item_limit
estimate: {p50: "batch.members|length * (10 if batch.source == '2007' else 300)", p90: "batch.members|length * (45 if batch.source == '2007' else 1800)"}
rights: ["Recipient Management or Organization Management (2007: Exchange Recipient Administrators, Exchange Server Administrator of the target)", "Exchange Administrator of the old administrative group, where the source is 2000 or 2003"]
impact: "{{ 'each user is locked out for seconds to minutes at the end of the own move; Outlook asks to be restarted' if batch.source == '2007' else 'each user is locked out while the own mailbox is moved (about 1 to 5 GB an hour); Outlook asks to be restarted' }}"
order: 51
failures:
  - {match: "TooManyBadItems|bad item|corrupt", class: permanent, means: "More unreadable items than the limit allows.", do: "Repair the mailbox, or raise bad_item_limit of the batch knowing that such items are lost."}
  - {match: "couldn't be found|ManagementObjectNotFound", class: permanent, means: "No mailbox of that name.", do: "'exmigrate skip --member', or correct the batch's list."}
  - {match: "rule|Rule limit", class: permanent, means: "The mailbox has more rules than its old server's limit of 32 KB lets through.", do: "Let the user delete rules; a move that ignores the limit (-IgnoreRuleLimitErrors) loses them."}
  - {match: "MapiException|transient|network", class: transient, means: "A store or the network did not answer.", do: "Nothing: it is tried again."}
#>
# From 2007 to 2010 it completes what sync-mailboxes copied: the last changes, then the switch. From 2003 to 2010 the
# request does all at once, offline. To 2007 Move-Mailbox does, offline too, with a dry run first. Verified by the
# mailbox's own database: a LegacyMailbox has not moved.

function Check {
    param($a)
    if ($a.version -eq '2007') {
        $members = @{}; $databases = @{}; $open = 0; $stuck = 0
        foreach ($member in @($a.members)) {
            $state = Get-OfflineState $a -Member $member
            if (-not $state.mailbox) { $members[$member] = @{ state = 'blocked'; message = $state.fault }; $stuck++; continue }
            if (Test-Arrived $state $a.targets[$member]) { $members[$member] = @{ state = 'satisfied'; message = "In $($state.database)." }; continue }
            $databases[$member] = "$($state.mailbox.Database)"
            $members[$member] = @{ state = 'needed'; message = "In $($state.database), planned $($a.targets[$member])." }
            $open++
        }
        if ($open) { return New-Needed -Message "$open of $(@($a.members).Count) mailboxes to move." -Before @{ databases = $databases } -Members $members }
        if ($stuck) { return New-Blocked -Message "$stuck mailboxes cannot be moved." -Members $members }
        return New-Satisfied -Message 'Every mailbox is in its target database.' -Members $members
    }
    else {
        $requests = Get-BatchRequests $a -Batch $a.batch
        $members = @{}; $databases = @{}; $open = 0; $stuck = 0
        foreach ($member in @($a.members)) {
            $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests
            if (-not $state.mailbox) { $members[$member] = @{ state = 'blocked'; message = $state.fault }; $stuck++; continue }
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
}

function Apply {
    param($a)
    if ($a.version -eq '2007') {
        $members = Move-Offline $a -Members @($a.members) -Targets $a.targets -Batch $a.batch -BadItems $a.bad_items
        return New-Applied -Message "$(@($a.members).Count) mailboxes moved or reported." -Members $members
    }
    else {
        $requests = Get-BatchRequests $a -Batch $a.batch
        $members = @{}
        foreach ($member in @($a.members)) {
            try {
                $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests
                if (-not $state.mailbox) { throw $state.fault }
                if ($state.database -eq $a.targets[$member]) { $members[$member] = @{ state = 'applied'; message = 'Already there.' }; continue }
                if ($state.foreign) { throw "A move request of the batch '$($state.foreign)' exists." }
                $own = $state.pin
                if (@('Failed', 'Completed', 'CompletedWithWarning') -contains $state.status) { Remove-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop; $state.status = '' }
                if (@('AutoSuspended', 'Suspended') -contains $state.status) { Resume-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop }
                elseif (-not $state.status) { Submit-Move $a -Mailbox "$($state.mailbox.DistinguishedName)" -Database $a.targets[$member] -Batch $a.batch -BadItems $a.bad_items }
                $members[$member] = @{ state = 'applied'; message = 'Completing.' }
            }
            catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
        }
        return New-Applied -Message "Moves under way: $(@($a.members).Count)." -Members $members
    }
}

function Verify {
    param($a)
    if ($a.version -eq '2007') {
        $members = @{}; $done = 0; $failed = 0; $coming = 0
        $reported = Get-ReportedMoves $a.batch
        foreach ($member in @($a.members)) {
            $state = Get-OfflineState $a -Member $member
            if ($state.mailbox -and (Test-Arrived $state $a.targets[$member])) { $members[$member] = @{ state = 'verified'; message = "In $($state.database)." }; $done++ }
            elseif (-not $state.mailbox) { $members[$member] = @{ state = 'failed'; message = $state.fault }; $failed++ }
            elseif ($reported["$($state.mailbox.Name)"]) { $members[$member] = @{ state = 'pending'; message = "Moved; $($state.pin.DomainController) still shows $($state.database)." }; $coming++ }
            else { $members[$member] = @{ state = 'failed'; message = "Still in $($state.database); the report of Move-Mailbox says why." }; $failed++ }
        }
        if ($coming) { return New-Pending -Message "$done moved, $coming not shown by the directory yet, $failed failed." -Done $done -Total @($a.members).Count -NextSeconds 120 -Members $members }
        if ($failed) { return New-Failed -Message "$done moved, $failed failed." -Members $members }
        return New-Verified -Message "$done mailboxes are in their target databases." -Members $members
    }
    else {
        $requests = Get-BatchRequests $a -Batch $a.batch -Own
        $members = @{}; $done = 0; $waiting = 0; $failed = 0
        foreach ($member in @($a.members)) {
            $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests -Running
            if (-not $state.mailbox) { $members[$member] = @{ state = 'failed'; message = $state.fault }; $failed++; continue }
            if ($state.database -eq $a.targets[$member] -and @('', 'Completed', 'CompletedWithWarning') -contains $state.status) { $members[$member] = @{ state = 'verified'; message = "In $($state.database)." }; $done++ }
            elseif ($state.status -eq 'Failed') { $members[$member] = @{ state = 'failed'; message = (Get-MoveMessage $a $state.mailbox) }; $failed++ }
            elseif (-not $state.status) { $members[$member] = @{ state = 'failed'; message = "In $($state.database), and the request is gone." }; $failed++ }
            else { $members[$member] = @{ state = 'pending'; message = $state.status }; $waiting++ }
        }
        if ($waiting) { return New-Pending -Message "$done moved, $waiting under way, $failed failed." -Done $done -Total @($a.members).Count -NextSeconds 30 -Members $members }
        if ($failed) { return New-Failed -Message "$done moved, $failed failed." -Members $members }
        return New-Verified -Message "$done mailboxes are in their target databases." -Members $members
    }
}

# Back is offline for the user; a personal archive and the Recoverable Items of 2010 must be gone before.
function Rollback {
    param($a)
    if ($a.version -eq '2007') {
        # Only what the before-image names was ever moved: SERVER\GROUP\STORE of 2003.
        $members = Move-Offline $a -Members @($a.before.databases.Keys) -Targets $a.before.databases -Batch "$($a.batch)-back" -BadItems $a.bad_items
        return New-Applied -Message 'The mailboxes are back.' -Members $members
    }
    else {
        $requests = Get-BatchRequests $a -Batch $a.batch
        $members = @{}
        foreach ($member in @($a.members)) {
            try {
                $state = Get-MemberState $a -Member $member -Batch $a.batch -Requests $requests
                if (-not $state.mailbox) { throw $state.fault }
                $old = [string]$a.before.databases[$member]
                if (-not $old -or @($old -split '\\')[-1] -eq $state.database) { $members[$member] = @{ state = 'applied'; message = 'Where it was.' }; continue }
                $own = $state.pin
                if ($state.status) { Remove-MoveRequest -Identity "$($state.mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop }
                if ($state.mailbox.SingleItemRecoveryEnabled) { Set-Mailbox -Identity "$($state.mailbox.DistinguishedName)" -SingleItemRecoveryEnabled $false @own -Confirm:$false -ErrorAction Stop }
                Submit-Move $a -Mailbox "$($state.mailbox.DistinguishedName)" -Database $old -Batch "$($a.batch)-back" -BadItems $a.bad_items
                $members[$member] = @{ state = 'applied'; message = "On the way back to $old." }
            }
            catch { $members[$member] = @{ state = 'failed'; message = "$($_.Exception.Message)" } }
        }
        return New-Applied -Message 'The mailboxes are on their way back.' -Members $members
    }
}
