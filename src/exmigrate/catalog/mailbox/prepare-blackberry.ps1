<#
title: "BlackBerry service account for 2010"
scope: organization
when: "batches()|selectattr('blackberry')|list"
effect: convergent
needs:
  - gate-exchange-aware-products
  # The service account's own mailbox moves before those it serves: 2010 gives its policy to no 2007 mailbox.
  - {kind: move-mailboxes, at: "batches(pilot=true)|rejectattr('blackberry')|names"}
  - {kind: configure-databases, at: "batches()|selectattr('blackberry')|map(attribute='targets')|sum(start=())|list"}
vantage: E10
identity: delegated
arguments:
  account: "'BESAdmin'"
  domain: "(topology.domains|selectattr('root')|map(attribute='netbios')|list + [''])[0]"
  databases: "batches()|selectattr('blackberry')|map(attribute='targets')|sum(start=())|unique|list"
  policy: "'BESPolicy'"
estimate: {p50: 120, p90: 600}
rights: ["Organization Management"]
order: 45
failures:
  - {match: "legacy|version|can't be managed", class: permanent, means: "2010 gives its policy to no mailbox that is still on 2007.", do: "Put BESAdmin into the pilot batch, or move it in a batch of its own first, then 'exmigrate retry'."}
#>
# Receive-As on each target database, a view-only role and a throttling policy without limits (the service opens more
# sessions than 2010 allows one account).

function Get-AccountName {
    param($a)
    if ($a.domain) { return "$($a.domain)\$($a.account)" }
    return $a.account
}

function Test-Right {
    param($a, [string]$Database)
    $pinned = Get-PinnedDc $a
    foreach ($entry in @(Get-ADPermission -Identity $Database -User (Get-AccountName $a) @pinned -ErrorAction Stop)) {
        if ($entry -and -not $entry.Deny -and @(Get-NameList $entry.ExtendedRights | ForEach-Object { $_.ToLower() }) -contains 'receive-as') { return $true }
    }
    return $false
}

function Get-Missing {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = @{ databases = @(); role = $false; policy = $false; association = $false }
    foreach ($database in @($a.databases)) { if (-not (Test-Right $a $database)) { $missing.databases += $database } }
    $members = @(Get-RoleGroupMember -Identity 'View-Only Organization Management' @pinned -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)" })
    $missing.role = $members -notcontains $a.account
    $missing.policy = -not (Find-Object { Get-ThrottlingPolicy -Identity $a.policy @pinned -ErrorAction Stop })
    $association = Find-Object { Get-ThrottlingPolicyAssociation -Identity $a.account @pinned -ErrorAction Stop }
    $missing.association = -not $association -or "$($association.ThrottlingPolicyId)" -notlike "*$($a.policy)"
    return $missing
}

function Check {
    param($a)
    $missing = Get-Missing $a
    if (-not $missing.databases.Count -and -not $missing.role -and -not $missing.policy -and -not $missing.association) { return New-Satisfied -Message "$($a.account) has rights, role and policy." }
    return New-Needed -Message "$($a.account) lacks: rights on $($missing.databases -join ', '); role: $($missing.role); policy: $($missing.association)." -Before $missing
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = Get-Missing $a
    foreach ($database in $missing.databases) {
        [void](Add-ADPermission -Identity $database -User (Get-AccountName $a) -AccessRights ExtendedRight -ExtendedRights Receive-As, ms-Exch-Store-Admin @pinned -Confirm:$false -ErrorAction Stop)
    }
    if ($missing.role) { Add-RoleGroupMember -Identity 'View-Only Organization Management' -Member $a.account @pinned -Confirm:$false -ErrorAction Stop }
    if ($missing.policy) {
        [void](New-ThrottlingPolicy -Name $a.policy -RCAMaxConcurrency $null -RCAPercentTimeInAD $null -RCAPercentTimeInCAS $null -RCAPercentTimeInMailboxRPC $null -EWSMaxConcurrency $null -EWSPercentTimeInAD $null -EWSPercentTimeInCAS $null -EWSPercentTimeInMailboxRPC $null -EWSMaxSubscriptions $null -EWSFindCountLimit $null -EWSFastSearchTimeoutInSeconds $null @pinned -Confirm:$false -ErrorAction Stop)
    }
    if ($missing.association) { Set-ThrottlingPolicyAssociation -Identity $a.account -ThrottlingPolicy $a.policy @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.account) is ready for 2010; restart the BlackBerry services."
}

function Verify {
    param($a)
    $missing = Get-Missing $a
    if ($missing.databases.Count -or $missing.role -or $missing.policy -or $missing.association) { return New-Failed -Message "$($a.account) still lacks something." }
    return New-Verified -Message "$($a.account) has rights, role and policy."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($database in @($a.before.databases)) {
        if ($database -and (Test-Right $a $database)) { Remove-ADPermission -Identity $database -User (Get-AccountName $a) -AccessRights ExtendedRight -ExtendedRights Receive-As, ms-Exch-Store-Admin @pinned -Confirm:$false -ErrorAction Stop }
    }
    if ($a.before.association) { Set-ThrottlingPolicyAssociation -Identity $a.account -ThrottlingPolicy $null @pinned -Confirm:$false -ErrorAction Stop }
    if ($a.before.policy -and (Find-Object { Get-ThrottlingPolicy -Identity $a.policy @pinned -ErrorAction Stop })) { Remove-ThrottlingPolicy -Identity $a.policy @pinned -Confirm:$false -ErrorAction Stop }
    if ($a.before.role) { Remove-RoleGroupMember -Identity 'View-Only Organization Management' -Member $a.account @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.account) has what it had."
}
