<#
title: "Mailboxes of {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and 'mailbox' in server.roles and server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $found = @()
    foreach ($mailbox in @(Get-WmiObject -Namespace 'root\MicrosoftExchangeV2' -Class 'Exchange_Mailbox' -ErrorAction Stop)) {
        if ($mailbox) { $found += @{ MailboxDisplayName = "$($mailbox.MailboxDisplayName)"; StoreName = "$($mailbox.StoreName)"; Size = [string]$mailbox.Size; TotalItems = [string]$mailbox.TotalItems } }
    }
    return New-Satisfied -Message "$($found.Count) mailboxes." -Facts @{ value = $found }
}
