# Microsoft's own scripts of Exchange, run from their folder because some call each other by relative path.

# The Scripts folder of the Exchange installed here: a server only ever has one version.
function Get-ScriptFolder {
    foreach ($key in 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup', 'HKLM:\SOFTWARE\Microsoft\Exchange\v8.0\Setup') {
        if (Test-Path $key) { return Join-Path ([string](Get-ItemProperty -Path $key -ErrorAction Stop).MsiInstallPath) 'Scripts' }
    }
    throw 'Exchange is not installed on this server.'
}

function Invoke-ExchangeScript {
    param([string]$Name, [hashtable]$Parameters)
    $folder = Get-ScriptFolder
    $path = Join-Path $folder $Name
    if (-not (Test-Path $path)) { throw "$path is missing: Exchange is not whole on this server." }
    Push-Location $folder
    try { & $path @Parameters }
    finally { Pop-Location }
}
