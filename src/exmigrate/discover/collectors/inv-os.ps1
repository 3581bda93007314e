<#
title: "Windows of {{ server.name }}"
scope: server
when: "server.driven"
effect: read
vantage: target
identity: local
libraries: [windows]
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $system = Get-WmiObject -Class Win32_OperatingSystem -ErrorAction Stop
    $processor = @(Get-WmiObject -Class Win32_Processor -ErrorAction Stop)[0]
    return New-Satisfied -Message "$($system.Caption)" -Facts @{ value = @{
        Version = "$($system.Version)"; Caption = "$($system.Caption)"; ServicePackMajorVersion = [int]$system.ServicePackMajorVersion
        AddressWidth = [int]$processor.AddressWidth; PendingReboot = [bool](Test-PendingReboot)
        Services = @('SMTPSVC', 'NNTPSVC' | Where-Object { Get-Service -Name $_ -ErrorAction SilentlyContinue })
    } }
}
