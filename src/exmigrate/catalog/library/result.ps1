# What the functions of a step kind return: one hashtable of plain values (text, bool, number, list, map).
# An empty text stands for $null, because $null has no place in a before-image.

function New-Result {
    param([string]$State, [string]$Message, [hashtable]$Facts, [hashtable]$Before, [hashtable]$Members)
    $result = @{ state = $State; message = $Message; facts = @{}; before = @{}; members = @{} }
    if ($Facts) { $result.facts = $Facts }
    if ($Before) { $result.before = $Before }
    if ($Members) { $result.members = $Members }
    return $result
}

function New-Satisfied {
    param([string]$Message, [hashtable]$Facts, [hashtable]$Members)
    return New-Result -State 'satisfied' -Message $Message -Facts $Facts -Members $Members
}

# Before: what Apply is going to change, as Rollback needs it.
function New-Needed {
    param([string]$Message, [hashtable]$Before, [hashtable]$Facts, [hashtable]$Members)
    return New-Result -State 'needed' -Message $Message -Facts $Facts -Before $Before -Members $Members
}

# Blocked: nothing that this program does cures it; a person has to.
function New-Blocked {
    param([string]$Message, [hashtable]$Facts, [hashtable]$Members)
    return New-Result -State 'blocked' -Message $Message -Facts $Facts -Members $Members
}

function New-Applied {
    param([string]$Message, [hashtable]$Facts, [hashtable]$Members, [switch]$Reboot)
    $result = New-Result -State 'applied' -Message $Message -Facts $Facts -Members $Members
    if ($Reboot) { $result.reboot = $true }
    return $result
}

function New-Verified {
    param([string]$Message, [hashtable]$Facts, [hashtable]$Members)
    return New-Result -State 'verified' -Message $Message -Facts $Facts -Members $Members
}

# Pending: under way on its own; look again after NextSeconds.
function New-Pending {
    param([string]$Message, [int]$Done, [int]$Total, [int]$NextSeconds = 60, [hashtable]$Facts, [hashtable]$Members)
    $result = New-Result -State 'pending' -Message $Message -Facts $Facts -Members $Members
    $result.pending = @{ done = $Done; total = $Total; next_s = $NextSeconds }
    return $result
}

function New-Failed {
    param([string]$Message, [hashtable]$Facts, [hashtable]$Members)
    return New-Result -State 'failed' -Message $Message -Facts $Facts -Members $Members
}

# The parameters that pin a cmdlet to the step's domain controller; nothing where none is pinned.
function Get-PinnedDc {
    param($Argument)
    $pinned = @{}
    if ($Argument.dc) { $pinned.DomainController = $Argument.dc }
    return $pinned
}

# An object that may not exist: nothing instead of Exchange's "couldn't be found"; every other error goes on.
function Find-Object {
    param([scriptblock]$Query)
    try { & $Query }
    catch {
        $absent = $_.CategoryInfo.Reason -eq 'ManagementObjectNotFoundException' -or
            $_.FullyQualifiedErrorId -like '*ManagementObjectNotFoundException*' -or
            $_.Exception.GetType().Name -eq 'ManagementObjectNotFoundException'
        if (-not $absent) { throw }
    }
}

# Names of whatever Exchange lists: host parts of server names, last parts of identities; never $null.
function Get-NameList {
    param($Values)
    foreach ($value in @($Values)) { if ($value -ne $null -and "$value" -ne '') { "$value" } }
}

# Whether two lists hold the same names, in any order and spelling of case.
function Test-SameNames {
    param($Left, $Right)
    $a = @(Get-NameList $Left | ForEach-Object { $_.ToLower() } | Sort-Object -Unique)
    $b = @(Get-NameList $Right | ForEach-Object { $_.ToLower() } | Sort-Object -Unique)
    return ($a -join '|') -eq ($b -join '|')
}

# The host part of a server's name, in capitals: 'ex01.contoso.com', 'CN=EX01,...' and 'EX01' are one server.
function Get-HostPart {
    param([string]$Name)
    if ($Name -match '^CN=([^,]+),') { $Name = $matches[1] }
    $last = @($Name -split '[\\/]')[-1]
    return @($last -split '\.')[0].ToUpper()
}

# An empty text of a before-image or a plan is $null for Exchange.
function Get-ValueOrNull {
    param([string]$Text)
    if ($Text -eq '') { return $null }
    return $Text
}
