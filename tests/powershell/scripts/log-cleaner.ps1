[CmdletBinding(SupportsShouldProcess = $true)]
param([string]$Folder = 'C:\Logs', [int]$Days = 30, [string[]]$Include = @('*.log', '*.txt'))

$limit = (Get-Date).AddDays(-$Days)
$old = @(Get-ChildItem $Folder -Recurse -Include $Include | Where-Object { -not $_.PSIsContainer -and $_.LastWriteTime -lt $limit })
$bytes = ($old | Measure-Object -Property Length -Sum).Sum
foreach ($file in $old) {
    $target = Join-Path 'C:\Archive' ($file.LastWriteTime.ToString('yyyy-MM'))
    if (!(Test-Path $target)) { New-Item -ItemType Directory -Path $target | Out-Null }
    if ($PSCmdlet.ShouldProcess($file.FullName, 'Archive')) {
        Move-Item -Path $file.FullName -Destination $target -Force
    }
}
'{0} files, {1:N1} KB' -f $old.Count, ($bytes / 1KB)
Get-ChildItem $Folder -Recurse | Where-Object { !$_.PSIsContainer } | Sort-Object Name | ForEach-Object { $_.Name }
Get-ChildItem C:\Archive -Recurse | Where-Object { $_.PSIsContainer -eq $false } |
    Group-Object { $_.Directory.Name } | Sort-Object Name | ForEach-Object { '{0}: {1}' -f $_.Name, $_.Count }
