<#
title: "Clients of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'mailbox' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 20, p90: 300}
#>
# Who is logged on now, counted by version: a night or a holiday shows little. Outlook 2003 is 11, 2007 12, 2010 14.
function Collect {
    param($a)
    $counts = @{}; $people = @{}
    foreach ($logon in @(Get-LogonStatistics -Server $a.server -ErrorAction Stop)) {
        if (-not $logon -or -not "$($logon.ClientVersion)") { continue }
        $version = "$($logon.ClientVersion)"
        if (-not $counts.ContainsKey($version)) { $counts[$version] = 0; $people[$version] = @{} }
        $counts[$version] += 1; $people[$version]["$($logon.UserName)"] = $true
    }
    $found = @()
    foreach ($version in @($counts.Keys | Sort-Object)) { $found += @{ version = $version; logons = [int]$counts[$version]; users = [int]@($people[$version].Keys).Count } }
    return New-Satisfied -Message "$($found.Count) versions." -Facts @{ value = $found }
}
