# Files between controller and server, in pieces, for '$file' arguments. Each function takes one argument object.
# A file is written under another name and moved into place when its SHA-256 is right.

$ErrorActionPreference = 'Stop'

function Get-FileSha256 {
    param([string]$Path)
    $stream = [System.IO.File]::OpenRead($Path)
    try { $hash = (New-Object System.Security.Cryptography.SHA256Managed).ComputeHash($stream) }
    finally { $stream.Close() }
    return ([System.BitConverter]::ToString($hash) -replace '-', '').ToLower()
}

function Write-Piece {
    param($a)
    if (-not [System.IO.Directory]::Exists($a.folder)) { [void][System.IO.Directory]::CreateDirectory($a.folder) }
    $target = [System.IO.Path]::Combine($a.folder, $a.name)
    if ([System.IO.File]::Exists($target) -and (Get-FileSha256 $target) -eq $a.sha256) { return @{ state = 'there'; facts = @{ path = $target } } }
    $part = $target + '.part'
    $mode = [System.IO.FileMode]::Append
    if ($a.offset -eq 0) { $mode = [System.IO.FileMode]::Create }
    $bytes = [System.Convert]::FromBase64String($a.data)
    $stream = New-Object System.IO.FileStream($part, $mode, [System.IO.FileAccess]::Write)
    try { $stream.Write($bytes, 0, $bytes.Length) } finally { $stream.Close() }
    if (-not $a.last) { return @{ state = 'more' } }
    if ((Get-FileSha256 $part) -ne $a.sha256) { throw "The file $($a.name) arrived damaged." }
    if ([System.IO.File]::Exists($target)) { [System.IO.File]::Delete($target) }
    [System.IO.File]::Move($part, $target)
    return @{ state = 'there'; facts = @{ path = $target } }
}

function Read-Piece {
    param($a)
    $stream = [System.IO.File]::OpenRead($a.path)
    try {
        [void]$stream.Seek([long]$a.offset, [System.IO.SeekOrigin]::Begin)
        $buffer = New-Object byte[] $a.limit
        $count = $stream.Read($buffer, 0, $buffer.Length)
        return @{ state = 'read'; facts = @{ size = [long]$stream.Length; data = [System.Convert]::ToBase64String($buffer, 0, $count) } }
    }
    finally { $stream.Close() }
}

function Remove-Streamed {
    param($a)
    if ([System.IO.File]::Exists($a.path)) { [System.IO.File]::Delete($a.path) }
    return @{ state = 'gone' }
}
