# The loop inside the kept PowerShell process: reads calls from standard input, runs each in a fresh scope, answers in
# frames on standard output. The protocol is described in framing.py. Everything stays ASCII on the wire.
# $ExmReader is what the bootstrap read this text from; its first line is the process's mark.

$ErrorActionPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$ConfirmPreference = 'None'

$ExmMark = $ExmReader.ReadLine()
$ExmOut = [Console]::Out
$ExmBlobs = @{}
$ExmPieces = @{}
$ExmBlocks = @{}
$ExmAnswers = @{}
$ExmAcknowledged = @{}

# One write an answer: each write may travel as a message of its own.
function Send-ExmFrames {
    param([string]$Id)
    $text = $ExmAnswers[$Id]
    $frames = New-Object System.Text.StringBuilder
    [void]$frames.Append("`n")
    $pieces = 0
    for ($at = 0; $at -lt $text.Length; $at += 8000) {
        $piece = $text.Substring($at, [Math]::Min(8000, $text.Length - $at))
        [void]$frames.Append($ExmMark + ' F ' + $Id + ' ' + $pieces + ' ' + $piece + "`n")
        $pieces++
    }
    $size = ($text.Length / 4) * 3
    if ($text.EndsWith('==')) { $size -= 2 } elseif ($text.EndsWith('=')) { $size -= 1 }
    [void]$frames.Append($ExmMark + ' E ' + $Id + ' ' + $pieces + ' ' + $size + "`n")
    $ExmOut.Write($frames.ToString())
    $ExmOut.Flush()
}

function Send-ExmLine {
    param([string]$Text)
    $ExmOut.WriteLine($ExmMark + ' ' + $Text)
    $ExmOut.Flush()
}

function Add-ExmPiece {
    param([string]$Sha, [int]$Index, [int]$Count, [string]$Text)
    if ($ExmBlobs.ContainsKey($Sha)) { return }
    if (-not $ExmPieces.ContainsKey($Sha)) { $ExmPieces[$Sha] = @{} }
    $found = $ExmPieces[$Sha]
    $found[$Index] = $Text
    if ($found.Count -lt $Count) { return }
    $whole = New-Object System.Text.StringBuilder
    for ($i = 0; $i -lt $Count; $i++) { [void]$whole.Append($found[$i]) }
    $ExmPieces.Remove($Sha)
    $bytes = [Convert]::FromBase64String($whole.ToString())
    if ((Get-ExmSha256 $bytes) -eq $Sha) { $ExmBlobs[$Sha] = [System.Text.Encoding]::UTF8.GetString($bytes) }
}

# A script block for each text, made once per process.
function Get-ExmBlock {
    param([string]$Sha)
    if (-not $ExmBlocks.ContainsKey($Sha)) { $ExmBlocks[$Sha] = [ScriptBlock]::Create($ExmBlobs[$Sha]) }
    return $ExmBlocks[$Sha]
}

function Invoke-ExmCall {
    param($ExmCall)
    $begun = [DateTime]::UtcNow
    $answer = @{ v = 1; result = $null; error = $null; stray = 0 }
    # A stray break or continue in a script ends this loop of one turn, not the host loop.
    do {
        try {
            $blocks = @()
            foreach ($sha in $ExmCall.libraries) { $blocks += Get-ExmBlock $sha }
            $blocks += Get-ExmBlock $ExmCall.script
            $output = @(& {
                    param($ExmParts, $ExmFunction, $ExmArgument)
                    $ErrorActionPreference = 'Stop'
                    foreach ($ExmPart in $ExmParts) { . $ExmPart }
                    & $ExmFunction $ExmArgument
                } $blocks $ExmCall.function $ExmCall.argument)
            $found = Select-ExmResult $output
            if ($null -ne $found) { $answer.result = $found; $answer.stray = $output.Count - 1 }
            else {
                $answer.error = @{
                    message = "$($ExmCall.function) returned no result: $($output.Count) objects, none with a state."
                    id = 'ExmNoResult'; category = 'InvalidResult'
                }
            }
        }
        catch { $answer.error = ConvertTo-ExmError $_ $ExmCall.secrets }
        $ended = $true
    } while ($false)
    if (-not $ended) {
        $answer.error = @{ message = "$($ExmCall.function) left its scope by break or continue."; id = 'ExmNoResult' }
    }
    $answer.milliseconds = [long]([DateTime]::UtcNow - $begun).TotalMilliseconds
    return $answer
}

function Get-ExmMissing {
    param($ExmCall)
    foreach ($sha in @($ExmCall.libraries) + @($ExmCall.script)) {
        if ($sha -and -not $ExmBlobs.ContainsKey($sha)) { return $sha }
    }
    return ''
}

function Start-ExmCall {
    param([string]$Id, [string]$Sha)
    if ($ExmAnswers.ContainsKey($Id)) { Send-ExmFrames $Id; return }
    if ($ExmAcknowledged.ContainsKey($Id)) { return }
    if (-not $ExmBlobs.ContainsKey($Sha)) { Send-ExmLine ('M ' + $Id + ' ' + $Sha); return }
    $secrets = @()
    try {
        $call = & ([ScriptBlock]::Create($ExmBlobs[$Sha]))
        $secrets = $call.secrets
        $missing = Get-ExmMissing $call
        if ($missing) { Send-ExmLine ('M ' + $Id + ' ' + $missing); return }
        $ExmBlobs.Remove($Sha)
        $text = ConvertTo-ExmJson (Invoke-ExmCall $call)
    }
    catch { $text = ConvertTo-ExmJson @{ v = 1; error = (ConvertTo-ExmError $_ $secrets) } }
    $ExmAnswers[$Id] = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($text))
    Send-ExmFrames $Id
}

Send-ExmLine ('READY 1 ' + $PID + ' ' + $PSVersionTable.PSVersion)

while ($true) {
    $ExmLine = $ExmReader.ReadLine()
    if ($null -eq $ExmLine) { break }
    $ExmWords = $ExmLine.Trim().Split(' ')
    if ($ExmWords[0] -eq 'D' -and $ExmWords.Length -eq 5) {
        Add-ExmPiece $ExmWords[1] ([int]$ExmWords[2]) ([int]$ExmWords[3]) $ExmWords[4]
    }
    elseif ($ExmWords[0] -eq 'R' -and $ExmWords.Length -eq 3) { Start-ExmCall $ExmWords[1] $ExmWords[2] }
    elseif ($ExmWords[0] -eq 'G' -and $ExmWords.Length -eq 2) {
        if ($ExmAnswers.ContainsKey($ExmWords[1])) { Send-ExmFrames $ExmWords[1] }
        else { Send-ExmLine ('U ' + $ExmWords[1]) }
    }
    elseif ($ExmWords[0] -eq 'A' -and $ExmWords.Length -eq 2) {
        $ExmAnswers.Remove($ExmWords[1])
        $ExmAcknowledged[$ExmWords[1]] = $true
    }
}
