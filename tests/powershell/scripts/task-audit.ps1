$tasks = schtasks.exe /query /fo CSV /v | ConvertFrom-Csv | Where-Object { $_.TaskName -ne 'TaskName' }
$bad = $tasks | Where-Object { $_.'Last Result' -ne 0 -and $_.'Scheduled Task State' -eq 'Enabled' }
foreach ($task in $bad) {
    "{0} ran {1}: 0x{2:X}" -f $task.TaskName.TrimStart('\'), $task.'Last Run Time', [long]$task.'Last Result'
}
$tasks | Group-Object 'Run As User' | Sort-Object Name | Select-Object Name, Count | ForEach-Object { "$($_.Name): $($_.Count)" }
