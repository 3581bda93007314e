<#
title: "Subscription file of {{ edge.edge }}"
scope: edge
effect: convergent
needs:
  - {kind: install-edge, at: edge.edge}
  - {kind: install-update-rollup, at: edge.edge}
  - {kind: set-product-key, at: edge.edge}
  - {kind: preflight-remoting, at: edge.edge}
  - install-hub@site
  - gate-outbound-path
  - configure-accepted-domains
vantage: EDGE
identity: local
window: policy
arguments:
  file: "(server.connection.run_root if server.connection else 'C:\\\\ProgramData\\\\exmigrate') ~ '\\\\edge-' ~ edge.edge ~ '.xml'"
estimate: {p50: 20, p90: 60}
rights: ["local administrator of the Edge server"]
order: 20
failures:
  - {match: "already exists", class: permanent, means: "A file of that name is in the way.", do: "Delete it on the Edge server, then 'exmigrate retry'."}
#>
# The file carries an account that is valid for 1440 minutes: it is made again when it is older. -Force answers the
# question that the Edge asks otherwise; a file made later voids the ones before it.

function Get-Age {
    param($a)
    if (-not (Test-Path $a.file)) { return -1 }
    return ((Get-Date) - (Get-Item $a.file).LastWriteTime).TotalMinutes
}

function Check {
    param($a)
    $age = Get-Age $a
    # Twenty hours, so that four are left for the import.
    if ($age -ge 0 -and $age -lt 1200) { return New-Satisfied -Message "$($a.file) is $([int]$age) minutes old." -Facts @{ file = $a.file } }
    if ($age -ge 0) { return New-Needed -Message "$($a.file) is $([int]$age) minutes old." }
    return New-Needed -Message "$($a.file) does not exist."
}

function Apply {
    param($a)
    if (Test-Path $a.file) { Remove-Item -Path $a.file -Confirm:$false -ErrorAction Stop }
    [void](New-EdgeSubscription -FileName $a.file -Force -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue)
    return New-Applied -Message "$($a.file) is made." -Facts @{ file = $a.file }
}

function Verify {
    param($a)
    $age = Get-Age $a
    if ($age -lt 0) { return New-Failed -Message "$($a.file) does not exist." }
    if (@(Get-Content -Path $a.file) -join '' -notmatch 'EdgeServerName') { return New-Failed -Message "$($a.file) is no subscription file." }
    return New-Verified -Message "$($a.file) is $([int]$age) minutes old." -Facts @{ file = $a.file }
}

# The file alone changes nothing outside; an old subscription of this Edge is renewed by resubscribing.
function Rollback {
    param($a)
    if (Test-Path $a.file) { Remove-Item -Path $a.file -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.file) is deleted."
}
