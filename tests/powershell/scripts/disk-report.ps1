<#
.SYNOPSIS
    Writes an HTML report of the space on fixed disks and says which are low.
.PARAMETER ComputerName
    Servers to look at.
.PARAMETER Threshold
    Percent of free space under which a disk is low.
.EXAMPLE
    .\disk-report.ps1 -ComputerName SERVER01 -Threshold 20
#>
[CmdletBinding()]
param(
    [Parameter(ValueFromPipeline = $true)]
    [ValidateNotNullOrEmpty()]
    [string[]]$ComputerName = $env:COMPUTERNAME,

    [ValidateRange(1, 99)]
    [int]$Threshold = 15,

    [ValidateScript({ Test-Path (Split-Path $_) })]
    [string]$ReportPath = 'C:\Reports\disk.html'
)

begin {
    $rows = @()
    $style = @"
<style>
body { font-family: Verdana; font-size: 10pt }
td.low { color: red }
</style>
"@
}

process {
    foreach ($computer in $ComputerName) {
        Write-Verbose "Asking $computer"
        $disks = Get-WmiObject -Class Win32_LogicalDisk -Filter "DriveType = 3" -ComputerName $computer -ErrorAction Stop
        foreach ($disk in $disks) {
            $percent = [math]::Round(100 * $disk.FreeSpace / $disk.Size, 1)
            $row = New-Object PSObject -Property @{
                Server  = $computer
                Drive   = $disk.DeviceID
                SizeGB  = "{0:N2}" -f ($disk.Size / 1GB)
                FreeGB  = "{0:N2}" -f ($disk.FreeSpace / 1GB)
                Percent = $percent
                Low     = $percent -lt $Threshold
            }
            $rows += $row
        }
    }
}

end {
    $html = $rows | Sort-Object Server, Drive |
        Select-Object Server, Drive, SizeGB, FreeGB, @{ Name = 'Free %'; Expression = { "{0:0.0}" -f $_.Percent } }, Low |
        ConvertTo-Html -Head $style -Title 'Disks' -PreContent "<h1>Disks of $($ComputerName -join ', ')</h1>"
    $html = $html -replace '<td>True</td>', '<td class="low">True</td>'
    $html | Set-Content $ReportPath
    $low = @($rows | Where-Object { $_.Low })
    if ($low.Count -gt 0) {
        $subject = "{0} disk(s) low on {1}" -f $low.Count, (($low | Select-Object -ExpandProperty Server | Sort-Object -Unique) -join ', ')
        Write-Warning $subject
    }
    "{0} disks, {1} low" -f $rows.Count, $low.Count
    (Get-Content $ReportPath | Select-String 'class="low"' | Measure-Object).Count
}
