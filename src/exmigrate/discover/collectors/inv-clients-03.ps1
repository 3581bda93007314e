<#
title: "Clients of {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and 'mailbox' in server.roles and server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 20, p90: 300}
#>
# Who is logged on now, counted by version: a night or a holiday shows little. The services of Exchange log on too.
function Collect {
    param($a)
    $counts = @{}; $people = @{}
    foreach ($logon in @(Get-WmiObject -Namespace 'root\MicrosoftExchangeV2' -Class 'Exchange_Logon' -ErrorAction Stop)) {
        if (-not $logon -or "$($logon.LoggedOnUserAccount)" -like 'NT AUTHORITY\*' -or -not "$($logon.ClientVersion)") { continue }
        $version = "$($logon.ClientVersion)"
        if (-not $counts.ContainsKey($version)) { $counts[$version] = 0; $people[$version] = @{} }
        $counts[$version] += 1; $people[$version]["$($logon.LoggedOnUserAccount)"] = $true
    }
    $found = @()
    foreach ($version in @($counts.Keys | Sort-Object)) { $found += @{ version = $version; logons = [int]$counts[$version]; users = [int]@($people[$version].Keys).Count } }
    return New-Satisfied -Message "$($found.Count) versions." -Facts @{ value = $found }
}
