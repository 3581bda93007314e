# Writes a result as JSON on PowerShell 2.0, which has no ConvertTo-Json. Contract of a result: text, bool, whole
# number, list, map. Anything else becomes its text, so that no cmdlet's object breaks the answer.

$ExmControl = New-Object System.Text.RegularExpressions.Regex '[\x00-\x1f]'
$ExmInvariant = [System.Globalization.CultureInfo]::InvariantCulture

function Add-ExmText {
    param($Out, [string]$Text)
    $Text = $Text.Replace('\', '\\').Replace('"', '\"')
    [void]$Out.Append('"')
    if ($ExmControl.IsMatch($Text)) {
        foreach ($char in $Text.ToCharArray()) {
            if ([int]$char -lt 32) { [void]$Out.Append('\u' + ([int]$char).ToString('x4')) }
            else { [void]$Out.Append($char) }
        }
    }
    else { [void]$Out.Append($Text) }
    [void]$Out.Append('"')
}

function Add-ExmNumber {
    param($Out, $Number)
    # Sizes and counts may come as double or decimal; a whole one is a whole number again.
    if ([Math]::Abs($Number) -lt 9007199254740992 -and [Math]::Floor($Number) -eq $Number) {
        [void]$Out.Append(([long]$Number).ToString($ExmInvariant))
    }
    else { Add-ExmText $Out $Number.ToString($ExmInvariant) }
}

function Add-ExmValue {
    param($Out, $Value, [int]$Depth)
    if ($null -eq $Value) { [void]$Out.Append('null'); return }
    if ($Value -is [string]) { Add-ExmText $Out $Value; return }
    if ($Value -is [bool]) { if ($Value) { [void]$Out.Append('true') } else { [void]$Out.Append('false') }; return }
    if ($Value -is [int] -or $Value -is [long]) { [void]$Out.Append($Value.ToString($ExmInvariant)); return }
    if ($Depth -gt 32) { throw 'The result is nested more than 32 deep.' }
    if ($Value -is [System.Collections.IDictionary]) {
        $comma = '{'
        foreach ($entry in $Value.GetEnumerator()) {
            [void]$Out.Append($comma)
            Add-ExmText $Out ([string]$entry.Key)
            [void]$Out.Append(':')
            Add-ExmValue $Out $entry.Value ($Depth + 1)
            $comma = ','
        }
        if ($comma -eq '{') { [void]$Out.Append('{') }
        [void]$Out.Append('}')
        return
    }
    if ($Value -is [System.Management.Automation.SwitchParameter]) { Add-ExmValue $Out ([bool]$Value) $Depth; return }
    if ($Value -is [byte] -or $Value -is [int16] -or $Value -is [uint16] -or $Value -is [uint32]) {
        [void]$Out.Append(([long]$Value).ToString($ExmInvariant)); return
    }
    if ($Value -is [double] -or $Value -is [decimal] -or $Value -is [single] -or $Value -is [uint64]) {
        Add-ExmNumber $Out $Value; return
    }
    if ($Value -is [DateTime]) { Add-ExmText $Out $Value.ToUniversalTime().ToString('o', $ExmInvariant); return }
    if ($Value -is [System.Collections.IEnumerable]) {
        $comma = '['
        foreach ($item in $Value) {
            [void]$Out.Append($comma)
            Add-ExmValue $Out $item ($Depth + 1)
            $comma = ','
        }
        if ($comma -eq '[') { [void]$Out.Append('[') }
        [void]$Out.Append(']')
        return
    }
    if ($Value.GetType().Name -eq 'PSCustomObject') {
        $map = @{}
        foreach ($property in $Value.PSObject.Properties) { $map[$property.Name] = $property.Value }
        Add-ExmValue $Out $map $Depth
        return
    }
    Add-ExmText $Out ([string]$Value)
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
