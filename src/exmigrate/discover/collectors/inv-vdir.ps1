<#
title: "Virtual directories of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @()
    foreach ($set in @(
            @('owa', @(Get-OwaVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)), @('activesync', @(Get-ActiveSyncVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)),
            @('ews', @(Get-WebServicesVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)), @('oab', @(Get-OabVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)),
            @('autodiscover', @(Get-AutodiscoverVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)), @('um', @(Get-UMVirtualDirectory -Server $a.server @pinned -ErrorAction Stop)))) {
        foreach ($directory in $set[1]) { if ($directory) { $found += @{ kind = $set[0]; Identity = "$($directory.Identity)"; InternalUrl = "$($directory.InternalUrl)"; ExternalUrl = "$($directory.ExternalUrl)" } } }
    }
    return New-Satisfied -Message "$($found.Count) virtual directories." -Facts @{ value = $found }
}
