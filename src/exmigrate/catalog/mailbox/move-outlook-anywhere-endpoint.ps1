<#
title: "Outlook Anywhere off on {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2007' and 'cas' in server.roles and site.internet_facing
  and servers(site=site.name, role='cas', target=true)
effect: convergent
needs: [cutover-client-namespace@site, enable-outlook-anywhere@site]
vantage: E07
identity: delegated
window: policy
arguments:
  server: server.name
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators"]
impact: "Outlook Anywhere of 2007 mailboxes runs through 2010, which proxies to the 2007 Mailbox server"
order: 34
#>
# Only after Outlook Anywhere through 2010 was tried with a 2007 mailbox (cutover-client-namespace).

function Get-Current {
    param($a)
    $pinned = Get-PinnedDc $a
    return @(Get-OutlookAnywhere -Server $a.server @pinned -ErrorAction Stop) | Where-Object { $_ } | Select-Object -First 1
}

function Check {
    param($a)
    $now = Get-Current $a
    if (-not $now) { return New-Satisfied -Message "Outlook Anywhere is off on $($a.server)." }
    return New-Needed -Message "Outlook Anywhere is $($now.ExternalHostname) on $($a.server)." -Before @{
        host = "$($now.ExternalHostname)"; method = "$($now.ClientAuthenticationMethod)"; iis = @(Get-NameList $now.IISAuthenticationMethods); offloading = [bool]$now.SSLOffloading
    }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-Current $a) { Disable-OutlookAnywhere -Server $a.server @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "Outlook Anywhere is off on $($a.server)."
}

function Verify {
    param($a)
    if (Get-Current $a) { return New-Failed -Message "Outlook Anywhere is still on at $($a.server)." }
    return New-Verified -Message "Outlook Anywhere is off on $($a.server)."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if (-not (Get-Current $a)) {
        [void](Enable-OutlookAnywhere -Server $a.server -ExternalHostname $a.before.host -ClientAuthenticationMethod $a.before.method -SSLOffloading ([bool]$a.before.offloading) @pinned -Confirm:$false -ErrorAction Stop)
        if (@(Get-NameList $a.before.iis).Count) { Set-OutlookAnywhere -Identity "$($a.server)\Rpc (Default Web Site)" -IISAuthenticationMethods @($a.before.iis) @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "Outlook Anywhere is on again at $($a.server)."
}
