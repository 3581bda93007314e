# Logs of Windows and Exchange, read line by line and only as far as a bound allows: a busy server has gigabytes of them.

# Files of some folders that were written in the last days, the newest first.
function Get-RecentFiles {
    param([string[]]$Folders, [string]$Like, [int]$Days)
    $since = (Get-Date).AddDays(-$Days)
    $found = @()
    foreach ($folder in @($Folders | Where-Object { $_ })) {
        if (-not (Test-Path $folder)) { continue }
        $found += @(Get-ChildItem -Path $folder -ErrorAction Stop | Where-Object { -not $_.PSIsContainer -and $_.Name -like $Like -and $_.LastWriteTime -ge $since })
    }
    return @($found | Sort-Object LastWriteTime -Descending)
}

# The columns that a '#Fields:' line names. Exchange separates them by commas, Internet Information Services by blanks.
function Get-LogColumns {
    param([string]$Line, [string[]]$Names)
    $text = $Line.Substring(8).Trim()
    $by = ' '
    if ($text.Contains(',')) { $by = ',' }
    $all = @($text.Split([char[]]$by) | ForEach-Object { $_.Trim() })
    $places = @()
    foreach ($name in $Names) { $places += [array]::IndexOf($all, $name) }
    return @{ by = $by; places = $places; last = [int](@($places | Sort-Object -Descending)[0]) }
}

# The cells of a line as far as they are needed; a quoted cell may hold commas.
function Split-LogLine {
    param([string]$Line, $Columns)
    if ($Columns.by -eq ' ') { return $Line.Split([char[]]' ') }
    $quote = $Line.IndexOf('"')
    if ($quote -ge 0) {
        $before = $Line.Substring(0, $quote).Split([char[]]',')
        if ($before.Length -gt $Columns.last + 1) { return $before }
        return [regex]::Split($Line, ',(?=(?:[^"]*"[^"]*")*[^"]*$)')
    }
    return $Line.Split([char[]]',')
}

# Counts the lines of logs by some columns. Files are read shared, because the newest is being written, and never as a whole.
#   Must: only lines with this text; spares most of the work.  Pattern: only keys that match it, its groups being the key.
#   Gives { counts: { key: { times, last } }, files, left, complete }: `left` files were not read, for they are too many.
function Measure-Log {
    param($Files, [string[]]$Names, [string]$Must, [string]$Pattern, [string]$Time, [int]$MaxFiles = 60, [int]$MaxMB = 600, [int]$Seconds = 60)
    $counts = @{}; $read = 0; $bytes = 0; $complete = $true
    $until = (Get-Date).AddSeconds($Seconds)
    foreach ($file in @($Files | Where-Object { $_ })) {
        if ($read -ge $MaxFiles -or $bytes -ge $MaxMB * 1MB -or (Get-Date) -ge $until) { $complete = $false; break }
        $read += 1; $bytes += $file.Length
        $stream = [IO.File]::Open($file.FullName, [IO.FileMode]::Open, [IO.FileAccess]::Read, [IO.FileShare]::ReadWrite)
        try {
            $reader = New-Object IO.StreamReader($stream)
            $columns = $null; $number = 0
            while (($line = $reader.ReadLine()) -ne $null) {
                $number += 1
                if ($number % 5000 -eq 0 -and (Get-Date) -ge $until) { $complete = $false; break }
                if ($line.StartsWith('#')) { if ($line.StartsWith('#Fields:')) { $columns = Get-LogColumns -Line $line -Names @(@($Names) + @($Time)) }; continue }
                if ($columns -eq $null -or ($Must -and -not $line.Contains($Must))) { continue }
                $cells = @(Split-LogLine -Line $line -Columns $columns)
                $values = @(); $moment = ''
                for ($i = 0; $i -lt $columns.places.Length; $i++) {
                    $value = ''
                    if ($columns.places[$i] -ge 0 -and $columns.places[$i] -lt $cells.Length) { $value = $cells[$columns.places[$i]] }
                    if ($i -lt @($Names).Length) { $values += $value } else { $moment = $value }
                }
                $key = $values -join '|'
                if ($Pattern) {
                    if ($key -notmatch $Pattern) { continue }
                    $key = (@(1..9 | Where-Object { $matches.ContainsKey($_) } | ForEach-Object { $matches[$_] }) -join '|')
                }
                if (-not $counts.ContainsKey($key)) { $counts[$key] = @{ times = 0; last = '' } }
                $counts[$key].times += 1
                if ($moment -gt $counts[$key].last) { $counts[$key].last = $moment }
            }
        }
        finally { $stream.Close() }
    }
    return @{ counts = $counts; files = $read; left = [int](@($Files | Where-Object { $_ }).Length - $read); complete = $complete }
}

# The keys with the highest counts, as { parts, times, last }; a list of everybody would be no help to a person.
function Get-MostCounted {
    param($Counts, [int]$Most = 200)
    foreach ($entry in @($Counts.GetEnumerator() | Sort-Object { $_.Value.times } -Descending | Select-Object -First $Most)) {
        @{ parts = @("$($entry.Key)".Split([char[]]'|')); times = [int]$entry.Value.times; last = "$($entry.Value.last)" }
    }
}

# Folders of the logs of Internet Information Services 6 and 7 on this machine.
function Get-WebLogFolders {
    foreach ($root in "$env:SystemDrive\inetpub\logs\LogFiles", "$env:windir\system32\LogFiles") {
        if (Test-Path $root) { Get-ChildItem -Path $root -ErrorAction Stop | Where-Object { $_.PSIsContainer -and $_.Name -like 'W3SVC*' } | ForEach-Object { $_.FullName } }
    }
}
