# Takes a server out of the replica list of a public folder and of all folders below it; the last replica stays.
param([string]$Server, [string]$TopPublicFolder, [string]$ServerToRemove)
if (-not $TopPublicFolder -or -not $ServerToRemove) { throw 'TopPublicFolder and ServerToRemove are required.' }
$arguments = @{}
if ($Server) { $arguments['Server'] = $Server }
$database = @(Get-PublicFolderDatabase -Server $ServerToRemove -IncludePreExchange2010)
if (-not $database.Count -or -not $database[0]) { throw "$ServerToRemove has no public folder database." }
$database = $database[0]
Get-PublicFolder -Identity $TopPublicFolder -Recurse -ResultSize Unlimited @arguments | ForEach-Object {
    $folder = $_
    $names = @($folder.Replicas | ForEach-Object { $_.DistinguishedName })
    if ($names -notcontains $database.DistinguishedName) { return }
    $left = @($names | Where-Object { $_ -ne $database.DistinguishedName })
    if ($left.Count) { Set-PublicFolder -Identity $folder.Identity -Replicas $left @arguments }
    else { Write-Warning "$($folder.Identity) has its only replica on $ServerToRemove." }
}
