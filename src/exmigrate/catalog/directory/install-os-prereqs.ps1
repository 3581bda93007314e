<#
title: "Windows prerequisites of {{ server.name }}"
scope: server
when: "server.driven and ((server.target and server.roles) or server.name == topology.directory_host)"
effect: convergent
needs:
  - preflight-remoting@server
  - {kind: stage-media, at: server.name, when: "(server.os == '2008' and target.version != '2007') or topology.media|selectattr('version', 'equalto', target.version)|selectattr('kind', 'equalto', 'package')|list"}
vantage: target
identity: local
run: job
libraries: [windows]
arguments:
  os: server.os
  features: >-
    (([] if server.os in ('2003', '2003R2') else
    ((['ADLDS'] if 'edge' in server.roles else [])
    + (['Web-Server', 'Web-ISAPI-Ext', 'Web-Metabase', 'Web-Lgcy-Mgmt-Console', 'Web-Basic-Auth', 'Web-Windows-Auth'] if 'cas' in server.roles or 'mailbox' in server.roles else [])
    + (['Web-Digest-Auth', 'Web-Dyn-Compression', 'RPC-Over-HTTP-Proxy'] if 'cas' in server.roles else [])
    + (['Desktop-Experience'] if 'um' in server.roles else [])
    + (['Failover-Clustering'] if server.cluster else []) if server.target else [])
    + (['RSAT-ADDS'] if server.name == topology.directory_host else []))
    if target.version == '2007' else
    (['NET-Framework', 'RSAT-ADDS', 'ADLDS'] if 'edge' in server.roles else
    ['NET-Framework', 'RSAT-ADDS', 'Web-Server', 'Web-Basic-Auth', 'Web-Windows-Auth', 'Web-Metabase', 'Web-Net-Ext',
    'Web-Lgcy-Mgmt-Console', 'WAS-Process-Model', 'RSAT-Web-Server']
    + (['Web-ISAPI-Ext', 'Web-Digest-Auth', 'Web-Dyn-Compression', 'NET-HTTP-Activation', 'RPC-Over-HTTP-Proxy', 'Web-WMI'] if 'cas' in server.roles else [])
    + (['Desktop-Experience'] if 'um' in server.roles else [])) if server.target and server.roles else ['NET-Framework', 'RSAT-ADDS'])
  answer_file: >-
    '' if server.os != '2008' or target.version == '2007' or not (server.target and server.roles) else medium(target.version).folder ~ '\\Scripts\\' ~
    ('Exchange-Edge.xml' if 'edge' in server.roles else 'Exchange-CAS.xml' if server.roles|list == ['cas'] else 'Exchange-UM.xml' if server.roles|list == ['um']
    else 'Exchange-Typical.xml' if 'cas' in server.roles else 'Exchange-Hub.xml' if 'hub' in server.roles else 'Exchange-MBX.xml')
  port_sharing: "target.version != '2007' and server.target and 'cas' in server.roles"
  filter_pack: "target.version != '2007' and server.target and ('hub' in server.roles or 'mailbox' in server.roles)"
  roles: "server.roles|list if server.target else []"
  packages: "(topology.media|selectattr('version', 'equalto', target.version)|selectattr('kind', 'equalto', 'package')|list if server.target and server.roles else [])|plain"
estimate: {p50: 900, p90: 3600}
reboot: maybe
rights: ["local administrator"]
order: 10
failures:
  - {match: "0x800f0906|source files could not be", class: permanent, means: "Windows does not find the feature's files.", do: "Give the server its Windows media or Windows Update, then 'exmigrate retry'."}
  - {match: "restart|reboot", class: transient, means: "Windows waits for a restart.", do: "Nothing: the restart is made before the next attempt."}
#>
# Windows features, services and packages that Setup asks for. No -Restart: the restart is asked for and journaled.

# { name: installed } for the wanted features, by the tool of this Windows. Windows Server 2003 has no features.
function Get-FeatureState {
    param($a)
    $state = @{}
    foreach ($name in @($a.features)) { $state[$name] = $false }
    if (-not $state.Count) { return $state }
    if ($a.os -eq '2008') {
        foreach ($line in @(& ServerManagerCmd -query)) {
            if ("$line" -match '\[X\].*\[([^\]]+)\]\s*$' -and $state.ContainsKey($matches[1])) { $state[$matches[1]] = $true }
        }
        return $state
    }
    Import-Module ServerManager -ErrorAction Stop
    foreach ($feature in @(Get-WindowsFeature)) {
        if ($state.ContainsKey($feature.Name)) { $state[$feature.Name] = [bool]$feature.Installed }
    }
    return $state
}

function Get-MissingFeatures {
    param($a)
    $state = Get-FeatureState $a
    foreach ($name in @($a.features)) { if (-not $state[$name]) { $name } }
}

# CAS: the WCF services of Exchange listen on a shared port.
function Test-PortSharing {
    $service = Get-WmiObject -Class Win32_Service -Filter "Name='NetTcpPortSharing'"
    return ($service -ne $null -and $service.StartMode -eq 'Auto')
}

# Windows Server 2003 and Exchange 2007: components of Control Panel that a role wants, or that must not be there. They
# come from the Windows media, which only a person has at hand.
function Get-ComponentFaults {
    param($a)
    if (@('2003', '2003R2') -notcontains $a.os -or -not @($a.roles).Count) { return }
    if (-not (Test-Path 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v2.0.50727')) { 'install .NET Framework 2.0 SP1' }
    if (@($a.roles | Where-Object { @('cas', 'mailbox') -contains $_ }).Count) {
        if (-not (Get-Service -Name W3SVC -ErrorAction SilentlyContinue)) { 'add Application Server > Internet Information Services > World Wide Web Service' }
        if (@($a.roles) -contains 'mailbox' -and -not (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\COM3' -ErrorAction SilentlyContinue).RemoteAccessEnabled) { 'add Application Server > Enable network COM+ access' }
    }
    if (@($a.roles) -contains 'cas') {
        if (-not (Test-Path 'HKLM:\SOFTWARE\Microsoft\ASP.NET')) { 'add Application Server > ASP.NET' }
        if (-not (Test-Path 'HKLM:\SOFTWARE\Microsoft\Rpc\RpcProxy')) { 'add Networking Services > RPC over HTTP Proxy' }
    }
    if (@($a.roles) -contains 'edge' -and -not (Test-InstalledProgram '*Active Directory Application Mode*')) { 'install Active Directory Application Mode SP1' }
    if (Get-Service -Name SMTPSVC -ErrorAction SilentlyContinue) { 'remove the SMTP Service' }
    if (Get-Service -Name NntpSvc -ErrorAction SilentlyContinue) { 'remove the NNTP Service' }
}

# What the installer of a package shows in the list of programs, and the roles that ask for it.
function Get-PackageTraits {
    param($Package)
    $file = (Split-Path $Package.source -Leaf) -replace '[\s_-]', ''
    if ($file -match 'filterpack') { return @{ program = '*Filter Pack*'; roles = @('hub', 'mailbox') } }
    if ($file -match 'wmencoder|mediaencoder') { return @{ program = '*Windows Media Encoder*'; roles = @('um') } }
    if ($file -match 'msxml') { return @{ program = '*MSXML 6*'; roles = @('um') } }
    if ($file -match 'ucma') { return @{ program = '*Unified Communications Managed API*'; roles = @('um') } }
    return @{ program = "*$($Package.name -replace '-', '*')*"; roles = @($Package.name) }
}

# Packages of the plan that a role of this server asks for and that no installed program answers to.
function Get-MissingPackages {
    param($a)
    foreach ($package in @($a.packages)) {
        if (-not $package) { continue }
        $traits = Get-PackageTraits $package
        $known = $traits.roles -notcontains $package.name
        if ($known -and -not @($traits.roles | Where-Object { @($a.roles) -contains $_ }).Count) { continue }
        if (-not (Test-InstalledProgram $traits.program)) { $package }
    }
}

function Check {
    param($a)
    $missing = @(Get-MissingFeatures $a)
    $packages = @(Get-MissingPackages $a)
    $sharing = (-not $a.port_sharing) -or (Test-PortSharing)
    $reboot = Test-PendingReboot
    $components = @(Get-ComponentFaults $a)
    if ($components.Count) { return New-Blocked -Message "Add or Remove Programs of this Windows Server 2003: $($components -join '; '). Then 'exmigrate retry'." -Facts @{ components = $components } }
    $notes = ''
    if ($a.filter_pack -and -not (Test-InstalledProgram '*Filter Pack*') -and -not $packages.Count) {
        $notes = ' The Office filter pack is not installed and the plan has no package for it.'
    }
    if (-not $missing.Count -and -not $packages.Count -and $sharing -and -not $reboot) {
        return New-Satisfied -Message "$(@($a.features).Count) Windows features are installed.$notes"
    }
    $what = @()
    if ($missing.Count) { $what += "features missing: $($missing -join ', ')" }
    if ($packages.Count) { $what += "packages missing: $(@($packages | ForEach-Object { $_.name }) -join ', ')" }
    if (-not $sharing) { $what += 'NetTcpPortSharing does not start by itself' }
    if ($reboot) { $what += 'Windows waits for a restart' }
    return New-Needed -Message (($what -join '; ') + $notes) -Before @{ missing = @($missing); port_sharing = [bool]$sharing }
}

function Apply {
    param($a)
    $missing = @(Get-MissingFeatures $a)
    $restart = $false
    if ($missing.Count -and $a.os -eq '2008') {
        $given = @('-install') + $missing
        if ($a.answer_file) { $given = @('-inputPath', $a.answer_file) }
        & ServerManagerCmd $given | ForEach-Object { Write-Host $_ }
        # 0 done, 1003 nothing to do, 3010 done and a restart is due
        if (@(0, 1003, 3010) -notcontains $LASTEXITCODE) { throw "ServerManagerCmd failed with $LASTEXITCODE." }
        $restart = $LASTEXITCODE -eq 3010
    }
    elseif ($missing.Count) {
        $result = Add-WindowsFeature -Name $missing -ErrorAction Stop
        if (-not $result.Success) { throw "Add-WindowsFeature failed: $($result.ExitCode)." }
        $restart = "$($result.RestartNeeded)" -eq 'Yes'
    }
    if ($a.port_sharing -and -not (Test-PortSharing)) { Set-Service -Name NetTcpPortSharing -StartupType Automatic -ErrorAction Stop }
    foreach ($package in @(Get-MissingPackages $a)) {
        $program = Join-Path $package.folder (Split-Path $package.source -Leaf)
        Write-Host "$program /quiet /norestart"
        $process = Start-Process -FilePath $program -ArgumentList '/quiet /norestart' -PassThru -Wait
        if (@(0, 1638, 3010) -notcontains [int]$process.ExitCode) { throw "$program failed with $($process.ExitCode)." }
        if ([int]$process.ExitCode -eq 3010) { $restart = $true }
    }
    if (Test-PendingReboot) { $restart = $true }
    return New-Applied -Message "Installed: $($missing -join ', ')" -Reboot:$restart
}

function Verify {
    param($a)
    $missing = @(Get-MissingFeatures $a)
    if ($missing.Count) { return New-Failed -Message "Still missing: $($missing -join ', ')." }
    $components = @(Get-ComponentFaults $a)
    if ($components.Count) { return New-Failed -Message "Windows components: $($components -join '; ')." }
    if ($a.port_sharing -and -not (Test-PortSharing)) { return New-Failed -Message 'NetTcpPortSharing does not start by itself.' }
    $packages = @(Get-MissingPackages $a)
    if ($packages.Count) { return New-Failed -Message "Not installed: $(@($packages | ForEach-Object { $_.name }) -join ', ')." }
    if (Test-PendingReboot) { return New-Failed -Message 'Windows still waits for a restart.' }
    return New-Verified -Message "$(@($a.features).Count) Windows features are installed, no restart is due."
}

function Rollback {
    param($a)
    $added = @($a.before.missing)
    $restart = $false
    if ($added.Count -and $a.os -eq '2008') {
        & ServerManagerCmd (@('-remove') + $added) | ForEach-Object { Write-Host $_ }
        if (@(0, 1003, 3010) -notcontains $LASTEXITCODE) { throw "ServerManagerCmd failed with $LASTEXITCODE." }
        $restart = $LASTEXITCODE -eq 3010
    }
    elseif ($added.Count) {
        Import-Module ServerManager -ErrorAction Stop
        $result = Remove-WindowsFeature -Name $added -ErrorAction Stop
        if (-not $result.Success) { throw "Remove-WindowsFeature failed: $($result.ExitCode)." }
        $restart = "$($result.RestartNeeded)" -eq 'Yes'
    }
    if ($a.port_sharing -and -not $a.before.port_sharing -and (Get-Service -Name NetTcpPortSharing -ErrorAction SilentlyContinue)) {
        Set-Service -Name NetTcpPortSharing -StartupType Manual -ErrorAction Stop
    }
    return New-Applied -Message "Removed: $($added -join ', ')" -Reboot:$restart
}
