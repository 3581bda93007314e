[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [string[]]$Name,
    [int]$Retries = 3,
    [int]$WaitSeconds = 5
)

function Write-Log {
    param([Parameter(Mandatory = $true)][string]$Message, [ValidateSet('INFO', 'WARN', 'ERROR')][string]$Level = 'INFO')
    $line = '{0:yyyy-MM-dd HH:mm:ss} [{1,-5}] {2}' -f (Get-Date), $Level, $Message
    Add-Content -Path C:\Reports\services.log -Value $line
    if ($Level -eq 'ERROR') { Write-Error $Message -ErrorAction Continue }
}

foreach ($one in $Name) {
    $service = Get-Service -Name $one -ErrorAction SilentlyContinue
    if (-not $service) { Write-Log "There is no service $one" -Level ERROR; continue }
    if ($service.Status -eq 'Running') { Write-Log "$one runs"; continue }
    $mode = (Get-WmiObject Win32_Service -Filter "Name='$one'").StartMode
    if ($mode -eq 'Disabled') { Write-Log "$one is disabled" -Level WARN; continue }
    :attempt for ($i = 1; $i -le $Retries; $i++) {
        if (-not $PSCmdlet.ShouldProcess($one, "Start attempt $i")) { break attempt }
        try {
            Start-Service -Name $one -ErrorAction Stop
            $service.WaitForStatus('Running', [timespan]::FromSeconds($WaitSeconds))
            Write-Log "$one started at attempt $i"
            break attempt
        }
        catch {
            Write-Log "$one attempt ${i}: $_" -Level WARN
            Start-Sleep -Seconds $WaitSeconds
        }
    }
}
Get-Service $Name -ErrorAction SilentlyContinue | Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Status)" }
Get-Content C:\Reports\services.log | ForEach-Object { $_ -replace '^\S+ \S+ ', '' }
