<#
title: "Outlook Anywhere on {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles and site.internet_facing and client_access.outlook_anywhere"
effect: convergent
needs: [enable-certificate@server, install-cas@server]
vantage: E10
identity: delegated
arguments:
  server: server.name
  host: "site.namespace or namespaces.primary"
  method: client_access.outlook_anywhere_auth
  old: {$fact: "'' if client_access.outlook_anywhere_auth else 'inv-oa@' ~ (first(site.name, 'cas', false) or first(topology.first_site.name, 'cas', false)).name"}
estimate: {p50: 60, p90: 1200}
rights: ["Organization Management"]
impact: "none before the cut-over; the method is the one that profiles use today, so nobody is asked for a password anew"
order: 33
failures:
  - {match: "RPC over HTTP|rpcproxy|not installed", class: permanent, means: "The Windows feature RPC-over-HTTP-Proxy is missing.", do: "Add-WindowsFeature RPC-Over-HTTP-Proxy on this server, then 'exmigrate retry'."}
#>
# ClientAuthenticationMethod stays what it is on 2007 (or what the plan says): a change asks every NTLM user for a password.

function Get-Method {
    param($a)
    if ($a.method) { return $a.method }
    if ($a.old -and $a.old.ClientAuthenticationMethod) { return [string]$a.old.ClientAuthenticationMethod }
    return 'Basic'
}

function Get-Current {
    param($a)
    $pinned = Get-PinnedDc $a
    return @(Get-OutlookAnywhere -Server $a.server @pinned -ErrorAction Stop) | Select-Object -First 1
}

function Check {
    param($a)
    $now = Get-Current $a
    $method = Get-Method $a
    if (-not $now) { return New-Needed -Message 'Outlook Anywhere is off here.' -Before @{ enabled = $false } }
    if ("$($now.ExternalHostname)" -eq $a.host -and "$($now.ClientAuthenticationMethod)" -eq $method) {
        return New-Satisfied -Message "Outlook Anywhere is $($a.host) with $method."
    }
    return New-Needed -Message "Outlook Anywhere is $($now.ExternalHostname) with $($now.ClientAuthenticationMethod), planned $($a.host) with $method." -Before @{ enabled = $true; host = "$($now.ExternalHostname)"; method = "$($now.ClientAuthenticationMethod)" }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $method = Get-Method $a
    $now = Get-Current $a
    if ($now) { Set-OutlookAnywhere -Identity "$($a.server)\Rpc (Default Web Site)" -ExternalHostname $a.host -ClientAuthenticationMethod $method -IISAuthenticationMethods Basic, NTLM @pinned -Confirm:$false -ErrorAction Stop }
    else { [void](Enable-OutlookAnywhere -Server $a.server -ExternalHostname $a.host -ClientAuthenticationMethod $method -IISAuthenticationMethods Basic, NTLM -SSLOffloading $false @pinned -Confirm:$false -ErrorAction Stop) }
    return New-Applied -Message "Outlook Anywhere is $($a.host) with $method; the RPC proxy takes it up within 15 minutes."
}

function Verify {
    param($a)
    $now = Get-Current $a
    if (-not $now) { return New-Failed -Message 'Outlook Anywhere is off.' }
    if ("$($now.ExternalHostname)" -ne $a.host -or "$($now.ClientAuthenticationMethod)" -ne (Get-Method $a)) { return New-Failed -Message "Outlook Anywhere is $($now.ExternalHostname) with $($now.ClientAuthenticationMethod)." }
    return New-Verified -Message "Outlook Anywhere is $($now.ExternalHostname) with $($now.ClientAuthenticationMethod)."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.before.enabled) { Set-OutlookAnywhere -Identity "$($a.server)\Rpc (Default Web Site)" -ExternalHostname $a.before.host -ClientAuthenticationMethod $a.before.method @pinned -Confirm:$false -ErrorAction Stop }
    elseif (Get-Current $a) { Disable-OutlookAnywhere -Server $a.server @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'Outlook Anywhere is as it was.'
}
