<#
title: "Test mailbox of {{ site.name }}"
scope: site
when: "servers(site=site.name, role='mailbox', target=true)"
effect: convergent
needs: [configure-databases@site]
vantage: {shell: shell, host: "first(site.name, 'mailbox').name"}
identity: delegated
libraries: [recipients, scripts]
arguments:
  server: "first(site.name, 'mailbox').name"
  servers: "servers(site=site.name, role='mailbox', target=true)|names"
  # With its domain: every domain of the forest has a container of this name.
  unit: "first(site.name, 'mailbox').domain ~ '/Users'"
estimate: {p50: 60, p90: 300}
rights: ["Organization Management (2007: Exchange Organization Administrators)", "Account Operators or the like in the domain"]
order: 25
failures:
  - {match: "recovery", class: permanent, means: "The server's last listed database is a recovery database.", do: "Dismount or remove the recovery database first."}
#>
# The password is made here, handed to Microsoft's script, which keeps it for the Test- cmdlets, and never leaves the server.

function Get-TestMailboxes {
    param($a)
    foreach ($mailbox in @(Select-EveryDomain $a { param($pin) Get-Mailbox -Filter "Alias -like 'extest_*'" -ResultSize Unlimited @pin -ErrorAction Stop })) {
        if (@($a.servers) -contains (Get-HostPart "$($mailbox.ServerName)")) { $mailbox }
    }
}

function New-Password {
    $bytes = New-Object byte[] 24
    (New-Object Security.Cryptography.RNGCryptoServiceProvider).GetBytes($bytes)
    return ConvertTo-SecureString -String ('aA1!' + [Convert]::ToBase64String($bytes)) -AsPlainText -Force
}

function Check {
    param($a)
    $there = @(Get-TestMailboxes $a)
    if ($there.Count) { return New-Satisfied -Message "$($there[0].Alias) is on $($there[0].ServerName)." -Facts @{ alias = "$($there[0].Alias)" } }
    return New-Needed -Message "No extest_ mailbox on $(@($a.servers) -join ', ')."
}

function Apply {
    param($a)
    Push-Location (Get-ScriptFolder)
    try { Get-MailboxServer -Identity $a.server -ErrorAction Stop | .\New-TestCasConnectivityUser.ps1 -OU $a.unit -Password (New-Password) | ForEach-Object { Write-Host "$_" } }
    finally { Pop-Location }
    return New-Applied -Message 'The test mailbox is made.'
}

# A MAPI logon to it.
function Verify {
    param($a)
    $there = @(Get-TestMailboxes $a)
    if (-not $there.Count) { return New-Failed -Message "No extest_ mailbox on $(@($a.servers) -join ', ')." }
    $own = Get-RecipientPin $a $there[0]
    $probe = @(Test-MAPIConnectivity -Identity "$($there[0].DistinguishedName)" @own -Confirm:$false -ErrorAction Stop) | Select-Object -First 1
    if ($probe -and "$($probe.Result)" -eq 'Success') { return New-Verified -Message "$($there[0].Alias) answers." -Facts @{ alias = "$($there[0].Alias)" } }
    return New-Pending -Message "$($there[0].Alias) does not answer yet: $($probe.Error)" -Done 0 -Total 1 -NextSeconds 60
}

function Rollback {
    param($a)
    foreach ($mailbox in @(Get-TestMailboxes $a)) {
        $own = Get-RecipientPin $a $mailbox
        Remove-Mailbox -Identity "$($mailbox.DistinguishedName)" @own -Confirm:$false -ErrorAction Stop
    }
    return New-Applied -Message 'The test mailbox is removed.'
}
