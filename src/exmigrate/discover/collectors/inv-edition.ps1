<#
title: "Edition of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'edge' not in server.roles"
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
    $server = Get-ExchangeServer -Identity $a.server @pinned -ErrorAction Stop
    return New-Satisfied -Message "$($server.Edition)" -Facts @{ value = @{
        Edition = "$($server.Edition)"; IsExchangeTrialEdition = [bool]$server.IsExchangeTrialEdition; AdminDisplayVersion = "$($server.AdminDisplayVersion)"; ServerRole = "$($server.ServerRole)"; Site = (Get-HostPart "$($server.Site)")
    } }
}
