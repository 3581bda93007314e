#requires -version 2.0
param([string[]]$Logs = @('System', 'Application'), [int]$Hours = 24, [string]$Path = 'C:\Reports\events.csv')

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$since = (Get-Date).AddHours(-$Hours)
$found = foreach ($log in $Logs) {
    try {
        Get-EventLog -LogName $log -EntryType Error, Warning -After $since | ForEach-Object {
            $first = ($_.Message -split "`r?`n")[0]
            New-Object PSObject -Property @{
                Log = $log; Time = $_.TimeGenerated; Source = $_.Source; Id = $_.EventID; Type = $_.EntryType
                Message = $(if ($first.Length -gt 20) { $first.Substring(0, 20) + '...' } else { $first })
            }
        }
    }
    catch [System.ArgumentException] {
        Write-Warning "No entries in $log"
    }
    catch {
        Write-Warning "$log`: $($_.Exception.Message)"
    }
}
$found | Select-Object Log, Time, Type, Source, Id, Message | Export-Csv -Path $Path -NoTypeInformation
Import-Csv $Path | Group-Object Source | Sort-Object Count -Descending | ForEach-Object { "{0,-24}{1,3}" -f $_.Name, $_.Count }
$summary = @{}
Import-Csv $Path | ForEach-Object { $summary[$_.Type] += 1 }
$summary.GetEnumerator() | Sort-Object Name | ForEach-Object { "$($_.Key)=$($_.Value)" }
