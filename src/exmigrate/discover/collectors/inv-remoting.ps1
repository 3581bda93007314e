<#
title: "Remoting of {{ server.name }}"
scope: server
when: "server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $quota = 0
    foreach ($line in @(& winrm get winrm/config/winrs)) { if ("$line" -match '^\s*MaxMemoryPerShellMB\s*=\s*(\d+)') { $quota = [int]$matches[1] } }
    $ready = $PSVersionTable.PSVersion.Major -ge 2
    return New-Satisfied -Message "PowerShell $($PSVersionTable.PSVersion)" -Facts @{ value = @{
        ready = [bool]$ready; PSVersion = "$($PSVersionTable.PSVersion)"; CLRVersion = "$($PSVersionTable.CLRVersion)"
        MaxMemoryPerShellMB = $quota; account = "$env:USERDOMAIN\$env:USERNAME"
    } }
}
