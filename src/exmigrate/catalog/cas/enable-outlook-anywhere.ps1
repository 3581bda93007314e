<#
title: "Outlook Anywhere on {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles and site.internet_facing and client_access.outlook_anywhere"
effect: convergent
needs: [enable-certificate@server, install-cas@server]
vantage: shell
identity: delegated
arguments:
  server: server.name
  host: "site.namespace or namespaces.primary"
  method: client_access.outlook_anywhere_auth
  old:
    $fact: >-
      'inv-oa@' ~ (first(site.name, 'cas', false, '2007') or first(topology.first_site.name, 'cas', false, '2007')
      or servers(role='cas', target=false, version='2007')|first).name
      if not client_access.outlook_anywhere_auth and target.version == '2010'
      and servers(role='cas', target=false, version='2007') else ''
  version: server.version
  first_release: "server.version == '2007' and target.service_pack in ('', 'RTM')"
estimate: {p50: 60, p90: 1200}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "none before the cut-over; the method is the one that profiles use today, so nobody is asked for a password anew"
order: 33
failures:
  - {match: "RPC over HTTP|rpcproxy|not installed", class: permanent, means: "The Windows feature RPC-over-HTTP-Proxy is missing.", do: "Add-WindowsFeature RPC-Over-HTTP-Proxy on this server, then 'exmigrate retry'."}
#>
# ClientAuthenticationMethod stays what it is on 2007 (or what the plan says, as it must for profiles of 2003): a change asks
# every NTLM user for a password. 2007 without a service pack calls it ExternalAuthenticationMethod and has no list for IIS.

function Get-Method {
    param($a)
    if ($a.method) { return $a.method }
    if ($a.old -and $a.old.ClientAuthenticationMethod) { return [string]$a.old.ClientAuthenticationMethod }
    return 'Basic'
}

function Get-Authentication {
    param($a)
    if ($a.first_release) { return @{ ExternalAuthenticationMethod = (Get-Method $a) } }
    return @{ ClientAuthenticationMethod = (Get-Method $a); IISAuthenticationMethods = @('Basic', 'NTLM') }
}

function Get-MethodNow {
    param($a, $Now)
    if ($a.first_release) { return "$($Now.ExternalAuthenticationMethod)" }
    return "$($Now.ClientAuthenticationMethod)"
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
    $methodNow = Get-MethodNow $a $now
    if ("$($now.ExternalHostname)" -eq $a.host -and $methodNow -eq $method) {
        return New-Satisfied -Message "Outlook Anywhere is $($a.host) with $method."
    }
    return New-Needed -Message "Outlook Anywhere is $($now.ExternalHostname) with $methodNow, planned $($a.host) with $method." -Before @{ enabled = $true; host = "$($now.ExternalHostname)"; method = $methodNow; iis = @(Get-NameList $now.IISAuthenticationMethods) }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $method = Get-Method $a
    $authentication = Get-Authentication $a
    if (Get-Current $a) { Set-OutlookAnywhere -Identity "$($a.server)\Rpc (Default Web Site)" -ExternalHostname $a.host @authentication @pinned -Confirm:$false -ErrorAction Stop }
    else { [void](Enable-OutlookAnywhere -Server $a.server -ExternalHostname $a.host -SSLOffloading $false @authentication @pinned -Confirm:$false -ErrorAction Stop) }
    return New-Applied -Message "Outlook Anywhere is $($a.host) with $method; the RPC proxy takes it up within 15 minutes."
}

function Verify {
    param($a)
    $now = Get-Current $a
    if (-not $now) { return New-Failed -Message 'Outlook Anywhere is off.' }
    $method = Get-MethodNow $a $now
    if ("$($now.ExternalHostname)" -ne $a.host -or $method -ne (Get-Method $a)) { return New-Failed -Message "Outlook Anywhere is $($now.ExternalHostname) with $method." }
    return New-Verified -Message "Outlook Anywhere is $($now.ExternalHostname) with $method."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $old = @{ ClientAuthenticationMethod = $a.before.method }
    if (@(Get-NameList $a.before.iis).Count) { $old.IISAuthenticationMethods = @($a.before.iis) }
    if ($a.first_release) { $old = @{ ExternalAuthenticationMethod = $a.before.method } }
    if ($a.before.enabled) { Set-OutlookAnywhere -Identity "$($a.server)\Rpc (Default Web Site)" -ExternalHostname $a.before.host @old @pinned -Confirm:$false -ErrorAction Stop }
    elseif (Get-Current $a) { Disable-OutlookAnywhere -Server $a.server @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'Outlook Anywhere is as it was.'
}
