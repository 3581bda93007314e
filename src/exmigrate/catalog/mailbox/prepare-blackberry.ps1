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
libraries: [recipients]
arguments:
  account: "'BESAdmin'"
  domains: "topology.domains|plain"
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

# The mailbox of the account, in whatever domain; nothing where it has none.
function Find-Account {
    param($a)
    Find-Recipient $a $a.account { param($pin) Get-Mailbox -Identity $a.account @pin -ErrorAction Stop }
}

function Get-RootDomain {
    param($a)
    foreach ($domain in @($a.domains)) { if ($domain.root) { return "$($domain.name)" } }
}

# DOMAIN\account, which Windows resolves by itself; an account without a mailbox is looked for in the root domain.
function Get-AccountName {
    param($a)
    $where = Get-RootDomain $a
    $mailbox = Find-Account $a
    if ($mailbox) { $where = Get-DnDomain "$($mailbox.DistinguishedName)" }
    foreach ($domain in @($a.domains)) { if ("$($domain.name)" -eq $where) { return "$($domain.netbios)\$($a.account)" } }
    return $a.account
}

# The rights on a database that the account lacks; it may have one of them from an earlier time.
function Get-MissingRights {
    param($a, [string]$Database)
    $pinned = Get-PinnedDc $a
    $held = @()
    foreach ($entry in @(Get-ADPermission -Identity $Database -User (Get-AccountName $a) @pinned -ErrorAction Stop)) {
        if ($entry -and -not $entry.Deny) { $held += @(Get-NameList $entry.ExtendedRights) }
    }
    foreach ($right in 'Receive-As', 'ms-Exch-Store-Admin') { if ($held -notcontains $right) { $right } }
}

# The policy that the account's mailbox has; '' for the organization's default, and where it has no mailbox.
function Get-Policy {
    param($a)
    $mailbox = Find-Account $a
    if (-not $mailbox) { return '' }
    $own = Get-RecipientPin $a $mailbox
    $association = Find-Object { Get-ThrottlingPolicyAssociation -Identity "$($mailbox.DistinguishedName)" @own -ErrorAction Stop }
    if (-not $association) { return '' }
    return @("$($association.ThrottlingPolicyId)" -split '[\\/]')[-1]
}

# The mailbox's own domain takes the change as soon as its controller knows the policy, which was written on another one.
function Set-Association {
    param($a, $Policy)
    $mailbox = Find-Account $a
    if (-not $mailbox) { throw "'$($a.account)' couldn't be found: there is no mailbox of that name." }
    $own = Get-RecipientPin $a $mailbox
    for ($attempt = 1; ; $attempt++) {
        try { Set-ThrottlingPolicyAssociation -Identity "$($mailbox.DistinguishedName)" -ThrottlingPolicy $Policy @own -Confirm:$false -ErrorAction Stop; return }
        catch { if ($attempt -ge 12 -or -not $Policy -or (Find-Object { Get-ThrottlingPolicy -Identity $Policy @own -ErrorAction Stop })) { throw }; Start-Sleep -Seconds 30 }
    }
}

function Get-Missing {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = @{ databases = @{}; role = $false; policy = $false; association = $false; had = (Get-Policy $a) }
    foreach ($database in @($a.databases)) {
        $rights = @(Get-MissingRights $a $database)
        if ($rights.Count) { $missing.databases[$database] = $rights }
    }
    # By its logon name: the name of the object may be another, such as 'BlackBerry Service'.
    # The role groups lie in the root domain.
    $root = Get-DomainPin $a (Get-RootDomain $a)
    $members = @(Get-RoleGroupMember -Identity 'View-Only Organization Management' @root -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)"; "$($_.SamAccountName)" })
    $missing.role = $members -notcontains $a.account
    $missing.policy = -not (Find-Object { Get-ThrottlingPolicy -Identity $a.policy @pinned -ErrorAction Stop })
    $missing.association = $missing.had -ne $a.policy
    return $missing
}

function Check {
    param($a)
    $missing = Get-Missing $a
    if (-not $missing.databases.Count -and -not $missing.role -and -not $missing.policy -and -not $missing.association) { return New-Satisfied -Message "$($a.account) has rights, role and policy." }
    return New-Needed -Message "$($a.account) lacks: rights on $(@($missing.databases.Keys | Sort-Object) -join ', '); role: $($missing.role); policy: $($missing.association)." -Before $missing
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = Get-Missing $a
    foreach ($database in @($missing.databases.Keys)) {
        [void](Add-ADPermission -Identity $database -User (Get-AccountName $a) -AccessRights ExtendedRight -ExtendedRights $missing.databases[$database] @pinned -Confirm:$false -ErrorAction Stop)
    }
    $root = Get-DomainPin $a (Get-RootDomain $a)
    if ($missing.role) { Add-RoleGroupMember -Identity 'View-Only Organization Management' -Member (Get-AccountName $a) @root -Confirm:$false -ErrorAction Stop }
    if ($missing.policy) {
        [void](New-ThrottlingPolicy -Name $a.policy -RCAMaxConcurrency $null -RCAPercentTimeInAD $null -RCAPercentTimeInCAS $null -RCAPercentTimeInMailboxRPC $null -EWSMaxConcurrency $null -EWSPercentTimeInAD $null -EWSPercentTimeInCAS $null -EWSPercentTimeInMailboxRPC $null -EWSMaxSubscriptions $null -EWSFindCountLimit $null -EWSFastSearchTimeoutInSeconds $null @pinned -Confirm:$false -ErrorAction Stop)
    }
    if ($missing.association) { Set-Association $a $a.policy }
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
    foreach ($database in @($a.before.databases.Keys)) {
        $missing = @(Get-MissingRights $a $database)
        $given = @(Get-NameList $a.before.databases[$database] | Where-Object { $missing -notcontains $_ })
        if ($given.Count) { Remove-ADPermission -Identity $database -User (Get-AccountName $a) -AccessRights ExtendedRight -ExtendedRights $given @pinned -Confirm:$false -ErrorAction Stop }
    }
    if ($a.before.association) { Set-Association $a (Get-ValueOrNull $a.before.had) }
    if ($a.before.policy -and (Find-Object { Get-ThrottlingPolicy -Identity $a.policy @pinned -ErrorAction Stop })) { Remove-ThrottlingPolicy -Identity $a.policy @pinned -Confirm:$false -ErrorAction Stop }
    $root = Get-DomainPin $a (Get-RootDomain $a)
    if ($a.before.role -and -not (Get-Missing $a).role) { Remove-RoleGroupMember -Identity 'View-Only Organization Management' -Member (Get-AccountName $a) @root -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.account) has what it had."
}
