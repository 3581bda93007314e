# Exchange Setup: how far a role is on this server, and one run of setup.com that is watched to its end.

$SetupRoles = @{
    cas = 'ClientAccess'; hub = 'HubTransport'; um = 'UnifiedMessaging'; mailbox = 'Mailbox'; edge = 'EdgeTransport'
}

function Get-SetupRoot {
    param([string]$Version)
    if ($Version -eq '2007') { return 'HKLM:\SOFTWARE\Microsoft\Exchange\v8.0' }
    return 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14'
}

# { configured: version text or '', unpacked, watermark: what Setup left when it did not end }
function Get-RoleState {
    param([string]$Version, [string]$Role)
    $state = @{ configured = ''; unpacked = ''; watermark = '' }
    $key = Join-Path (Get-SetupRoot $Version) ($SetupRoles[$Role] + 'Role')
    if (-not (Test-Path $key)) { return $state }
    $values = Get-ItemProperty -Path $key
    if ($values.ConfiguredVersion) { $state.configured = [string]$values.ConfiguredVersion }
    if ($values.UnpackedVersion) { $state.unpacked = [string]$values.UnpackedVersion }
    if ($values.Watermark) { $state.watermark = [string]$values.Watermark }
    elseif ($values.Action) { $state.watermark = [string]$values.Action }
    return $state
}

# Any role of any version with a Watermark: a half-done Setup refuses the next one.
function Get-AnyWatermark {
    param([string]$Version)
    foreach ($role in $SetupRoles.Keys) {
        $state = Get-RoleState -Version $Version -Role $role
        if ($state.watermark) { return "$($SetupRoles[$role]): $($state.watermark)" }
    }
    return ''
}

# Bin folder of the installed Exchange with a trailing backslash; '' where none is installed.
function Get-ExchangeFolder {
    param([string]$Version)
    $key = Join-Path (Get-SetupRoot $Version) 'Setup'
    if (-not (Test-Path $key)) { return '' }
    return [string](Get-ItemProperty -Path $key).MsiInstallPath
}

# File version of the installed ExSetup.exe: the only place where an update rollup shows.
function Get-InstalledBuild {
    param([string]$Version)
    $folder = Get-ExchangeFolder $Version
    if (-not $folder) { return '' }
    $program = Join-Path $folder 'Bin\ExSetup.exe'
    if (-not (Test-Path $program)) { return '' }
    return [string](Get-Item $program).VersionInfo.FileVersion
}

# Whether version text a is at least b, part by part: '14.03.0123.004' and '14.3.123.4' are the same.
function Test-Build {
    param([string]$Found, [string]$Wanted)
    if (-not $Found) { return $false }
    if (-not $Wanted) { return $true }
    return ([version]($Found -replace '[^0-9.]', '')) -ge ([version]($Wanted -replace '[^0-9.]', ''))
}

# New lines of Setup's log since the last look. Setup keeps the file open, which Get-Content allows.
function Read-SetupLog {
    param([string]$Log, [int]$From)
    if (-not (Test-Path $Log)) { return @() }
    $lines = @(Get-Content -Path $Log -ErrorAction SilentlyContinue)
    if ($lines.Count -le $From) { return @() }
    return $lines[$From..($lines.Count - 1)]
}

# Runs setup.com to its end, its log on standard output, and gives what the log says of the outcome.
function Invoke-Setup {
    param([string]$Folder, [string]$Arguments)
    $program = Join-Path $Folder 'setup.com'
    if (-not (Test-Path $program)) { throw "setup.com is not in $Folder. Run stage-media for this server again." }
    $log = Join-Path $env:SystemDrive 'ExchangeSetupLogs\ExchangeSetup.log'
    $seen = 0
    if (Test-Path $log) { $seen = @(Get-Content -Path $log).Count }
    Write-Host "$program $Arguments"
    $process = Start-Process -FilePath $program -ArgumentList $Arguments -WorkingDirectory $Folder -PassThru
    $run = @()
    while (-not $process.HasExited) {
        Start-Sleep -Seconds 10
        $new = @(Read-SetupLog -Log $log -From $seen)
        if ($new.Count) { $new | ForEach-Object { Write-Host $_ }; $run += $new; $seen += $new.Count }
    }
    $process.WaitForExit()
    $new = @(Read-SetupLog -Log $log -From $seen)
    if ($new.Count) { $new | ForEach-Object { Write-Host $_ }; $run += $new }
    $errors = @($run | Where-Object { $_ -match '\[ERROR\]' } | ForEach-Object { ($_ -replace '^.*\[ERROR\]\s*', '').Trim() } | Where-Object { $_ } | Select-Object -Unique)
    $success = @($run | Where-Object { $_ -match 'setup operation completed successfully' }).Count -gt 0
    return @{ code = [int]$process.ExitCode; success = $success; errors = $errors; log = $log }
}

# One text for the operator from what Setup left.
function Format-SetupFailure {
    param($Run, [string]$What)
    $why = 'its log names no error'
    if (@($Run.errors).Count) { $why = @($Run.errors | Select-Object -First 3) -join ' | ' }
    return "$What did not complete (exit code $($Run.code)): $why. Log: $($Run.log)"
}

# Check of a role to be installed. Resume: a Watermark of this very role goes on with the same command.
function Test-RoleInstalled {
    param([string]$Version, [string]$Role, [string]$Build)
    $state = Get-RoleState -Version $Version -Role $Role
    $facts = @{ configured = $state.configured; watermark = $state.watermark }
    if ($state.watermark) {
        return New-Needed -Message "Setup of $($SetupRoles[$Role]) stopped half-way at '$($state.watermark)'; running it again goes on from there." -Facts $facts
    }
    if (Test-Build $state.configured $Build) {
        return New-Satisfied -Message "$($SetupRoles[$Role]) $($state.configured) is installed." -Facts $facts
    }
    if ($state.configured) {
        return New-Blocked -Message "$($SetupRoles[$Role]) is installed at $($state.configured), the plan wants $Build. Bring this server to that service pack first." -Facts $facts
    }
    $other = Get-AnyWatermark $Version
    if ($other) {
        return New-Blocked -Message "Setup of another role stopped half-way ($other). Finish that role first." -Facts @{ watermark = $other }
    }
    if (Test-PendingReboot) {
        return New-Blocked -Message 'Windows waits for a restart; Setup refuses to run before it. Restart the server.' -Facts $facts
    }
    return New-Needed -Message "$($SetupRoles[$Role]) is not installed." -Facts $facts
}

# Apply of a role to be installed: the registry and the log decide, not the exit code.
function Install-Role {
    param([string]$Version, [string]$Role, [string]$Folder, [string]$Switches, [string]$Build)
    $state = Get-RoleState -Version $Version -Role $Role
    if (-not $state.watermark -and (Test-Build $state.configured $Build)) {
        return New-Applied -Message "$($SetupRoles[$Role]) $($state.configured) was installed already."
    }
    $roles = $SetupRoles[$Role]
    if ($Role -eq 'cas') { $roles = 'ClientAccess,ManagementTools' }
    $run = Invoke-Setup -Folder $Folder -Arguments ("/mode:Install /roles:$roles $Switches".Trim())
    $state = Get-RoleState -Version $Version -Role $Role
    if (-not $run.success -or $state.watermark -or -not $state.configured) {
        throw (Format-SetupFailure $run "Setup of $($SetupRoles[$Role])")
    }
    return New-Applied -Message "$($SetupRoles[$Role]) $($state.configured) installed." -Facts @{ configured = $state.configured }
}

# Verify of an installed role: the directory's own word (role bit of the server object) and running services.
function Confirm-RoleInstalled {
    param([string]$Version, [string]$Role, [string]$Build, [string]$Server, [string]$Dc)
    $bits = @{ mailbox = 2; cas = 4; um = 16; hub = 32; edge = 64 }
    $state = Get-RoleState -Version $Version -Role $Role
    if ($state.watermark -or -not (Test-Build $state.configured $Build)) {
        return New-Failed -Message "$($SetupRoles[$Role]) is not whole on this server: configured '$($state.configured)', watermark '$($state.watermark)'."
    }
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    $found = 0
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$Server))" -Properties 'msExchCurrentServerRoles' -Dc $Dc)) {
        $found = [int](Get-Attribute $result 'msExchCurrentServerRoles')
    }
    if (($found -band $bits[$Role]) -eq 0) {
        return New-Pending -Message "The server object of $Server does not show the role on $Dc yet." -Done 0 -Total 1 -NextSeconds 60
    }
    $stopped = @(Get-StoppedExchangeServices)
    if ($stopped.Count) {
        return New-Pending -Message "Services still stopped: $($stopped -join ', ')." -Done 0 -Total $stopped.Count -NextSeconds 30
    }
    return New-Verified -Message "$($SetupRoles[$Role]) $($state.configured) is installed and its services run." -Facts @{ configured = $state.configured }
}

# Exchange services with automatic start that do not run.
function Get-StoppedExchangeServices {
    foreach ($service in @(Get-WmiObject -Class Win32_Service -Filter "Name LIKE 'MSExchange%'" -ErrorAction Stop)) {
        if ($service.StartMode -eq 'Auto' -and $service.State -ne 'Running') { [string]$service.Name }
    }
}

# Check of a role to be removed.
function Test-RoleRemoved {
    param([string]$Version, [string]$Role)
    $state = Get-RoleState -Version $Version -Role $Role
    $facts = @{ configured = $state.configured; watermark = $state.watermark }
    if ($state.watermark) {
        return New-Needed -Message "Removal of $($SetupRoles[$Role]) stopped half-way at '$($state.watermark)'; running it again goes on from there." -Facts $facts
    }
    if (-not $state.configured) { return New-Satisfied -Message "$($SetupRoles[$Role]) is not installed on this server." -Facts $facts }
    if (Test-PendingReboot) {
        return New-Blocked -Message 'Windows waits for a restart; Setup refuses to run before it. Restart the server.' -Facts $facts
    }
    return New-Needed -Message "$($SetupRoles[$Role]) $($state.configured) is installed." -Facts $facts
}

function Remove-Role {
    param([string]$Version, [string]$Role, [string]$Folder)
    $state = Get-RoleState -Version $Version -Role $Role
    if (-not $state.watermark -and -not $state.configured) { return New-Applied -Message "$($SetupRoles[$Role]) was removed already." }
    $run = Invoke-Setup -Folder $Folder -Arguments "/mode:Uninstall /roles:$($SetupRoles[$Role])"
    $state = Get-RoleState -Version $Version -Role $Role
    if (-not $run.success -or $state.watermark -or $state.configured) {
        throw (Format-SetupFailure $run "Removal of $($SetupRoles[$Role])")
    }
    return New-Applied -Message "$($SetupRoles[$Role]) removed." -Reboot:(Test-PendingReboot)
}

# Verify of a removed role: the directory's own word on the pinned DC.
function Confirm-RoleRemoved {
    param([string]$Version, [string]$Role, [string]$Server, [string]$Dc)
    $bits = @{ mailbox = 2; cas = 4; um = 16; hub = 32; edge = 64 }
    $state = Get-RoleState -Version $Version -Role $Role
    if ($state.configured -or $state.watermark) {
        return New-Failed -Message "$($SetupRoles[$Role]) is still on this server: configured '$($state.configured)', watermark '$($state.watermark)'."
    }
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$Server))" -Properties 'msExchCurrentServerRoles' -Dc $Dc)) {
        if (([int](Get-Attribute $result 'msExchCurrentServerRoles') -band $bits[$Role]) -ne 0) {
            return New-Pending -Message "The server object of $Server still shows the role on $Dc." -Done 0 -Total 1 -NextSeconds 60
        }
    }
    return New-Verified -Message "$($SetupRoles[$Role]) is gone from server and directory."
}
