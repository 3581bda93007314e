# Adds a server to the replica list of a public folder and of all folders below it.
param([string]$Server, [string]$TopPublicFolder, [string]$ServerToAdd)
if (-not $TopPublicFolder -or -not $ServerToAdd) { throw 'TopPublicFolder and ServerToAdd are required.' }
$arguments = @{}
if ($Server) { $arguments['Server'] = $Server }
$database = @(Get-PublicFolderDatabase -Server $ServerToAdd)
if (-not $database.Count -or -not $database[0]) { throw "$ServerToAdd has no public folder database." }
$database = $database[0]
Get-PublicFolder -Identity $TopPublicFolder -Recurse -ResultSize Unlimited @arguments | ForEach-Object {
    $folder = $_
    if (-not $folder.Replicas.Count) { return }
    $names = @($folder.Replicas | ForEach-Object { $_.DistinguishedName })
    if ($names -contains $database.DistinguishedName) { return }
    Set-PublicFolder -Identity $folder.Identity -Replicas ($names + $database.DistinguishedName) @arguments
}
