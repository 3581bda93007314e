function Get-Connection {
    <#
    .SYNOPSIS
        Connections as objects, out of netstat -ano.
    #>
    param([string]$State = '*', [int[]]$Port)
    $pattern = '^\s*(?<proto>TCP|UDP)\s+(?<local>\S+):(?<lport>\d+)\s+(?<remote>\S+):(?<rport>\d+|\*)\s+(?<state>[A-Z_]*)\s*(?<pid>\d+)$'
    netstat -ano | ForEach-Object {
        if ($_ -match $pattern) {
            $made = New-Object PSObject
            $made | Add-Member NoteProperty Protocol $Matches.proto
            $made | Add-Member NoteProperty LocalPort ([int]$Matches.lport)
            $made | Add-Member NoteProperty Remote ($Matches.remote + ':' + $Matches.rport)
            $made | Add-Member NoteProperty State $Matches.state
            $made | Add-Member NoteProperty Process (Get-Process -Id $Matches.pid -ErrorAction SilentlyContinue).ProcessName
            $made
        }
    } | Where-Object { $_.State -like $State -and (!$Port -or $Port -contains $_.LocalPort) }
}
Get-Connection -State LISTENING | Sort-Object LocalPort | ForEach-Object { '{0}/{1} {2}' -f $_.Protocol, $_.LocalPort, $_.Process }
(Get-Connection -Port 443 | Measure-Object).Count
$config = (ipconfig /all) -join "`n"
[regex]::Matches($config, 'IPv4 Address[ .]*: (\d+(?:\.\d+){3})') | ForEach-Object { $_.Groups[1].Value }
$table = @{}
foreach ($line in (ipconfig /all)) {
    if ($line -match '^\s+(\S[^.:]*?)[ .]+:\s*(.*)$') { $table[$Matches[1]] = $Matches[2].Trim() }
}
$table['Host Name']; $table['DHCP Enabled']
