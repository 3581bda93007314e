param([int]$Days = 60)
$now = Get-Date
Get-ChildItem Cert:\LocalMachine\My | Where-Object { $_.NotAfter -lt $now.AddDays($Days) } | Sort-Object NotAfter | ForEach-Object {
    $left = ($_.NotAfter - $now).Days
    $state = switch ($left) { { $_ -lt 0 } { 'EXPIRED'; break } { $_ -lt 14 } { 'CRITICAL'; break } default { 'WARNING' } }
    if ($_.Subject -match 'CN=(?<name>[^,]+)') { $name = $Matches['name'] } else { $name = $_.Thumbprint }
    '{0,-9} {1} {2}' -f $state, $name, $left
}
