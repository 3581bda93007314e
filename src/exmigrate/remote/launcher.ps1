# Detached jobs on the server. Loaded behind json.ps1 and machine.ps1; each function takes one argument object.
#
# Needs of Windows: .NET file streams (CreateNew, Append, WriteThrough), icacls.exe, the Task Scheduler's COM interface
# Schedule.Service (NewTask, RegisterTaskDefinition with a password, GetTask, Run, DeleteTask), Get-Process. Windows 2003 has
# neither that interface nor icacls /inheritance: there tasks-2003.ps1, loaded before, and .NET access rules do it.
#
# A job's folder is <run root>\<run>\<job id>: job.ps1 (constant), manifest.ps1 (one literal), <sha256>.ps1 for each
# script, started (made once, by the job itself), log (append-only), receipt (moved into place when it is whole).

function Test-ExmName {
    param([string]$Name)
    if ($Name -notmatch '^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$') { throw "Not a name for a run or a job: $Name" }
}

# Only administrators and the system see what runs and what it was given.
function New-ExmFolder {
    param([string]$Path)
    if ([System.IO.Directory]::Exists($Path)) { return }
    [void][System.IO.Directory]::CreateDirectory($Path)
    if (Test-ExmOldScheduler) { Protect-ExmOldFolder $Path; return }
    $out = & icacls.exe $Path /inheritance:r /grant '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' 2>&1
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect ${Path}: $out" }
}

function Write-ExmFile {
    param([string]$Path, [byte[]]$Bytes, $Mode)
    $file = New-Object System.IO.FileStream($Path, $Mode, [System.IO.FileAccess]::Write, [System.IO.FileShare]::Read, 4096, [System.IO.FileOptions]::WriteThrough)
    try { $file.Write($Bytes, 0, $Bytes.Length); $file.Flush() }
    finally { $file.Close() }
}

function Write-ExmWhole {
    param([string]$Path, [string]$Text)
    $part = $Path + '.part'
    Write-ExmFile $part ([System.Text.Encoding]::UTF8.GetBytes($Text)) ([System.IO.FileMode]::Create)
    if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Delete($Path) }
    [System.IO.File]::Move($part, $Path)
}

# Lines "name=value" of a small file; nothing where there is none.
function Read-ExmLines {
    param([string]$Path)
    $found = @{}
    if (-not [System.IO.File]::Exists($Path)) { return $found }
    foreach ($line in [System.IO.File]::ReadAllText($Path).Split("`n")) {
        $at = $line.IndexOf('=')
        if ($at -gt 0) { $found[$line.Substring(0, $at).Trim()] = $line.Substring($at + 1).Trim() }
    }
    return $found
}

# The server belongs to one run at a time, and to the newest holder of that run's lease.
function Assert-ExmFence {
    param($Argument)
    $owner = Read-ExmLines (Join-Path $Argument.root 'owner')
    if ($owner.run -and $owner.run -ne $Argument.run -and $owner.run -ne $Argument.takeover) {
        throw "EXM-FOREIGN-RUN: this server is held by run $($owner.run)"
    }
    if ($owner.run -eq $Argument.run -and $owner.fence) {
        $held = [long]$owner.fence
        if ($held -gt [long]$Argument.fence -or ($held -eq [long]$Argument.fence -and $owner.token -ne $Argument.token)) {
            throw "EXM-OLD-FENCE: the lease $($Argument.fence) has been taken over by $held"
        }
        if ($held -eq [long]$Argument.fence) { return }
    }
    Write-ExmWhole (Join-Path $Argument.root 'owner') "run=$($Argument.run)`nfence=$($Argument.fence)`ntoken=$($Argument.token)`n"
}

function Lock-ExmRoot {
    param([string]$Root)
    for ($try = 0; $try -lt 50; $try++) {
        try {
            return New-Object System.IO.FileStream((Join-Path $Root 'lock'), [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::None)
        }
        catch { Start-Sleep -Milliseconds 100 }
    }
    throw 'EXM-BUSY: another controller works in the run root'
}

# Claims the server for a run under a fence, without starting anything.
function Set-ExmFence {
    param($Argument)
    Test-ExmName $Argument.run
    New-ExmFolder $Argument.root
    $lock = Lock-ExmRoot $Argument.root
    try { Assert-ExmFence $Argument }
    finally { $lock.Close() }
    return @{ state = 'claimed' }
}

function Save-ExmScript {
    param([string]$Folder, $File)
    $bytes = [System.Text.Encoding]::UTF8.GetBytes([string]$File.text)
    if ((Get-ExmSha256 $bytes) -ne $File.sha256) { throw "EXM-DIGEST: $($File.name) arrived with another SHA-256" }
    $path = Join-Path $Folder $File.name
    Write-ExmFile $path $bytes ([System.IO.FileMode]::Create)
    if ((Get-ExmSha256 ([System.IO.File]::ReadAllBytes($path))) -ne $File.sha256) { throw "EXM-DIGEST: $path was not stored as sent" }
}

# Stores a job and starts its task. Safe to repeat under the same id: a started job is not touched, and of two tasks
# that are started for one id only the one that makes the file 'started' runs.
function Submit-ExmJob {
    param($Argument)
    Test-ExmName $Argument.run
    Test-ExmName $Argument.job
    if (Test-ExmOldScheduler) { Assert-ExmOldTask $Argument }
    New-ExmFolder $Argument.root
    $lock = Lock-ExmRoot $Argument.root
    try {
        Assert-ExmFence $Argument
        $folder = Join-Path (Join-Path $Argument.root $Argument.run) $Argument.job
        if ([System.IO.File]::Exists((Join-Path $folder 'started'))) { return @{ state = 'submitted'; facts = @{ already = $true } } }
        New-ExmFolder (Join-Path $Argument.root $Argument.run)
        New-ExmFolder $folder
        foreach ($file in $Argument.files) { Save-ExmScript $folder $file }
        if (Test-ExmOldScheduler) { Start-ExmOldTask $Argument $folder } else { Start-ExmTask $Argument $folder }
    }
    finally { $lock.Close() }
    return @{ state = 'submitted'; facts = @{ already = $false } }
}

function Get-ExmTaskName {
    param($Argument)
    return 'exmigrate-' + $Argument.run + '-' + $Argument.job
}

# The password goes to the scheduler's own store and on no command line. A group managed account has none.
function Start-ExmTask {
    param($Argument, [string]$Folder)
    $service = New-Object -ComObject Schedule.Service
    $service.Connect()
    $task = $service.NewTask(0)
    $task.RegistrationInfo.Description = 'exmigrate job ' + $Argument.job
    $task.Settings.ExecutionTimeLimit = 'PT0S'
    $task.Settings.DisallowStartIfOnBatteries = $false
    $task.Settings.StopIfGoingOnBatteries = $false
    $task.Settings.MultipleInstances = 2
    $task.Principal.RunLevel = 1
    $action = $task.Actions.Create(0)
    $action.Path = 'powershell.exe'
    $action.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "' + (Join-Path $Folder 'job.ps1') + '"'
    $action.WorkingDirectory = $Folder
    $user = [string]$Argument.user
    $password = $null
    $kind = 5
    if ($Argument.account -eq 'password') { $password = [string]$Argument.password; $kind = 1 }
    elseif ($Argument.account -eq 'managed') { $kind = 1 }
    else { $user = 'SYSTEM' }
    $root = $service.GetFolder('\')
    # 6: create or update. 0x8007052E: unknown user name or bad password; a second attempt could lock the account.
    try { $registered = $root.RegisterTaskDefinition((Get-ExmTaskName $Argument), $task, 6, $user, $password, $kind, $null) }
    catch {
        if ("$($_.Exception.Message)" -match '8007052E') { throw "EXM-ACCOUNT: Windows does not take ${user}: $($_.Exception.Message)" }
        throw
    }
    [void]$registered.Run($null)
}

# What is there of a job, and whether its process lives: same pid, same start, same boot.
function Get-ExmJob {
    param($Argument)
    $folder = Join-Path (Join-Path $Argument.root $Argument.run) $Argument.job
    $boot = Get-ExmBootId
    $facts = @{
        machine_id = Get-ExmMachineId; boot_id = $boot; directory = [System.IO.Directory]::Exists($folder)
        started = $false; alive = $false; pid = 0; process_start = ''; started_boot = ''; receipt = ''; log_size = 0
    }
    # The job makes this file and then writes it, before it does anything else: without its last line nothing has begun.
    $began = Read-ExmLines (Join-Path $folder 'started')
    if ($began.boot) {
        $facts.started = $true
        $facts.pid = [int]$began.pid
        $facts.process_start = [string]$began.start
        $facts.started_boot = [string]$began.boot
        $facts.alive = ($began.boot -eq $boot) -and (Test-ExmProcess $facts.pid $began.start)
    }
    $log = Join-Path $folder 'log'
    if ([System.IO.File]::Exists($log)) { $facts.log_size = [long](New-Object System.IO.FileInfo($log)).Length }
    $receipt = Join-Path $folder 'receipt'
    if ([System.IO.File]::Exists($receipt)) { $facts.receipt = [Convert]::ToBase64String([System.IO.File]::ReadAllBytes($receipt)) }
    return @{ state = 'read'; facts = $facts }
}

function Test-ExmProcess {
    param([int]$Id, [string]$Start)
    $found = Get-Process -Id $Id -ErrorAction SilentlyContinue
    if ($null -eq $found) { return $false }
    return $found.StartTime.ToUniversalTime().ToString('o') -eq $Start
}

function Read-ExmLog {
    param($Argument)
    $folder = Join-Path (Join-Path $Argument.root $Argument.run) $Argument.job
    $path = Join-Path $folder 'log'
    if (-not [System.IO.File]::Exists($path)) { return @{ state = 'read'; facts = @{ data = '' } } }
    $file = New-Object System.IO.FileStream($path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]::ReadWrite)
    try {
        [void]$file.Seek([long]$Argument.offset, [System.IO.SeekOrigin]::Begin)
        $buffer = New-Object byte[] ([int]$Argument.limit)
        $read = $file.Read($buffer, 0, $buffer.Length)
    }
    finally { $file.Close() }
    return @{ state = 'read'; facts = @{ data = [Convert]::ToBase64String($buffer, 0, $read) } }
}

# Takes the finished job's task, with its stored password, off the server. The folder stays as evidence.
function Remove-ExmTask {
    param($Argument)
    $name = Get-ExmTaskName $Argument
    if (Test-ExmOldScheduler) { Remove-ExmOldTask $name; return @{ state = 'removed' } }
    $service = New-Object -ComObject Schedule.Service
    $service.Connect()
    $root = $service.GetFolder('\')
    try { [void]$root.GetTask($name) }
    catch { return @{ state = 'removed' } }
    $root.DeleteTask($name, 0)
    return @{ state = 'removed' }
}
