<#
title: "Journal rules of 2007, read"
scope: organization
when: "mail_flow.sync_rules and servers(role='hub', target=false, version='2007')"
effect: read
needs: [{kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: E07
identity: delegated
estimate: {p50: 20, p90: 60}
rights: ["Exchange View-Only Administrators"]
order: 21
#>
# 2010's shell does not show 2007's journal rules; what is read here is the input of sync-journal-rules.

function Get-Rules {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($rule in @(Get-JournalRule @pinned -ErrorAction Stop)) {
        if ($rule) { @{ name = "$($rule.Name)"; recipient = "$($rule.Recipient)"; address = "$($rule.JournalEmailAddress)"; scope = "$($rule.Scope)"; enabled = [bool]$rule.Enabled } }
    }
}

function Check {
    param($a)
    $rules = @(Get-Rules $a)
    return New-Satisfied -Message "$($rules.Count) journal rules on 2007." -Facts @{ rules = $rules }
}

function Verify {
    param($a)
    $rules = @(Get-Rules $a)
    return New-Verified -Message "$($rules.Count) journal rules on 2007." -Facts @{ rules = $rules }
}
