$keys = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM:\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall'
$programs = foreach ($key in $keys) {
    if (-not (Test-Path $key)) { continue }
    Get-ChildItem $key | ForEach-Object { Get-ItemProperty $_.PSPath } | Where-Object { $_.DisplayName } |
        Select-Object DisplayName, DisplayVersion, @{ n = 'Installed'; e = { if ($_.InstallDate) { [datetime]::ParseExact($_.InstallDate, 'yyyyMMdd', $null) } } },
            @{ n = 'Wide'; e = { $_.PSParentPath -notmatch 'Wow6432Node' } }
}
$programs | Sort-Object DisplayName | ForEach-Object { '{0} {1} {2:d.M.yyyy} {3}' -f $_.DisplayName, $_.DisplayVersion, $_.Installed, $_.Wide }
$programs | Where-Object { [version]$_.DisplayVersion -lt [version]'10.0' } | Measure-Object | Select-Object -ExpandProperty Count
$null = New-Item HKLM:\SOFTWARE\Audit -Force
Set-ItemProperty HKLM:\SOFTWARE\Audit -Name LastRun -Value (Get-Date -Format s)
New-ItemProperty HKLM:\SOFTWARE\Audit -Name Count -Value @($programs).Count -PropertyType DWord -Force | Out-Null
(Get-ItemProperty HKLM:\SOFTWARE\Audit).Count
