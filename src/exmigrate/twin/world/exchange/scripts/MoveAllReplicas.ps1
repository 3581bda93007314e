# Replaces one server by another in the replica lists of all public folders, system folders included.
param([string]$Server, [string]$NewServer)
if (-not $Server -or -not $NewServer) { throw 'Server and NewServer are required.' }
$old = @(Get-PublicFolderDatabase -Server $Server -IncludePreExchange2010)[0]
$new = @(Get-PublicFolderDatabase -Server $NewServer)[0]
if (-not $old) { throw "$Server has no public folder database." }
if (-not $new) { throw "$NewServer has no public folder database." }
foreach ($top in '\', '\NON_IPM_SUBTREE') {
    Get-PublicFolder -Identity $top -Recurse -ResultSize Unlimited | ForEach-Object {
        $folder = $_
        $names = @($folder.Replicas | ForEach-Object { $_.DistinguishedName })
        if ($names -notcontains $old.DistinguishedName) { return }
        $left = @($names | Where-Object { $_ -ne $old.DistinguishedName })
        if ($left -notcontains $new.DistinguishedName) { $left = $left + $new.DistinguishedName }
        Set-PublicFolder -Identity $folder.Identity -Replicas $left
    }
}
