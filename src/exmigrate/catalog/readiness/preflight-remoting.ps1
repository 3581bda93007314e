<#
title: "Remoting of {{ server.name }}"
scope: server
when: "server.driven and (server.version != '' or server.name in (topology.directory_host, topology.external_host))"
effect: convergent
needs: [gate-install-wmf@server]
vantage: target
identity: delegated
arguments:
  run_root: "server.connection.run_root if server.connection else 'C:\\\\ProgramData\\\\exmigrate'"
  memory_mb: "1024"
  # An Exchange 2003 server may be reached by NTLM: what is done on it then stays on it, and its jobs log on themselves.
  second_hop: "'edge' not in server.roles and not (server.legacy and not server.delegates)"
  run_as: "(topology.credentials|selectattr('name', 'equalto', server.connection.run_as)|map(attribute='username')|list + [''])[0] if server.takes_jobs else ''"
  directory_host: "server.name == topology.directory_host"
  exchange: "server.version != '' and not server.legacy and 'edge' not in server.roles and '2007' in topology.versions"
estimate: {p50: 10, p90: 60}
rights: ["local administrator", "Log on as a batch job (run-as account)"]
order: 10
failures:
  - {match: "Access is denied|0x80070005", class: credentials, means: "The account is no local administrator here.", do: "Add it to the local Administrators group, then 'exmigrate retry'."}
  - {match: "cannot reach|server is not operational", class: permanent, means: "The logon does not reach a second machine.", do: "Use CredSSP or Kerberos with delegation for this server in 'connections'."}
#>
# Reads what Windows Remote Management, the accounts and the second hop look like; sets the memory quota and makes the
# run folder, nothing else. A missing right is for a person to give.

function Get-ShellQuota {
    param([string]$Name)
    foreach ($line in @(& winrm get winrm/config/winrs)) {
        if ("$line" -match "^\s*$Name\s*=\s*(\d+)") { return [int]$matches[1] }
    }
    return 0
}

# Why this server cannot be driven; nothing where it can.
function Get-RemotingFault {
    param($a)
    if ($PSVersionTable.PSVersion.Major -lt 2 -or $PSVersionTable.CLRVersion.Major -lt 2) {
        "PowerShell $($PSVersionTable.PSVersion) with CLR $($PSVersionTable.CLRVersion) is too old: install Windows Management Framework Core (KB968930)."
    }
    $listeners = @(& winrm enumerate winrm/config/listener) -join "`n"
    if ($listeners -notmatch 'Transport\s*=\s*HTTP') { 'WinRM has no listener: run winrm quickconfig -q, or give it by policy.' }
    $groups = @(& whoami /groups) -join "`n"
    if ($groups -notmatch 'S-1-5-32-544') { "$env:USERDOMAIN\$env:USERNAME is no local administrator of $env:COMPUTERNAME." }
    if ($a.directory_host) {
        if ($groups -notmatch 'S-1-5-21-[\d-]+-518\b') { "$env:USERDOMAIN\$env:USERNAME is not in Schema Admins, which prepare-schema needs." }
        if ($groups -notmatch 'S-1-5-21-[\d-]+-519\b') { "$env:USERDOMAIN\$env:USERNAME is not in Enterprise Admins, which prepare-ad needs." }
    }
    elseif ($a.exchange -and $groups -notmatch 'Organization Management|Exchange Organization Administrators|-519\b') {
        "$env:USERDOMAIN\$env:USERNAME is neither in Organization Management nor in Exchange Organization Administrators."
    }
    if ($a.run_as) { Get-BatchLogonFault $a.run_as $groups }
    if ($a.second_hop -and $a.dc) { Get-SecondHopFault $a.dc }
}

# Jobs run under the run-as account, which must hold the right to log on as a batch job.
function Get-BatchLogonFault {
    param([string]$Account, [string]$Groups)
    $file = Join-Path $env:TEMP "exmigrate-rights-$PID.inf"
    [void](& secedit /export /areas USER_RIGHTS /cfg $file)
    if (-not (Test-Path $file)) { return 'secedit gave no list of user rights.' }
    $line = @(Get-Content $file | Where-Object { $_ -match '^SeBatchLogonRight' }) -join ''
    Remove-Item $file -Confirm:$false
    try { $sid = (New-Object Security.Principal.NTAccount($Account)).Translate([Security.Principal.SecurityIdentifier]).Value }
    catch { return "The run-as account $Account does not exist." }
    $name = @($Account -split '\\')[-1]
    if ($line -notmatch 'S-1-5-32-544|S-1-1-0|S-1-5-11' -and $line -notmatch [regex]::Escape($sid) -and $line -notmatch "\b$([regex]::Escape($name))\b") {
        return "The run-as account $Account lacks the right 'Log on as a batch job'."
    }
}

function Get-SecondHopFault {
    param([string]$Dc)
    $asked = (Get-Date).ToUniversalTime()
    try { $now = ([ADSI]"LDAP://$Dc/RootDSE").Get('currentTime') }
    catch { return "This logon cannot reach $Dc ($($_.Exception.Message)): it does not delegate." }
    $text = [string]$now
    if ($text -match '^(\d{14})') {
        $there = [DateTime]::ParseExact($matches[1], 'yyyyMMddHHmmss', [Globalization.CultureInfo]::InvariantCulture)
        # The question took a while: only what lies before it was asked or after it was answered is skew.
        $answered = (Get-Date).ToUniversalTime()
        $skew = [Math]::Max(($asked - $there).TotalMinutes, ($there - $answered).TotalMinutes)
        if ($skew -gt 5) { return "The clock differs from $Dc by $([int]$skew) minutes; Kerberos allows 5." }
    }
}

function Check {
    param($a)
    $faults = @(Get-RemotingFault $a)
    $quota = Get-ShellQuota 'MaxMemoryPerShellMB'
    $facts = @{ powershell = "$($PSVersionTable.PSVersion)"; memory_mb = $quota; account = "$env:USERDOMAIN\$env:USERNAME" }
    if ($faults.Count) { return New-Blocked -Message ($faults -join ' ') -Facts $facts }
    $folder = Test-Path $a.run_root
    $reach = ''
    if (-not $a.second_hop) { $reach = ' This logon stays on this server.' }
    if ($quota -ge $a.memory_mb -and $folder) { return New-Satisfied -Message "PowerShell $($facts.powershell), $quota MB a shell.$reach" -Facts $facts }
    $missing = @()
    if ($quota -lt $a.memory_mb) { $missing += "MaxMemoryPerShellMB is $quota, wanted $($a.memory_mb)" }
    if (-not $folder) { $missing += "$($a.run_root) does not exist" }
    return New-Needed -Message ($missing -join '; ') -Before @{ memory_mb = $quota } -Facts $facts
}

function Apply {
    param($a)
    if ((Get-ShellQuota 'MaxMemoryPerShellMB') -lt $a.memory_mb) {
        $ErrorActionPreference = 'Continue'
        $out = @(& winrm set winrm/config/winrs "@{MaxMemoryPerShellMB=`"$($a.memory_mb)`"}" 2>&1)
        if ($LASTEXITCODE -ne 0) { throw "winrm set failed: $($out -join ' ')" }
    }
    if (-not (Test-Path $a.run_root)) { [void](New-Item -ItemType Directory -Path $a.run_root -Force) }
    return New-Applied -Message "Shell quota $($a.memory_mb) MB, run folder $($a.run_root)."
}

function Verify {
    param($a)
    $quota = Get-ShellQuota 'MaxMemoryPerShellMB'
    if ($quota -lt $a.memory_mb) { return New-Failed -Message "MaxMemoryPerShellMB is still $quota; a policy may set it." }
    $probe = Join-Path $a.run_root 'probe.txt'
    Set-Content -Path $probe -Value 'writable'
    Remove-Item -Path $probe -Confirm:$false
    return New-Verified -Message "$quota MB a shell, $($a.run_root) is writable." -Facts @{ powershell = "$($PSVersionTable.PSVersion)"; memory_mb = $quota }
}

function Rollback {
    param($a)
    if ($a.before.memory_mb -gt 0 -and $a.before.memory_mb -ne (Get-ShellQuota 'MaxMemoryPerShellMB')) {
        $ErrorActionPreference = 'Continue'
        $out = @(& winrm set winrm/config/winrs "@{MaxMemoryPerShellMB=`"$($a.before.memory_mb)`"}" 2>&1)
        if ($LASTEXITCODE -ne 0) { throw "winrm set failed: $($out -join ' ')" }
    }
    return New-Applied -Message "Shell quota $($a.before.memory_mb) MB again; $($a.run_root) stays, it holds this run's evidence."
}
