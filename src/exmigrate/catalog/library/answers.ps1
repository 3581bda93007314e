# Answers of a name server with their time to live, by nslookup: every Windows has it, Resolve-DnsName only 2012 and later.
# Its words are those of the server's language, so what it shows in its debug mode is read by its form.

# The value of a record in one line, { type, value }; nothing where the line holds none.
function Get-AnswerValue {
    param([string]$Line, [string]$Type)
    if ($Type -eq 'TXT') {
        if ($Line -match '^\s*"(.*)"\s*$') { return @{ type = 'TXT'; value = $matches[1] } }
    }
    elseif ($Type -eq 'MX' -and $Line -match 'MX\D*=\s*(\d+)\s*,.*=\s*(\S+)\s*$') { return @{ type = 'MX'; value = "$($matches[1]) $($matches[2].TrimEnd('.'))" } }
    if ($Line -notmatch '=\s*(\S+)\s*$') { return $null }
    $found = $matches[1].TrimEnd('.')
    if ($found -match '^\d{1,3}(\.\d{1,3}){3}$') {
        if ($Type -eq 'A') { return @{ type = 'A'; value = $found } }
        return $null
    }
    # Priority, weight and port of a service are numbers and no names.
    if ($found -notmatch '[A-Za-z]') { return $null }
    if (@('PTR', 'SRV') -contains $Type -and $Line -notmatch 'canonical') { return @{ type = $Type; value = $found } }
    return @{ type = 'CNAME'; value = $found }
}

# Records of a name: { name, type, value, ttl }; none where the name has none. Each packet says in one line how many questions,
# answers, authorities and further records it has; they follow in this order, each behind an arrow, its time to live last.
function Get-NameAnswers {
    param([string]$Name, [string]$Type, [string]$Server)
    $asked = "$Name."
    if ($Type -eq 'PTR') { $octets = $Name.Split([char[]]'.'); [array]::Reverse($octets); $asked = "$($octets -join '.').in-addr.arpa." }
    $given = @('-debug', "-type=$Type", $asked)
    if ($Server) { $given += $Server }
    # What a program writes to its error stream is no error here: nslookup says 'Non-authoritative answer' there.
    $ErrorActionPreference = 'Continue'
    $lines = @(& nslookup $given 2>&1 | ForEach-Object { "$_" })
    $found = @(); $known = @{}; $left = 0; $owner = ''; $value = $null
    foreach ($line in $lines) {
        if ($line -match '^-{6,}') { $left = 0; $owner = ''; continue }
        if ($line -match '=\s*\d+\s*,.*=\s*(\d+)\s*,.*=\s*\d+\s*,.*=\s*\d+\s*$') { $left = [int]$matches[1]; $owner = ''; continue }
        if ($line -match '^\s*->\s+(\S+)') {
            $owner = ''; $value = $null
            if ($left -gt 0) { $owner = $matches[1].TrimEnd('.'); $left -= 1 }
            continue
        }
        if (-not $owner) { continue }
        if ($value -and $line -match '=\s*(\d+)\s+\(') {
            $ttl = [int]$matches[1]
            $key = "$owner|$($value.type)|$($value.value)"
            if (-not $known.ContainsKey($key)) { $known[$key] = $true; $found += @{ name = $owner; type = $value.type; value = $value.value; ttl = $ttl } }
            $owner = ''
            continue
        }
        $said = Get-AnswerValue -Line $line -Type $Type
        # A long text is several strings that belong together.
        if ($said -and $value -and $said.type -eq 'TXT') { $value.value += $said.value } elseif ($said) { $value = $said }
    }
    # The name server's own name is asked for first; its answer is none of this name.
    if ($Type -eq 'PTR') { return @($found | Where-Object { "$($_.name)." -eq $asked } | ForEach-Object { $_.name = $Name; $_ }) }
    return @($found | Where-Object { $_.name -notlike '*.in-addr.arpa' })
}

# Addresses that a name leads to, aliases followed by the name server.
function Get-NameAddresses {
    param([string]$Name, [string]$Server)
    foreach ($record in @(Get-NameAnswers -Name $Name -Type 'A' -Server $Server)) { if ($record -and $record.type -eq 'A') { $record.value } }
}
