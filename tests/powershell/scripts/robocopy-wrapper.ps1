param([string]$Source = 'C:\Data', [string]$Destination = 'D:\Backup', [string[]]$Options = @('/MIR', '/R:2', '/W:5', '/NP'))
$codes = @{ 0 = 'nothing to do'; 1 = 'copied'; 2 = 'extra files'; 3 = 'copied, extra files'; 8 = 'failures'; 16 = 'fatal' }
$log = 'C:\Reports\robocopy.log'
$arguments = @($Source, $Destination) + $Options + "/LOG+:$log"
& robocopy.exe $arguments | Out-Null
$code = $LASTEXITCODE
$text = if ($codes.ContainsKey($code)) { $codes[$code] } else { "code $code" }
if ($code -ge 8) { Write-Error "robocopy: $text"; exit $code }
"robocopy: $text ($($arguments.Count) arguments)"
$lines = Get-Content $log
foreach ($name in 'Dirs', 'Files', 'Bytes') {
    $line = $lines | Where-Object { $_ -match "^\s*$name\s*:" }
    $numbers = [regex]::Matches($line, '\d+') | ForEach-Object { [long]$_.Value }
    '{0}: {1} of {2}' -f $name, $numbers[1], $numbers[0]
}
