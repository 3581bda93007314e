<#
title: "Product key of {{ server.name }}"
scope: server
when: "server.target and server.roles and server.product_key"
effect: convergent
reversibility: forward-only
reason: "A key is never taken back; only Standard to Enterprise is possible."
needs:
  - install-cas@server
  - install-hub@server
  - install-um@server
  - install-mailbox@server
  - install-edge@server
vantage: {shell: shell, host: server.name}
identity: delegated
arguments:
  server: server.name
  key: {$secret: server.product_key.ref}
  edition: server.edition
  mailbox: "'mailbox' in server.roles"
  edge: "'edge' in server.roles"
estimate: {p50: 30, p90: 120}
rights: ["Organization Management (2007: Exchange Organization Administrators)", "local administrator"]
impact: "the information store of {{ server.name }} restarts; nobody is on it yet"
ends_unseen: true
order: 12
failures:
  - {match: "invalid|product key", class: permanent, means: "The key is wrong or of another version.", do: "Correct the secret that the plan refers to, then 'exmigrate retry'."}
#>

function Get-Edition {
    param($a)
    $pinned = Get-PinnedDc $a
    return Get-ExchangeServer -Identity $a.server @pinned -ErrorAction Stop
}

function Check {
    param($a)
    $now = Get-Edition $a
    if ($now.IsExchangeTrialEdition) { return New-Needed -Message "$($a.server) runs as trial." -Before @{ edition = "$($now.Edition)" } }
    if ($a.edition -and "$($now.Edition)" -notlike "*$($a.edition)*") { return New-Needed -Message "$($a.server) is $($now.Edition), planned $($a.edition)." -Before @{ edition = "$($now.Edition)" } }
    return New-Satisfied -Message "$($a.server) is $($now.Edition)." -Facts @{ edition = "$($now.Edition)" }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-ExchangeServer -Identity $a.server -ProductKey $a.key @pinned -Confirm:$false -ErrorAction Stop
    if ($a.mailbox) { Restart-Service -Name MSExchangeIS -Force -ErrorAction Stop }
    return New-Applied -Message "The key of $($a.server) is entered."
}

function Verify {
    param($a)
    $now = Get-Edition $a
    if ($now.IsExchangeTrialEdition) { return New-Failed -Message "$($a.server) still runs as trial." }
    if ($a.edition -and "$($now.Edition)" -notlike "*$($a.edition)*") { return New-Failed -Message "The key made $($a.server) $($now.Edition), planned $($a.edition): it is the key of another edition." }
    if ($a.mailbox) {
        $service = Get-Service -Name MSExchangeIS -ErrorAction Stop
        if ("$($service.Status)" -ne 'Running') { return New-Pending -Message "MSExchangeIS is $($service.Status)." -Done 0 -Total 1 -NextSeconds 15 }
    }
    return New-Verified -Message "$($a.server) is $($now.Edition)." -Facts @{ edition = "$($now.Edition)" }
}
