# Setup media on this server: copied whole, with the digest the plan names.

# SHA-256 of a file as capital hexadecimal; PowerShell 2 has no Get-FileHash.
function Get-Sha256 {
    param([string]$Path)
    try { $algorithm = New-Object Security.Cryptography.SHA256Managed }
    catch { $algorithm = New-Object Security.Cryptography.SHA256CryptoServiceProvider }
    $stream = [IO.File]::OpenRead($Path)
    try { return ([BitConverter]::ToString($algorithm.ComputeHash($stream)) -replace '-', '') }
    finally { $stream.Close() }
}

# The file that stands for a medium: the file itself, or media.sha256 (relative path and hash a line) of a folder.
function Get-MediumFile {
    param($Medium, [string]$At)
    if ($Medium.source -match '\.(msp|exe|msi|iso)$') { return Join-Path $At (Split-Path $Medium.source -Leaf) }
    return Join-Path $At 'media.sha256'
}

# Why a staged medium is not what the plan names; '' where it is.
function Get-MediumFault {
    param($Medium)
    if (-not (Test-Path $Medium.folder)) { return "$($Medium.folder) does not exist" }
    $file = Get-MediumFile -Medium $Medium -At $Medium.folder
    if ($Medium.sha256) {
        if (-not (Test-Path $file)) { return "$file is missing" }
        $found = Get-Sha256 $file
        if ($found -ne $Medium.sha256.ToUpper()) { return "$file has the SHA-256 $found, the plan names $($Medium.sha256.ToUpper())" }
    }
    if ($Medium.kind -ne 'setup') { return '' }
    if (@('2000', '2003') -contains $Medium.version) {
        if (-not (Get-UpdateProgram $Medium.folder)) { return "update.exe is not below $($Medium.folder)" }
        return Get-ManifestFault -Folder $Medium.folder -Manifest $file
    }
    if (-not (Test-Path (Join-Path $Medium.folder 'setup.com'))) { return "setup.com is not in $($Medium.folder)" }
    $program = Join-Path $Medium.folder 'Setup\ServerRoles\Common\ExSetup.exe'
    if ($Medium.build -and (Test-Path $program)) {
        $found = [string](Get-Item $program).VersionInfo.FileVersion
        if (-not (Test-Build $found $Medium.build)) { return "ExSetup.exe is build $found, the plan names $($Medium.build)" }
    }
    return Get-ManifestFault -Folder $Medium.folder -Manifest $file
}

# update.exe of an unpacked service pack of Exchange 2000 or 2003, wherever in it; nothing where there is none.
function Get-UpdateProgram {
    param([string]$Folder)
    foreach ($file in @(Get-ChildItem -Path $Folder -Recurse -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq 'update.exe' })) { return [string]$file.FullName }
}

# Every file that a manifest names, hashed; '' where all agree or there is no manifest.
function Get-ManifestFault {
    param([string]$Folder, [string]$Manifest)
    if (-not (Test-Path $Manifest)) { return '' }
    foreach ($line in @(Get-Content -Path $Manifest)) {
        if ($line -notmatch '^\s*([0-9A-Fa-f]{64})\s+\*?(.+?)\s*$') { continue }
        $wanted = $matches[1].ToUpper(); $name = $matches[2]
        $path = Join-Path $Folder $name
        if (-not (Test-Path $path)) { return "$name is missing" }
        if ((Get-Sha256 $path) -ne $wanted) { return "$name differs from the manifest" }
    }
    return ''
}
