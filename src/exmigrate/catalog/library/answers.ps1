# Answers of a name server with their time to live, by nslookup: every Windows has it, Resolve-DnsName only 2012 and later.

# The values of one answer in the words of nslookup's debug mode.
function Get-AnswerValue {
    param([string]$Line, [string]$Type)
    switch ($Type) {
        'A' { if ($Line -match 'internet address = (\S+)') { return $matches[1] } }
        'CNAME' { if ($Line -match 'canonical name = (\S+)') { return $matches[1].TrimEnd('.') } }
        'MX' { if ($Line -match 'MX preference = (\d+), mail exchanger = (\S+)') { return "$($matches[1]) $($matches[2].TrimEnd('.'))" } }
        'PTR' { if ($Line -match '^\s*name = (\S+)') { return $matches[1].TrimEnd('.') } }
        'SRV' { if ($Line -match 'svr hostname\s*= (\S+)') { return $matches[1].TrimEnd('.') } }
        'TXT' { if ($Line -match '^\s*"(.*)"\s*$') { return $matches[1] } }
    }
    return ''
}

# Records of a name: { name, type, value, ttl }; none where the name has none.
function Get-NameAnswers {
    param([string]$Name, [string]$Type, [string]$Server)
    $asked = "$Name."
    if ($Type -eq 'PTR') { $octets = $Name.Split([char[]]'.'); [array]::Reverse($octets); $asked = "$($octets -join '.').in-addr.arpa." }
    $given = @('-debug', "-type=$Type", $asked)
    if ($Server) { $given += $Server }
    # What a program writes to its error stream is no error here: nslookup says 'Non-authoritative answer' there.
    $ErrorActionPreference = 'Continue'
    $lines = @(& nslookup $given 2>&1 | ForEach-Object { "$_" })
    $found = @(); $open = $false; $owner = ''; $records = @{}; $kind = ''; $value = ''
    foreach ($line in $lines) {
        if ($line -match '^\s*ANSWERS:') { $open = $true; continue }
        if ($line -match '^\s*(AUTHORITY RECORDS|ADDITIONAL RECORDS):' -or $line -match '^-{6,}') { $open = $false; continue }
        if (-not $open) { continue }
        if ($line -match '^\s*->\s+(\S+)') { $owner = $matches[1].TrimEnd('.'); $value = ''; continue }
        foreach ($each in $Type, 'CNAME') {
            $said = Get-AnswerValue -Line $line -Type $each
            # A long text is several strings that belong together.
            if ($said -and $each -eq 'TXT' -and $value) { $value += $said } elseif ($said) { $value = $said; $kind = $each }
        }
        if ($value -and $line -match '^\s*ttl = (\d+)') {
            $ttl = [int]$matches[1]
            # The name server's own name is asked for first; its answer is none of this name.
            $key = "$owner|$kind|$value"
            if (-not $records.ContainsKey($key) -and ($kind -eq 'CNAME' -or $kind -eq $Type)) { $records[$key] = $true; $found += @{ name = $owner; type = $kind; value = $value; ttl = $ttl } }
            $value = ''
        }
    }
    if ($Type -eq 'PTR') { return @($found | Where-Object { "$($_.name)." -eq $asked } | ForEach-Object { $_.name = $Name; $_ }) }
    return $found
}

# Addresses that a name leads to, aliases followed by the name server.
function Get-NameAddresses {
    param([string]$Name, [string]$Server)
    foreach ($record in @(Get-NameAnswers -Name $Name -Type 'A' -Server $Server)) { if ($record -and $record.type -eq 'A') { $record.value } }
}
