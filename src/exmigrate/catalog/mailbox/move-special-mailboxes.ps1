<#
title: "Resource, arbitration and other special mailboxes"
scope: organization
effect: convergent
needs: [move-mailboxes@all]
vantage: shell
identity: delegated
check: when-ready
run: job
libraries: [recipients, moves]
arguments:
  version: target.version
  old: "servers(target=false, role='mailbox')|selectattr('source')|rejectattr('keep')|names"
  target: "(databases(kind='mailbox', target=true)|first).name"
  batches: "batches()|names"
  controllers: "topology.domain_controllers|rejectattr('read_only')|map(attribute='fqdn')|unique|list"
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
# know no types of mailboxes, so that their rooms and journals stand in batches too; what is left of them blocks. Arbitration
# and discovery mailboxes are users of the root domain, whoever else is in it.

function Get-OldMailboxes {
    param($a)
    foreach ($server in @($a.old)) {
        Select-EveryDomain $a { param($pin) Get-Mailbox -Server $server -ResultSize Unlimited @pin -ErrorAction Stop }
        if ($a.version -eq '2010') {
            Select-EveryDomain $a { param($pin) Get-Mailbox -Arbitration -Server $server -ResultSize Unlimited @pin -ErrorAction Stop }
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
    $own = Get-RecipientPin $a $Mailbox
    if ($a.version -eq '2010') { Find-Object { Get-MoveRequest -Identity "$($Mailbox.DistinguishedName)" @own -ErrorAction Stop } }
}

# Whether another controller of its domain shows the mailbox on a new server: a batch is written where its databases are, and
# the controller asked here may hear of it much later.
function Test-MovedElsewhere {
    param($a, $Mailbox)
    $domain = Get-DnDomain "$($Mailbox.DistinguishedName)"
    foreach ($controller in @(Get-NameList $a.controllers)) {
        if ($controller.Substring($controller.IndexOf('.') + 1) -ne $domain -or $controller -eq "$($a.dcs[$domain])") { continue }
        try { $there = Get-Mailbox -Identity "$($Mailbox.DistinguishedName)" -DomainController $controller -ErrorAction Stop }
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
        elseif (Test-Special $mailbox) { $special += "$($mailbox.Alias)"; $databases["$($mailbox.DistinguishedName)"] = "$($mailbox.Database)" }
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
    if ($a.version -eq '2010') {
        # Completed requests of the batches are done with; each would refuse a later move of its mailbox.
        foreach ($batch in @($a.batches)) {
            foreach ($request in @(Select-EveryDomain $a { param($pin) Get-MoveRequest -BatchName $batch -MoveStatus Completed -ResultSize Unlimited @pin -ErrorAction Stop })) {
                $own = Get-RecipientPin $a $request
                Remove-MoveRequest -Identity "$($request.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($mailbox in @(Get-OldMailboxes $a)) {
            $own = Get-RecipientPin $a $mailbox
            if ("$($mailbox.Alias)" -like 'extest_*') { Remove-Mailbox -Identity "$($mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop; continue }
            if (-not (Test-Special $mailbox)) { continue }
            $request = Get-Request $a $mailbox
            if ($request -and @('Failed', 'Completed', 'CompletedWithWarning') -contains "$($request.Status)") { Remove-MoveRequest -Identity "$($mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop; $request = $null }
            if (-not $request) { Submit-Move $a -Mailbox "$($mailbox.DistinguishedName)" -Database $a.target -Batch $a.batch -BadItems 10 }
        }
    }
    return New-Applied -Message "On their way to $($a.target)."
}

function Verify {
    param($a)
    $left = @(Get-OldMailboxes $a)
    if (-not $left.Count) { return New-Verified -Message 'The old databases hold no mailbox any more.' }
    foreach ($mailbox in $left) {
        $request = Get-Request $a $mailbox
        if (-not $request -and (Test-MovedElsewhere $a $mailbox)) { continue }
        if (-not $request) { return New-Failed -Message "$($mailbox.Alias) is on $($mailbox.Database) and nothing moves it." }
        if ("$($request.Status)" -eq 'Failed') { return New-Failed -Message "$($mailbox.Alias): $(Get-MoveMessage $a $mailbox)" }
    }
    return New-Pending -Message "$($left.Count) mailboxes are under way." -Done 0 -Total $left.Count -NextSeconds 60
}

# The test mailboxes of 2007 are not made again: 2007's own script makes new ones at any time.
function Rollback {
    param($a)
    foreach ($dn in @($a.before.databases.Keys)) {
        if ($a.version -eq '2010') {
            $own = Get-RecipientPin $a $dn
            $mailbox = Find-Object { Get-Mailbox -Identity $dn @own -ErrorAction Stop }
            if (-not $mailbox) { $mailbox = Get-Mailbox -Arbitration -Identity $dn @own -ErrorAction Stop }
            if ("$($mailbox.Database)" -eq $a.before.databases[$dn]) { continue }
            $request = Get-Request $a $mailbox
            if ($request) { Remove-MoveRequest -Identity $dn @own -Confirm:$false -ErrorAction Stop }
            Submit-Move $a -Mailbox $dn -Database $a.before.databases[$dn] -Batch "$($a.batch)-back" -BadItems 10
        }
    }
    return New-Applied -Message 'The special mailboxes are on their way back.'
}
