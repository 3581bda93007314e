# Programs and services of a machine that are neither of Windows nor of Exchange.

# The list of installed programs, the 32-bit one too; updates of Windows are none. -All: Microsoft's as well.
function Get-ForeignPrograms {
    param([switch]$All)
    foreach ($list in 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM:\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall') {
        foreach ($key in @(Get-ChildItem $list -ErrorAction SilentlyContinue | Where-Object { $_ })) {
            $name = "$($key.GetValue('DisplayName'))"; $publisher = "$($key.GetValue('Publisher'))"
            if (-not $name -or $key.GetValue('ParentKeyName')) { continue }
            if (-not $All -and ($publisher -like 'Microsoft*' -or $name -like 'Microsoft *' -or $name -like 'Hotfix for*' -or $name -like '*Update for*')) { continue }
            @{ name = $name; version = "$($key.GetValue('DisplayVersion'))"; publisher = $publisher }
        }
    }
}

# Services whose program lies neither in the folder of Windows nor in one of Exchange or the .NET Framework.
function Get-ForeignServices {
    foreach ($service in @(Get-WmiObject -Class Win32_Service -ErrorAction Stop)) {
        if (-not $service -or -not $service.PathName) { continue }
        $path = "$($service.PathName)".Trim('"')
        if ($path -match '^(%SystemRoot%|[A-Za-z]:\\Win(dows|nt)\\)' -or $path -match '\\(Exchsrvr|Exchange Server|Microsoft\.NET|Windows NT|Common Files\\Microsoft|Microsoft [A-Z])') { continue }
        @{ name = "$($service.Name)"; display = "$($service.DisplayName)"; path = $path; state = "$($service.State)"; start = "$($service.StartMode)" }
    }
}
