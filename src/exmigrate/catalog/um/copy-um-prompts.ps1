<#
title: "Custom prompts of {{ dialplan.name }}"
scope: dialplan
when: "dialplan.prompts and dialplan.target_servers and not dialplan.create and target.version == '2010'"
effect: convergent
reversibility: forward-only
reason: "The copies in 2010 stay; nobody hears them before migrate-um."
needs: [{kind: install-um, at: "dialplan.target_servers|list"}, install-mailbox@site]
vantage: {shell: E10, host: "dialplan.target_servers|first"}
identity: delegated
run: job
libraries: [scripts]
arguments:
  dialplan: dialplan.name
  log: "'C:\\\\ExchangeSetupLogs\\\\MigrateUMCustomPrompts-' ~ dialplan.name ~ '.log'"
estimate: {p50: 300, p90: 1800}
rights: ["Organization Management"]
order: 20
failures:
  - {match: "is missing", class: permanent, means: "The script is not on this server.", do: "It belongs to the 2010 Scripts folder; repair the installation."}
#>
# Microsoft's script copies all prompts of 2007 UM into 2010's own store, where no getter shows them: its log is the proof.

function Test-Log {
    param($a)
    return (Test-Path $a.log) -and @(Get-Content -Path $a.log | Where-Object { $_ -match '^Completed' }).Count -gt 0
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    if (-not (Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop })) { return New-Blocked -Message "There is no dial plan '$($a.dialplan)'." }
    if (Test-Log $a) { return New-Satisfied -Message "The prompts were copied ($($a.log))." -Facts @{ log = $a.log } }
    return New-Needed -Message 'The prompts have not been copied yet.'
}

function Apply {
    param($a)
    $lines = @(Invoke-ExchangeScript -Name 'MigrateUMCustomPrompts.ps1' -Parameters @{} | ForEach-Object { "$_" })
    $lines | ForEach-Object { Write-Host $_ }
    $folder = Split-Path $a.log
    if (-not (Test-Path $folder)) { [void](New-Item -ItemType Directory -Path $folder -Force) }
    Set-Content -Path $a.log -Value (@($lines) + "Completed for $($a.dialplan)")
    return New-Applied -Message "Prompts copied, log $($a.log)." -Facts @{ log = $a.log }
}

function Verify {
    param($a)
    if (-not (Test-Log $a)) { return New-Failed -Message "$($a.log) shows no completed run." }
    return New-Verified -Message "$($a.log) shows a completed run." -Facts @{ log = $a.log }
}
