# What Windows says about itself, with what every Windows from 2003 on has.

# Whether Windows waits for a restart; Setup refuses to run before it.
function Test-PendingReboot {
    $manager = Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' -ErrorAction SilentlyContinue
    if ($manager -and $manager.PendingFileRenameOperations) { return $true }
    $updates = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Updates' -ErrorAction SilentlyContinue
    if ($updates -and $updates.UpdateExeVolatile) { return $true }
    return Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
}

# Whether an installed program's display name matches a wildcard.
function Test-InstalledProgram {
    param([string]$Like)
    foreach ($key in @(Get-ChildItem 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall' -ErrorAction SilentlyContinue)) {
        $name = $key.GetValue('DisplayName')
        if ($name -and $name -like $Like) { return $true }
    }
    return $false
}

# One TCP connection: whether it opens and what the other end says first.
function Test-TcpPort {
    param([string]$Address, [int]$Port, [int]$Seconds = 10, [switch]$Banner)
    if ($Address -match '^([^:]+):(\d+)$') { $Address = $matches[1]; $Port = [int]$matches[2] }
    $client = New-Object Net.Sockets.TcpClient
    try {
        $call = $client.BeginConnect($Address, $Port, $null, $null)
        if (-not $call.AsyncWaitHandle.WaitOne($Seconds * 1000, $false)) { return @{ open = $false; said = '' } }
        $client.EndConnect($call)
        $said = ''
        if ($Banner) {
            $stream = $client.GetStream()
            $stream.ReadTimeout = $Seconds * 1000
            $reader = New-Object IO.StreamReader($stream)
            $said = [string]$reader.ReadLine()
        }
        return @{ open = $true; said = $said }
    }
    catch { return @{ open = $false; said = [string]$_.Exception.Message } }
    finally { $client.Close() }
}

# Answers of one DNS server (the host's own where none is named); nothing for a name that does not resolve.
function Resolve-Record {
    param([string]$Name, [string]$Type = 'A', [string]$Server)
    $given = @("-type=$Type", "$Name.")
    if ($Server) { $given += $Server }
    # What a program writes to its error stream is no error here: nslookup says 'Non-authoritative answer' there.
    $ErrorActionPreference = 'Continue'
    $lines = @(& nslookup $given 2>&1 | ForEach-Object { "$_" })
    # Its words are those of the server's language: only the form counts. Name and address of the DNS server come first, an
    # empty line ends them; lines with stars are about failures, and may name an address as well.
    $answers = @(); $head = 0
    foreach ($line in $lines) {
        if ($line -match '^\s*\*\*\*') { continue }
        if ($head -eq 0 -and $line -match ':') { $head = 1 }
        elseif ($head -eq 1 -and -not $line.Trim()) { $head = 2 }
        elseif ($head -lt 2) { continue }
        elseif ($Type -eq 'A' -and $line -match '(\d{1,3}(\.\d{1,3}){3})') { $answers += $matches[1] }
        elseif ($Type -eq 'MX' -and $line -match '\sMX\s.*=\s*(\S+)\s*$') { $answers += $matches[1].TrimEnd('.') }
        elseif ($Type -eq 'PTR' -and $line -match '\.arpa\s+\S+\s*=\s*(\S+)\s*$') { $answers += $matches[1].TrimEnd('.') }
        elseif ($Type -eq 'TXT' -and $line -match '"(.*)"') { $answers += $matches[1] }
    }
    return $answers
}

# Whether a DNS server answers at all, by a name that it must know: that another name does not resolve is only then a proof
# that it is gone, and no server that is down.
function Test-NameServer {
    param([string]$Known, [string]$Server)
    return @(Resolve-Record -Name $Known -Server $Server).Count -gt 0
}

# Services of a list that do not run.
function Get-StoppedServices {
    param([string[]]$Names)
    foreach ($name in $Names) {
        $service = Get-Service -Name $name -ErrorAction SilentlyContinue
        if (-not $service -or "$($service.Status)" -ne 'Running') { $name }
    }
}
