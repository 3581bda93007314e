param([string]$CsvPath = 'C:\Data\users.csv', [string]$Domain = 'contoso.com')

function ConvertTo-Alias {
    [CmdletBinding()]
    param([Parameter(ValueFromPipelineByPropertyName = $true)][Alias('GivenName')][string]$FirstName,
          [Parameter(ValueFromPipelineByPropertyName = $true)][Alias('Surname')][string]$LastName)
    process {
        $alias = ($FirstName.Substring(0, 1) + $LastName).ToLower() -replace '[^a-z0-9]', ''
        if ($alias.Length -gt 8) { $alias = $alias.Substring(0, 8) }
        $alias
    }
}

function New-Password([int]$Length = 12) {
    $chars = [char[]]([char]'a'..[char]'z') + [char[]]([char]'A'..[char]'Z') + '0123456789'.ToCharArray()
    -join (1..$Length | ForEach-Object { $chars[(Get-Random -Minimum 0 -Maximum $chars.Count)] })
}

$users = Import-Csv $CsvPath -Delimiter ';'
$seen = @{}
$result = foreach ($user in $users) {
    if (-not $user.LastName.Trim()) { Write-Warning "Line of '$($user.FirstName)' has no last name"; continue }
    $alias = $user | ConvertTo-Alias
    if ($seen.ContainsKey($alias)) { $seen[$alias]++; $alias += $seen[$alias] } else { $seen[$alias] = 1 }
    $secure = ConvertTo-SecureString (New-Password) -AsPlainText -Force
    $credential = New-Object System.Management.Automation.PSCredential("$Domain\$alias", $secure)
    New-Object PSObject -Property @{
        Alias = $alias
        Mail  = "{0}.{1}@{2}" -f $user.FirstName.ToLower(), $user.LastName.ToLower(), $Domain
        Name  = "{1}, {0}" -f $user.FirstName, $user.LastName.ToUpper()
        Long  = $credential.GetNetworkCredential().Password.Length
        Start = [datetime]::ParseExact($user.Start, 'dd.MM.yyyy', $null).ToString('yyyy-MM-dd')
    }
}
$result | ForEach-Object { "$($_.Alias)|$($_.Mail)|$($_.Name)|$($_.Long)|$($_.Start)" }
$result | Select-Object Alias, Mail | Export-Csv C:\Data\made.csv -NoTypeInformation -Encoding UTF8
Get-Content C:\Data\made.csv | Select-Object -First 2
