<#
title: "Hardware of {{ server.name }}"
scope: server
when: "server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 5, p90: 60}
#>
# Windows 2003 knows neither the number of cores nor the speed of a card: these are 0 there.
function Collect {
    param($a)
    $system = Get-WmiObject -Class Win32_ComputerSystem -ErrorAction Stop
    $cores = 0; $name = ''; $sockets = 0
    foreach ($processor in @(Get-WmiObject -Class Win32_Processor -ErrorAction Stop)) { $sockets += 1; $cores += [int]$processor.NumberOfCores; $name = "$($processor.Name)" }
    $memory = [long]0
    foreach ($module in @(Get-WmiObject -Class Win32_PhysicalMemory -ErrorAction SilentlyContinue)) { if ($module) { $memory += [long]$module.Capacity } }
    # Some virtual machines have no modules of memory.
    if (-not $memory) { $memory = [long]$system.TotalPhysicalMemory }
    $disks = @(); $adapters = @(); $addresses = @()
    foreach ($disk in @(Get-WmiObject -Class Win32_LogicalDisk -Filter 'DriveType=3' -ErrorAction Stop)) {
        if ($disk) { $disks += @{ drive = "$($disk.DeviceID)"; sizeMB = [long]([math]::Floor([double]$disk.Size / 1MB)); freeMB = [long]([math]::Floor([double]$disk.FreeSpace / 1MB)) } }
    }
    foreach ($adapter in @(Get-WmiObject -Class Win32_NetworkAdapter -Filter 'NetConnectionStatus=2' -ErrorAction Stop)) {
        if ($adapter) { $adapters += @{ name = "$($adapter.Name)"; megabits = [long]([math]::Floor([double]$adapter.Speed / 1000000)) } }
    }
    foreach ($set in @(Get-WmiObject -Class Win32_NetworkAdapterConfiguration -Filter 'IPEnabled=TRUE' -ErrorAction Stop)) {
        if ($set) { $addresses += @(Get-NameList $set.IPAddress) }
    }
    return New-Satisfied -Message "$($system.Model)" -Facts @{ value = @{
        manufacturer = "$($system.Manufacturer)"; model = "$($system.Model)"; processor = $name; sockets = $sockets; cores = $cores
        memoryMB = [long]([math]::Floor($memory / 1MB)); disks = $disks; adapters = $adapters; addresses = $addresses
    } }
}
