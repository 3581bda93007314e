<#
title: "Journal rules of 2007 in 2010"
scope: organization
when: "mail_flow.sync_rules and servers(role='hub', target=false, version='2007')"
effect: convergent
needs: [read-journal-rules, {kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: E10
identity: delegated
check: when-ready
arguments:
  rules: {$output: "'read-journal-rules.rules'"}
estimate: {p50: 30, p90: 120}
rights: ["Organization Management"]
order: 22
failures:
  - {match: "couldn't be found", class: permanent, means: "A journal recipient does not exist any more.", do: "Remove that rule on 2007, then 'exmigrate retry read-journal-rules' and this step."}
#>
# By name: a rule that 2010 has is left as it is, because somebody may have changed it there on purpose.

function Get-MissingRules {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = @(Get-JournalRule @pinned -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)" })
    foreach ($rule in @($a.rules)) { if ($rule -and $there -notcontains $rule.name) { $rule } }
}

function Check {
    param($a)
    $missing = @(Get-MissingRules $a | ForEach-Object { $_.name })
    if (-not $missing.Count) { return New-Satisfied -Message "2010 has all $(@($a.rules).Count) journal rules." }
    return New-Needed -Message "2010 lacks $($missing -join ', ')." -Before @{ missing = $missing }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $made = @()
    foreach ($rule in @(Get-MissingRules $a)) {
        $given = @{ Name = $rule.name; JournalEmailAddress = $rule.address; Scope = $rule.scope; Enabled = [bool]$rule.enabled }
        if ($rule.recipient) { $given.Recipient = $rule.recipient }
        [void](New-JournalRule @given @pinned -Confirm:$false -ErrorAction Stop)
        $made += $rule.name
    }
    return New-Applied -Message "Made: $($made -join ', ')."
}

function Verify {
    param($a)
    $missing = @(Get-MissingRules $a | ForEach-Object { $_.name })
    if ($missing.Count) { return New-Failed -Message "2010 still lacks $($missing -join ', ')." }
    return New-Verified -Message "2010 has all $(@($a.rules).Count) journal rules."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = @(Get-JournalRule @pinned -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)" })
    foreach ($name in @($a.before.missing)) {
        if ($there -contains $name) { Remove-JournalRule -Identity $name @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message 'The journal rules made here are removed.'
}
