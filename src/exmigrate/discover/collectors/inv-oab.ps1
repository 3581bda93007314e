<#
title: "Offline address books"
scope: organization
when: "'2007' in topology.versions"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($book in @(Get-OfflineAddressBook @pinned -ErrorAction Stop)) { if ($book) { $found += @{ Name = "$($book.Name)"; Server = (Get-HostPart "$($book.Server)"); Versions = @(Get-NameList $book.Versions); PublicFolderDistributionEnabled = [bool]$book.PublicFolderDistributionEnabled; VirtualDirectories = @(Get-NameList $book.VirtualDirectories) } } }
    return New-Satisfied -Message "$($found.Count) address books." -Facts @{ value = $found }
}
