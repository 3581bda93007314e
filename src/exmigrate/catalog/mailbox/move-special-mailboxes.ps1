<#
title: "Resource, arbitration and other special mailboxes"
scope: organization
effect: convergent
needs: [move-mailboxes@all]
vantage: shell
identity: delegated
check: when-ready
run: job
libraries: [moves]
arguments:
  version: target.version
  old: "servers(target=false, role='mailbox')|selectattr('source')|rejectattr('keep')|names"
  target: "(databases(kind='mailbox', target=true)|first).name"
  batches: "batches()|names"
  controllers: "topology.sites|map(attribute='dc')|select|unique|list"
  batch: "'special-mailboxes'"
estimate: {p50: 900, p90: 7200}
rights: ["Recipient Management or Organization Management (2007: Exchange Recipient Administrators)"]
impact: "rooms, equipment and shared mailboxes are locked for seconds to minutes each"
order: 52
failures:
  - {match: "in no batch", class: permanent, means: "Mailboxes of people are left on old databases.", do: "Add them to a batch and make the plan again, or move them by hand."}
#>
# What no batch names and no person logs on to: rooms, equipment, shared, arbitration and discovery mailboxes of 2007. Test
# mailboxes of 2007 (extest_) are removed. A person's mailbox is never moved here: that is for a batch to say. 2000 and 2003
# know no types of mailboxes, so that their rooms and journals stand in batches too; what is left of them blocks.

function Get-OldMailboxes {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($server in @($a.old)) {
        foreach ($mailbox in @(Get-Mailbox -Server $server -ResultSize Unlimited @pinned -ErrorAction Stop)) { if ($mailbox) { $mailbox } }
        if ($a.version -eq '2010') {
            foreach ($mailbox in @(Get-Mailbox -Arbitration -Server $server -ResultSize Unlimited @pinned -ErrorAction Stop)) { if ($mailbox) { $mailbox } }
        }
    }
}

function Test-Special {
    param($Mailbox)
    return @('RoomMailbox', 'EquipmentMailbox', 'SharedMailbox', 'DiscoveryMailbox', 'ArbitrationMailbox') -contains "$($Mailbox.RecipientTypeDetails)"
}

# The move request of a mailbox; 2007 has none: there Move-Mailbox is over when it returns.
function Get-Request {
    param($a, $Mailbox)
    $pinned = Get-PinnedDc $a
    if ($a.version -eq '2010') { Find-Object { Get-MoveRequest -Identity "$($Mailbox.Identity)" @pinned -ErrorAction Stop } }
}

# Whether another site's controller shows the mailbox on a new server: a batch is written where its databases are, and this
# controller may hear of it much later.
function Test-MovedElsewhere {
    param($a, $Mailbox)
    foreach ($controller in @(Get-NameList $a.controllers)) {
        if ($controller -eq $a.dc) { continue }
        try { $there = Get-Mailbox -Identity "$($Mailbox.Identity)" -DomainController $controller -ErrorAction Stop }
        catch { continue }
        if ($there -and @($a.old) -notcontains "$($there.ServerName)") { return $true }
    }
    return $false
}

# Whether a batch's request moves or has moved this mailbox: its end may not have reached this domain controller yet.
function Test-OnTheWay {
    param($a, $Mailbox)
    $request = Get-Request $a $Mailbox
    if (-not $request) { return Test-MovedElsewhere $a $Mailbox }
    return ($request -and @($a.batches) -contains "$($request.BatchName)" -and @('None', 'Failed', 'Suspended') -notcontains "$($request.Status)")
}

function Check {
    param($a)
    $special = @(); $tests = @(); $people = @(); $databases = @{}; $coming = 0
    foreach ($mailbox in @(Get-OldMailboxes $a)) {
        if ("$($mailbox.Alias)" -like 'extest_*') { $tests += "$($mailbox.Alias)" }
        elseif (Test-Special $mailbox) { $special += "$($mailbox.Alias)"; $databases["$($mailbox.Alias)"] = "$($mailbox.Database)" }
        elseif (Test-OnTheWay $a $mailbox) { $coming++ }
        else { $people += "$($mailbox.Alias)" }
    }
    if ($people.Count) { return New-Blocked -Message "$($people.Count) mailboxes on old databases are in no batch: $(@($people | Select-Object -First 10) -join ', ')." -Facts @{ people = @($people | Select-Object -First 100) } }
    if (-not $special.Count -and -not $tests.Count -and -not $coming) { return New-Satisfied -Message 'The old databases hold no mailbox any more.' }
    return New-Needed -Message "To move: $($special -join ', '); to remove: $($tests -join ', '); still shown on old databases: $coming." -Before @{ databases = $databases; tests = $tests }
}

# In 2007 nothing is left to move here: a mailbox of 2000 or 2003 that is in no batch blocks.
function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.version -eq '2010') {
        # Completed requests of the batches are done with; each would refuse a later move of its mailbox.
        foreach ($batch in @($a.batches)) {
            Get-MoveRequest -BatchName $batch -MoveStatus Completed -ResultSize Unlimited @pinned -ErrorAction Stop | Remove-MoveRequest @pinned -Confirm:$false -ErrorAction Stop
        }
        foreach ($mailbox in @(Get-OldMailboxes $a)) {
            if ("$($mailbox.Alias)" -like 'extest_*') { Remove-Mailbox -Identity "$($mailbox.Alias)" @pinned -Confirm:$false -ErrorAction Stop; continue }
            if (-not (Test-Special $mailbox)) { continue }
            $request = Get-Request $a $mailbox
            if ($request -and @('Failed', 'Completed', 'CompletedWithWarning') -contains "$($request.Status)") { Remove-MoveRequest -Identity "$($mailbox.Identity)" @pinned -Confirm:$false -ErrorAction Stop; $request = $null }
            if (-not $request) { Submit-Move -Member "$($mailbox.Identity)" -Database $a.target -Batch $a.batch -BadItems 10 -Pinned $pinned }
        }
    }
    return New-Applied -Message "On their way to $($a.target)."
}

function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $left = @(Get-OldMailboxes $a)
    if (-not $left.Count) { return New-Verified -Message 'The old databases hold no mailbox any more.' }
    foreach ($mailbox in $left) {
        $request = Get-Request $a $mailbox
        if (-not $request -and (Test-MovedElsewhere $a $mailbox)) { continue }
        if (-not $request) { return New-Failed -Message "$($mailbox.Alias) is on $($mailbox.Database) and nothing moves it." }
        if ("$($request.Status)" -eq 'Failed') { return New-Failed -Message "$($mailbox.Alias): $(Get-MoveMessage -Member "$($mailbox.Identity)" -Pinned $pinned)" }
    }
    return New-Pending -Message "$($left.Count) mailboxes are under way." -Done 0 -Total $left.Count -NextSeconds 60
}

# The test mailboxes of 2007 are not made again: 2007's own script makes new ones at any time.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($alias in @($a.before.databases.Keys)) {
        if ($a.version -eq '2010') {
            $mailbox = Get-Mailbox -Identity $alias @pinned -ErrorAction SilentlyContinue
            if (-not $mailbox) { $mailbox = Get-Mailbox -Arbitration -Identity $alias @pinned -ErrorAction Stop }
            if ("$($mailbox.Database)" -eq $a.before.databases[$alias]) { continue }
            $request = Get-Request $a $mailbox
            if ($request) { Remove-MoveRequest -Identity "$($mailbox.Identity)" @pinned -Confirm:$false -ErrorAction Stop }
            Submit-Move -Member "$($mailbox.Identity)" -Database $a.before.databases[$alias] -Batch "$($a.batch)-back" -BadItems 10 -Pinned $pinned
        }
    }
    return New-Applied -Message 'The special mailboxes are on their way back.'
}
