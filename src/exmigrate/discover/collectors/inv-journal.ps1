<#
title: "Transport and journal rules"
scope: organization
when: "'2007' in topology.versions"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $journal = @(); $transport = @()
    foreach ($rule in @(Get-JournalRule @pinned -ErrorAction Stop)) { if ($rule) { $journal += @{ Name = "$($rule.Name)"; Recipient = "$($rule.Recipient)"; JournalEmailAddress = "$($rule.JournalEmailAddress)"; Scope = "$($rule.Scope)"; Enabled = [bool]$rule.Enabled } } }
    foreach ($rule in @(Get-TransportRule @pinned -ErrorAction Stop)) { if ($rule) { $transport += @{ Name = "$($rule.Name)"; State = "$($rule.State)"; Priority = [int]$rule.Priority } } }
    return New-Satisfied -Message "$($journal.Count) journal, $($transport.Count) transport rules." -Facts @{ value = @{ journal = $journal; transport = $transport } }
}
