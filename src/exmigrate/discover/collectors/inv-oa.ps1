<#
title: "Outlook Anywhere of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles"
effect: read
vantage: E07
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
# The new servers keep the method: a change asks every NTLM user for a password.

function Collect {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @(Get-OutlookAnywhere -Server $a.server @pinned -ErrorAction Stop) | Where-Object { $_ } | Select-Object -First 1
    if (-not $found) { return New-Satisfied -Message 'off' -Facts @{ value = @{ enabled = $false; ExternalHostname = ''; ClientAuthenticationMethod = ''; IISAuthenticationMethods = @(); SSLOffloading = $false } } }
    return New-Satisfied -Message "$($found.ExternalHostname)" -Facts @{ value = @{
        enabled = $true; ExternalHostname = "$($found.ExternalHostname)"; ClientAuthenticationMethod = "$($found.ClientAuthenticationMethod)"
        IISAuthenticationMethods = @(Get-NameList $found.IISAuthenticationMethods); SSLOffloading = [bool]$found.SSLOffloading
    } }
}
