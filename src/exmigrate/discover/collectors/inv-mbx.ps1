<#
title: "Mailboxes of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($mailbox in @(Get-Mailbox -Server $a.server -ResultSize Unlimited @pinned -ErrorAction Stop)) {
        if ($mailbox) { $found += @{ Alias = "$($mailbox.Alias)"; PrimarySmtpAddress = "$($mailbox.PrimarySmtpAddress)"; Database = "$($mailbox.Database)"; RecipientTypeDetails = "$($mailbox.RecipientTypeDetails)" } }
    }
    return New-Satisfied -Message "$($found.Count) mailboxes." -Facts @{ value = $found }
}
