# Microsoft's own scripts of Exchange 2010, run from their folder because some call each other by relative path.
function Invoke-ExchangeScript {
    param([string]$Name, [hashtable]$Parameters)
    $root = [string](Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup' -ErrorAction Stop).MsiInstallPath
    $folder = Join-Path $root 'Scripts'
    $path = Join-Path $folder $Name
    if (-not (Test-Path $path)) { throw "$path is missing: Exchange 2010 is not whole on this server." }
    Push-Location $folder
    try { & $path @Parameters }
    finally { Pop-Location }
}
