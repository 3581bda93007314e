<#
title: "Unified Messaging for {{ mailboxset.name }}"
scope: mailboxset
when: "mailboxset.members"
effect: convergent
needs:
  - {kind: configure-um, at: mailboxset.dialplan}
  - {kind: gate-redirect-um-gateways, at: mailboxset.dialplan}
  - {kind: move-mailboxes, at: "moving(mailboxset.members)|names"}
vantage: shell
identity: delegated
libraries: [recipients]
arguments:
  policy: mailboxset.policy
  mailboxes: mailboxset.members
estimate: {p50: 120, p90: 900}
rights: ["Exchange Recipient Administrators (2007), UM Management or Recipient Management (2010)"]
impact: "each user gets a message with extension and PIN"
order: 30
failures:
  - {match: "extension", class: permanent, means: "An extension is taken, or has another number of digits than the dial plan.", do: "Compare Get-UMMailbox with the mailbox set of the plan."}
#>
# A mailbox of 2003 can never be enabled: it has to be moved first. The PIN is made by the server and mailed to its user.

# The mailbox of an alias, in whatever domain; nothing where there is none.
function Find-User {
    param($a, [string]$Alias)
    Find-Recipient $a $Alias { param($pin) Get-Mailbox -Identity $Alias @pin -ErrorAction Stop }
}

# { alias: 'enabled' | 'off' | what is wrong }
function Get-States {
    param($a)
    $states = @{}
    foreach ($alias in @($a.mailboxes.Keys)) {
        $mailbox = Find-User $a $alias
        if (-not $mailbox) { $states[$alias] = 'there is no such mailbox'; continue }
        if ("$($mailbox.RecipientTypeDetails)" -eq 'LegacyMailbox') { $states[$alias] = 'is still on 2000 or 2003'; continue }
        $own = Get-RecipientPin $a $mailbox
        $now = Find-Object { Get-UMMailbox -Identity "$($mailbox.DistinguishedName)" @own -ErrorAction Stop }
        if (-not $now -or -not $now.UMEnabled) { $states[$alias] = 'off'; continue }
        if (@(Get-NameList $now.Extensions) -contains "$($a.mailboxes[$alias])") { $states[$alias] = 'enabled' }
        else { $states[$alias] = "has the extension $(@(Get-NameList $now.Extensions) -join ', '), planned $($a.mailboxes[$alias])" }
    }
    return $states
}

function Check {
    param($a)
    $states = Get-States $a
    $wrong = @($states.Keys | Where-Object { @('enabled', 'off') -notcontains $states[$_] } | Sort-Object | ForEach-Object { "$_ $($states[$_])" })
    if ($wrong.Count) { return New-Blocked -Message "$($wrong -join '; ')." }
    $off = @($states.Keys | Where-Object { $states[$_] -eq 'off' } | Sort-Object)
    if (-not $off.Count) { return New-Satisfied -Message "All $($states.Count) mailboxes are enabled." }
    return New-Needed -Message "$($off.Count) of $($states.Count) mailboxes are not enabled." -Before @{ off = $off }
}

function Apply {
    param($a)
    $states = Get-States $a
    $count = 0
    foreach ($alias in @($states.Keys | Sort-Object)) {
        if ($states[$alias] -ne 'off') { continue }
        $dn = "$((Find-User $a $alias).DistinguishedName)"
        $own = Get-RecipientPin $a $dn
        [void](Enable-UMMailbox -Identity $dn -UMMailboxPolicy $a.policy -Extensions @($a.mailboxes[$alias]) @own -Confirm:$false -ErrorAction Stop)
        $count++
    }
    return New-Applied -Message "$count mailboxes enabled with $($a.policy)."
}

function Verify {
    param($a)
    $found = @{}
    foreach ($mailbox in @(Select-EveryDomain $a { param($pin) Get-UMMailbox -ResultSize Unlimited @pin -ErrorAction Stop })) {
        foreach ($extension in @(Get-NameList $mailbox.Extensions)) { $found[$extension] = $true }
    }
    $absent = @($a.mailboxes.Keys | Where-Object { -not $found.ContainsKey("$($a.mailboxes[$_])") } | Sort-Object)
    if ($absent.Count) { return New-Failed -Message "No extension for $($absent -join ', ')." }
    return New-Verified -Message "All $($a.mailboxes.Count) mailboxes have their extensions."
}

function Rollback {
    param($a)
    foreach ($alias in @(Get-NameList $a.before.off)) {
        $mailbox = Find-User $a $alias
        if (-not $mailbox) { continue }
        $dn = "$($mailbox.DistinguishedName)"
        $own = Get-RecipientPin $a $dn
        if (Find-Object { Get-UMMailbox -Identity $dn @own -ErrorAction Stop }) { Disable-UMMailbox -Identity $dn @own -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message 'The mailboxes enabled here are disabled again.'
}
