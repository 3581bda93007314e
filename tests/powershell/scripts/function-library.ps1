<#
    A library of functions as scripts dot-source it.
#>
$script:Defaults = @{ Encoding = 'ASCII'; Force = $true }

filter ConvertTo-Size {
    switch ($_) {
        { $_ -ge 1TB } { '{0:N2} TB' -f ($_ / 1TB); break }
        { $_ -ge 1GB } { '{0:N2} GB' -f ($_ / 1GB); break }
        { $_ -ge 1MB } { '{0:N2} MB' -f ($_ / 1MB); break }
        { $_ -ge 1KB } { '{0:N2} KB' -f ($_ / 1KB); break }
        default { "$_ B" }
    }
}

function Get-Inventory {
    <#
    .SYNOPSIS
        What a server is.
    .DESCRIPTION
        Reads the operating system and the services that should run and do not.
    .PARAMETER Name
        The server.
    .EXAMPLE
        'SERVER01' | Get-Inventory | Format-List
    #>
    [CmdletBinding(DefaultParameterSetName = 'Short')]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true, Position = 0)]
        [Alias('ComputerName', 'CN')]
        [ValidatePattern('^[A-Za-z0-9-]{1,15}$')]
        [string[]]$Name,
        [Parameter(ParameterSetName = 'Long')][switch]$Full
    )
    begin { $count = 0 }
    process {
        foreach ($one in $Name) {
            $count++
            $os = Get-WmiObject Win32_OperatingSystem -ComputerName $one
            $properties = @{
                Server   = $one
                System   = $os.Caption.Trim()
                Boot     = [Management.ManagementDateTimeConverter]::ToDateTime($os.LastBootUpTime).Year
                Memory   = [long]$os.TotalVisibleMemorySize * 1KB | ConvertTo-Size
                Stopped  = @(Get-WmiObject Win32_Service -Filter "StartMode='Auto' and State<>'Running'" | ForEach-Object { $_.Name })
            }
            if ($PSCmdlet.ParameterSetName -eq 'Long') { $properties.Version = [version]$os.Version }
            New-Object PSObject -Property $properties
        }
    }
    end { Write-Verbose "$count server(s)" }
}

function Out-Report {
    param([Parameter(ValueFromPipeline = $true)]$InputObject, [string]$Path)
    begin { $all = New-Object System.Collections.ArrayList }
    process { [void]$all.Add($InputObject) }
    end {
        $options = $script:Defaults
        $all | Format-Table Server, System, Memory -AutoSize | Out-String -Width 100 | Out-File -FilePath $Path @options
    }
}

'SERVER01' | Get-Inventory -Full -Verbose | ForEach-Object {
    "$($_.Server)|$($_.System)|$($_.Memory)|$($_.Stopped -join ',')|$($_.Version.Major)"
}
try { Get-Inventory -Name 'not a server' } catch { $_.FullyQualifiedErrorId }
Get-Inventory SERVER01 | Out-Report -Path C:\Reports\inventory.txt
(Get-Content C:\Reports\inventory.txt | Where-Object { $_.Trim() }).Count
(Get-Help Get-Inventory).Synopsis
512, 2048, 5MB, 3GB, 2TB | ConvertTo-Size
