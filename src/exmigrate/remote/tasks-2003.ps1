# The Task Scheduler of Windows 2003: schtasks.exe, and a password that stands on its command line while it runs.
#
# Needs of Windows: schtasks.exe (/create without /f and /rl, /run, /query /fo csv, /delete /f), .NET 2.0 access rules.

function Test-ExmOldScheduler { return [Environment]::OSVersion.Version.Major -lt 6 }

# Administrators and the system, and nothing inherited; icacls.exe has no /inheritance there.
function Protect-ExmOldFolder {
    param([string]$Path)
    $rules = New-Object System.Security.AccessControl.DirectorySecurity
    $rules.SetSecurityDescriptorSddlForm('D:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)')
    [System.IO.Directory]::SetAccessControl($Path, $rules)
}

# What a job there must not be, said before anything of it lies on the server.
function Assert-ExmOldTask {
    param($Argument)
    if ($Argument.account -eq 'managed') {
        throw "EXM-NO-PASSWORD: Windows 2003 knows no managed accounts, and the plan names no password of $($Argument.user)."
    }
    if ($Argument.account -eq 'password') {
        if (-not $Argument.exposed) { throw "EXM-EXPOSURE: $($Argument.user)" }
        # What schtasks.exe would ask for, take for an option, or not get whole.
        if ([string]$Argument.password -match '^$|^\*$|^[/-]|[\x00-\x1f]') {
            throw "EXM-ACCOUNT: schtasks.exe cannot take the password of $($Argument.user): it is empty, an asterisk, begins with / or -, or has a control character"
        }
    }
    if ($Argument.root -notmatch '^[A-Za-z]:(\\[A-Za-z0-9._-]+)+$') {
        throw "EXM-ROOT: on Windows 2003 the run root has letters, digits, dots, hyphens and underscores only: $($Argument.root)"
    }
    if ((Get-ExmOldCommand $Argument).Length -gt 261) { throw "EXM-ROOT: on Windows 2003 the run root is too long: $($Argument.root)" }
}

# No word of it needs quotes, because the run root has no blanks.
function Get-ExmOldCommand {
    param($Argument)
    return 'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File ' + $Argument.root + '\' + $Argument.run + '\' + $Argument.job + '\job.ps1'
}

# One word of a command line as a program's start code reads it: backslashes count before a quote only.
function ConvertTo-ExmWord {
    param([string]$Text)
    $quoted = [regex]::Replace($Text, '(\\*)"', '$1$1\"')
    $quoted = [regex]::Replace($quoted, '(\\+)$', '$1$1')
    return '"' + $quoted + '"'
}

# Runs schtasks.exe without a shell between: nothing reads its words but itself. Its input is closed, so that it never asks.
function Invoke-ExmSchtasks {
    param([string[]]$Words)
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = Join-Path ([Environment]::SystemDirectory) 'schtasks.exe'
    $quoted = @($Words | ForEach-Object { ConvertTo-ExmWord $_ })
    $start.Arguments = $quoted -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $out = $process.StandardOutput.ReadToEnd()
    $err = $process.StandardError.ReadToEnd()
    $process.WaitForExit()
    return @{ code = $process.ExitCode; out = [string]$out; text = ("$out $err" -replace '\s+', ' ').Trim() }
}

# The task's line of the list, as its values in order; nothing where there is none. Column names are translated.
function Get-ExmOldTask {
    param([string]$Name)
    $seen = Invoke-ExmSchtasks @('/query', '/fo', 'csv', '/v')
    if ($seen.code -ne 0) { throw "schtasks /query ended with $($seen.code): $($seen.text)" }
    $header = @(1..40 | ForEach-Object { "c$_" })
    foreach ($row in @($seen.out -split "`r?`n" | Where-Object { $_ -match '^"' } | ConvertFrom-Csv -Header $header)) {
        if ($row.c2 -eq $Name) { return @($header | ForEach-Object { [string]$row.$_ }) }
    }
}

function Remove-ExmOldTask {
    param([string]$Name)
    if (@(Get-ExmOldTask $Name).Count -eq 0) { return }
    $done = Invoke-ExmSchtasks @('/delete', '/tn', $Name, '/f')
    if ($done.code -ne 0 -and @(Get-ExmOldTask $Name).Count) { throw "schtasks /delete ended with $($done.code): $($done.text)" }
}

# An account as Windows writes it: DOMAIN\name.
function Get-ExmAccountName {
    param([string]$User)
    if ($User -notlike '*@*') { return $User }
    $sid = (New-Object System.Security.Principal.NTAccount($User)).Translate([System.Security.Principal.SecurityIdentifier])
    return $sid.Translate([System.Security.Principal.NTAccount]).Value
}

function Start-ExmOldTask {
    param($Argument, [string]$Folder)
    $name = Get-ExmTaskName $Argument
    Remove-ExmOldTask $name
    # Midnight of today is over: the task starts when it is told to, and never by itself.
    $words = @('/create', '/tn', $name, '/tr', (Get-ExmOldCommand $Argument), '/sc', 'once', '/st', '00:00:00', '/ru')
    $user = 'SYSTEM'
    if ($Argument.account -eq 'password') {
        $user = Get-ExmAccountName $Argument.user
        $words += @($user, '/rp', [string]$Argument.password)
    }
    else { $words += $user }
    $made = Invoke-ExmSchtasks $words
    if ($made.code -ne 0) { throw "schtasks /create ended with $($made.code): $($made.text)" }
    # A wrong password makes a task all the same, with a warning in Windows' own language: it has no account then.
    if ($Argument.account -eq 'password' -and @(Get-ExmOldTask $name) -notcontains $user) {
        Remove-ExmOldTask $name
        throw "EXM-ACCOUNT: Windows does not take ${user} with the password that it got: $($made.text)"
    }
    $run = Invoke-ExmSchtasks @('/run', '/tn', $name)
    if ($run.code -ne 0) { throw "schtasks /run ended with $($run.code): $($run.text)" }
}
