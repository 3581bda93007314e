# One detached job, started by the Task Scheduler in its folder. Constant text: what it runs is named by manifest.ps1
# and checked by SHA-256. Its file 'started' can be made once only; whoever comes second ends without a trace.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
$ExmFolder = Split-Path -Parent $MyInvocation.MyCommand.Path

function Write-ExmNew {
    param([string]$Path, [string]$Text)
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text)
    $file = New-Object System.IO.FileStream($Path, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write, [System.IO.FileShare]::Read, 4096, [System.IO.FileOptions]::WriteThrough)
    try { $file.Write($bytes, 0, $bytes.Length); $file.Flush() }
    finally { $file.Close() }
}

$ExmJob = & ([ScriptBlock]::Create([System.IO.File]::ReadAllText((Join-Path $ExmFolder 'manifest.ps1'))))

# A lease that was taken over after this task was registered starts nothing any more.
$ExmOwner = [System.IO.File]::ReadAllText((Join-Path (Split-Path -Parent (Split-Path -Parent $ExmFolder)) 'owner'))
if ($ExmOwner -ne "run=$($ExmJob.run)`nfence=$($ExmJob.fence)`ntoken=$($ExmJob.token)`n") { exit 5 }

$ExmBegan = [System.Diagnostics.Process]::GetCurrentProcess().StartTime.ToUniversalTime().ToString('o')
try { Write-ExmNew (Join-Path $ExmFolder 'started') "pid=$PID`nstart=$ExmBegan`nboot=$(Get-ExmBootId)`n" }
catch {
    if ([System.IO.File]::Exists((Join-Path $ExmFolder 'started'))) { exit 0 }
    throw
}

$ExmLogStream = New-Object System.IO.FileStream((Join-Path $ExmFolder 'log'), [System.IO.FileMode]::Append, [System.IO.FileAccess]::Write, [System.IO.FileShare]::ReadWrite)
$ExmLog = New-Object System.IO.StreamWriter($ExmLogStream, (New-Object System.Text.UTF8Encoding($false)))
$ExmLog.AutoFlush = $true

# What scripts print is the job's log; nobody sees a task's console.
function Write-Host {
    param([Parameter(Position = 0, ValueFromRemainingArguments = $true)]$Object, [switch]$NoNewline, $Separator = ' ', $ForegroundColor, $BackgroundColor)
    $ExmLog.WriteLine((@($Object) -join [string]$Separator))
}

function Read-ExmScript {
    param([string]$Sha)
    $bytes = [System.IO.File]::ReadAllBytes((Join-Path $ExmFolder ($Sha + '.ps1')))
    if ((Get-ExmSha256 $bytes) -ne $Sha) { throw "EXM-DIGEST: script $Sha has been altered on this server" }
    return [ScriptBlock]::Create([System.Text.Encoding]::UTF8.GetString($bytes))
}

$ExmAnswer = @{ v = 1; result = $null; error = $null; job = $ExmJob.job }
do {
    try {
        $ExmBlocks = @()
        foreach ($ExmSha in $ExmJob.libraries) { $ExmBlocks += Read-ExmScript $ExmSha }
        $ExmBlocks += Read-ExmScript $ExmJob.script
        $ExmOutput = New-Object System.Collections.ArrayList
        & {
            param($ExmParts, $ExmFunction, $ExmArgument)
            foreach ($ExmPart in $ExmParts) { . $ExmPart }
            & $ExmFunction $ExmArgument
        } $ExmBlocks $ExmJob.function $ExmJob.argument | ForEach-Object {
            # Progress goes to the log as it comes; only objects that may be the result are kept.
            if ($_ -is [string]) { $ExmLog.WriteLine($_) } else { [void]$ExmOutput.Add($_) }
        }
        $ExmAnswer.result = Select-ExmResult $ExmOutput
        if ($null -eq $ExmAnswer.result) {
            $ExmAnswer.error = @{ message = "$($ExmJob.function) returned no result."; id = 'ExmNoResult' }
        }
    }
    catch { $ExmAnswer.error = ConvertTo-ExmError $_ @() }
    $ExmEnded = $true
} while ($false)
if (-not $ExmEnded) { $ExmAnswer.error = @{ message = "$($ExmJob.function) left its scope by break."; id = 'ExmNoResult' } }

if ($ExmAnswer.error) { $ExmLog.WriteLine('error: ' + $ExmAnswer.error.message) }
try { $ExmText = ConvertTo-ExmJson $ExmAnswer }
catch { $ExmText = ConvertTo-ExmJson @{ v = 1; error = (ConvertTo-ExmError $_ @()) } }
$ExmLog.Close()
$ExmPart = Join-Path $ExmFolder 'receipt.part'
if ([System.IO.File]::Exists($ExmPart)) { [System.IO.File]::Delete($ExmPart) }
Write-ExmNew $ExmPart $ExmText
[System.IO.File]::Move($ExmPart, (Join-Path $ExmFolder 'receipt'))
exit 0
