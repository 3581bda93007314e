# Writes a result as JSON on PowerShell 2.0, which has no ConvertTo-Json. Contract of a result: text, bool, whole
# number, list, map. Anything else becomes its text, so that no cmdlet's object breaks the answer.

# Function calls are what costs most on PowerShell 2.0: text and whole numbers inside maps and lists are written where
# they are met, and a map within a map goes without the question what it is.

$ExmSpecial = New-Object System.Text.RegularExpressions.Regex '[\x00-\x1f"\\]'
$ExmControl = New-Object System.Text.RegularExpressions.Regex '[\x00-\x1f]'
$ExmInvariant = [System.Globalization.CultureInfo]::InvariantCulture

# Text between quotes.
function Format-ExmText {
    param([string]$Text)
    if (-not $ExmSpecial.IsMatch($Text)) { return '"' + $Text + '"' }
    $Text = $Text.Replace('\', '\\').Replace('"', '\"')
    if (-not $ExmControl.IsMatch($Text)) { return '"' + $Text + '"' }
    $out = New-Object System.Text.StringBuilder '"'
    foreach ($char in $Text.ToCharArray()) {
        if ([int]$char -lt 32) { [void]$out.Append('\u' + ([int]$char).ToString('x4')) }
        else { [void]$out.Append($char) }
    }
    return $out.Append('"').ToString()
}

# A value that holds no others.
function Format-ExmScalar {
    param($Value)
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [long]) { return $Value.ToString($ExmInvariant) }
    if ($Value -is [System.Management.Automation.SwitchParameter]) { return Format-ExmScalar ([bool]$Value) }
    if ($Value -is [byte] -or $Value -is [int16] -or $Value -is [uint16] -or $Value -is [uint32]) {
        return ([long]$Value).ToString($ExmInvariant)
    }
    if ($Value -is [double] -or $Value -is [decimal] -or $Value -is [single] -or $Value -is [uint64]) {
        # Sizes and counts may come as double or decimal; a whole one is a whole number again.
        if ([Math]::Abs($Value) -lt 9007199254740992 -and [Math]::Floor($Value) -eq $Value) {
            return ([long]$Value).ToString($ExmInvariant)
        }
        return Format-ExmText $Value.ToString($ExmInvariant)
    }
    if ($Value -is [DateTime]) { return Format-ExmText $Value.ToUniversalTime().ToString('o', $ExmInvariant) }
    return Format-ExmText ([string]$Value)
}

function Add-ExmValue {
    param($Out, $Value, $Depth)
    if ($Value -isnot [string]) {
        if ($Value -is [System.Collections.IDictionary]) { Add-ExmMap $Out $Value $Depth; return }
        if ($Value -is [System.Collections.IEnumerable]) { Add-ExmList $Out $Value $Depth; return }
        if ($null -ne $Value -and $Value.GetType().Name -eq 'PSCustomObject') {
            $map = @{}
            foreach ($property in $Value.PSObject.Properties) { $map[$property.Name] = $property.Value }
            Add-ExmMap $Out $map $Depth
            return
        }
    }
    [void]$Out.Append((Format-ExmScalar $Value))
}

function Add-ExmMap {
    param($Out, $Map, $Depth)
    if ($Depth -gt 32) { throw 'The result is nested more than 32 deep.' }
    $comma = '{'
    foreach ($entry in $Map.GetEnumerator()) {
        $key = [string]$entry.Key
        if ($ExmSpecial.IsMatch($key)) { $key = Format-ExmText $key } else { $key = '"' + $key + '"' }
        $item = $entry.Value
        if ($item -is [string] -and -not $ExmSpecial.IsMatch($item)) { [void]$Out.Append($comma + $key + ':"' + $item + '"') }
        elseif ($item -is [int]) { [void]$Out.Append($comma + $key + ':' + $item) }
        elseif ($item -is [hashtable]) {
            [void]$Out.Append($comma + $key + ':')
            Add-ExmMap $Out $item ($Depth + 1)
        }
        else {
            [void]$Out.Append($comma + $key + ':')
            Add-ExmValue $Out $item ($Depth + 1)
        }
        $comma = ','
    }
    if ($comma -eq '{') { [void]$Out.Append('{}') } else { [void]$Out.Append('}') }
}

function Add-ExmList {
    param($Out, $List, $Depth)
    if ($Depth -gt 32) { throw 'The result is nested more than 32 deep.' }
    $comma = '['
    foreach ($item in $List) {
        if ($item -is [string] -and -not $ExmSpecial.IsMatch($item)) { [void]$Out.Append($comma + '"' + $item + '"') }
        elseif ($item -is [int]) { [void]$Out.Append($comma + $item) }
        else {
            [void]$Out.Append($comma)
            Add-ExmValue $Out $item ($Depth + 1)
        }
        $comma = ','
    }
    if ($comma -eq '[') { [void]$Out.Append('[]') } else { [void]$Out.Append(']') }
}

function ConvertTo-ExmJson {
    param($Value)
    $out = New-Object System.Text.StringBuilder
    Add-ExmValue $out $Value 0
    return $out.ToString()
}

# An error record as plain values; secrets that a cmdlet quoted are blotted out before they leave the server.
function ConvertTo-ExmError {
    param($Record, $Secrets)
    $exception = $Record.Exception
    $found = @{
        message = [string]$exception.Message; id = [string]$Record.FullyQualifiedErrorId
        category = [string]$Record.CategoryInfo.Category; reason = [string]$Record.CategoryInfo.Reason
        target = [string]$Record.CategoryInfo.TargetName; type = [string]$exception.GetType().FullName
        position = ''; stack = ''
    }
    if ($Record.InvocationInfo) { $found.position = [string]$Record.InvocationInfo.PositionMessage }
    if ($Record.ScriptStackTrace) { $found.stack = [string]$Record.ScriptStackTrace }
    if ($exception.InnerException) { $found.inner = [string]$exception.InnerException.Message }
    foreach ($name in @($found.Keys)) {
        foreach ($secret in $Secrets) { if ($secret) { $found[$name] = $found[$name].Replace($secret, '******') } }
    }
    return $found
}

# The result among what a function put out: the last map that says its state. The rest is progress, not an answer.
function Select-ExmResult {
    param($Output)
    for ($i = $Output.Count - 1; $i -ge 0; $i--) {
        $item = $Output[$i]
        if ($item -is [System.Collections.IDictionary]) { if ($item.Contains('state')) { return $item } }
        elseif ($null -ne $item -and $null -ne $item.PSObject.Properties['state']) { return $item }
    }
    return $null
}

# SHA-256 in lower case; where policy allows only validated implementations, the other class.
function Get-ExmSha256 {
    param([byte[]]$Bytes)
    try { $hash = New-Object System.Security.Cryptography.SHA256Managed }
    catch {
        [void][System.Reflection.Assembly]::LoadWithPartialName('System.Core')
        $hash = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    }
    return [BitConverter]::ToString($hash.ComputeHash($Bytes)).Replace('-', '').ToLower()
}
