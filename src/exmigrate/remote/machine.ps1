# Who the server is, without WMI: Exchange Setup stops the WMI service while it runs.
#
# Needs of Windows: registry (Cryptography\MachineGuid), Get-Process with StartTime of process 4 or smss, Get-EventLog System,
# Get-Service, registry Services\<name> Start, shutdown.exe.

# Changes with every start of Windows and with nothing else. The System process's start is exact; Windows 2003 keeps none
# of it (it reads as 1601), but of the session manager, which runs from the start to the end. Where neither may be read, the
# event log's own start event is nearly so. The source is part of the id, so that two are never compared.
function Get-ExmBootId {
    try {
        $system = Get-Process -Id 4 -ErrorAction Stop
        if ($system.StartTime -and $system.StartTime.Year -gt 1601) { return 'process:' + $system.StartTime.ToUniversalTime().ToString('o') }
        $manager = @(Get-Process -Name smss -ErrorAction Stop | Sort-Object StartTime)[0]
        if ($manager.StartTime -and $manager.StartTime.Year -gt 1601) { return 'session-manager:' + $manager.StartTime.ToUniversalTime().ToString('o') }
    }
    catch { }
    # Besides its start it notes the uptime once a day: a server may have run for long.
    $started = @(Get-EventLog -LogName System -Source EventLog -Newest 1000 -ErrorAction Stop | Where-Object { ($_.InstanceId -band 0xFFFF) -eq 6005 })
    if ($started.Count -eq 0) { throw 'The start of Windows cannot be told: neither process 4, nor smss, nor event 6005 can be read.' }
    return 'event:' + $started[0].TimeGenerated.ToUniversalTime().ToString('o')
}

# Made when Windows is installed: another one means another machine under the same name.
function Get-ExmMachineId {
    $key = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Cryptography' -ErrorAction Stop
    return ([string]$key.MachineGuid).ToLower()
}

function Get-ExmMachine {
    param($Argument)
    return @{
        state = 'read'
        facts = @{
            machine_id = Get-ExmMachineId; boot_id = Get-ExmBootId
            ps_version = [string]$PSVersionTable.PSVersion; computer = [Environment]::MachineName
            os_version = [string][Environment]::OSVersion.Version
        }
    }
}

# Starts a restart, unless the server was restarted since the caller last looked.
function Request-ExmReboot {
    param($Argument)
    $boot = Get-ExmBootId
    if ($Argument.boot_before -and $boot -ne $Argument.boot_before) {
        return @{ state = 'restarted'; facts = @{ boot_id = $boot } }
    }
    $arguments = @('/r', '/t', '5', '/d', 'p:4:1', '/c', [string]$Argument.comment)
    $out = & shutdown.exe $arguments 2>&1
    # 1190: a shutdown is waiting already; 1115: it is under way.
    if (@(0, 1190, 1115) -notcontains $LASTEXITCODE) { throw "shutdown.exe ended with ${LASTEXITCODE}: $out" }
    return @{ state = 'requested'; facts = @{ boot_id = $boot } }
}

# Services that start by themselves and do not run. Start = 2 with DelayedAutostart may take minutes; it is not waited for.
function Get-ExmReadiness {
    param($Argument)
    $waiting = @()
    foreach ($service in @(Get-Service)) {
        $matched = $false
        foreach ($pattern in @($Argument.services)) { if ($service.Name -like $pattern) { $matched = $true } }
        if (-not $matched -or [string]$service.Status -eq 'Running') { continue }
        $key = 'HKLM:\SYSTEM\CurrentControlSet\Services\' + $service.Name
        $values = Get-ItemProperty -Path $key -ErrorAction SilentlyContinue
        if ($values -and $values.Start -eq 2 -and $values.DelayedAutostart -ne 1) { $waiting += $service.Name }
    }
    $state = 'ready'
    if ($waiting.Count) { $state = 'waiting' }
    return @{
        state = $state; message = ($waiting -join ', ')
        facts = @{ boot_id = Get-ExmBootId; waiting = $waiting }
    }
}
