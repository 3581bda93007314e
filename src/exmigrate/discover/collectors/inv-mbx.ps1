<#
title: "Mailboxes of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
vantage: E07
identity: delegated
libraries: [recipients]
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $found = @()
    foreach ($mailbox in @(Select-EveryDomain $a { param($pin) Get-Mailbox -Server $a.server -ResultSize Unlimited @pin -ErrorAction Stop })) {
        if ($mailbox) { $found += @{ Alias = "$($mailbox.Alias)"; PrimarySmtpAddress = "$($mailbox.PrimarySmtpAddress)"; Database = "$($mailbox.Database)"; RecipientTypeDetails = "$($mailbox.RecipientTypeDetails)" } }
    }
    return New-Satisfied -Message "$($found.Count) mailboxes." -Facts @{ value = $found }
}
