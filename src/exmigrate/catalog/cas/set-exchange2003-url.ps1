<#
title: "Way to Exchange 2003 OWA on {{ server.name }}"
scope: server
when: >-
  server.target and server.version == '2010' and 'cas' in server.roles and site.internet_facing and '2003' in topology.versions
  and (client_access.exchange2003_url or site.legacy_name)
effect: convergent
needs: [install-cas@server, gate-create-legacy-dns]
vantage: E10
identity: delegated
arguments:
  server: server.name
  url: "client_access.exchange2003_url or 'https://' ~ site.legacy_name ~ '/exchange'"
estimate: {p50: 20, p90: 60}
rights: ["Organization Management"]
impact: "none before the cut-over; after it OWA sends users of 2003 mailboxes there"
order: 37
failures:
  - {match: "couldn't be found", class: permanent, means: "The OWA virtual directory is missing or was renamed.", do: "Compare Get-OwaVirtualDirectory on this server; recreate the missing one."}
#>
# A 2010 CAS never renders a 2003 mailbox: it redirects to this address, which must name the virtual directory. One logon is
# enough only where both sides have forms logon over SSL.

function Get-Url {
    param($a)
    $pinned = Get-PinnedDc $a
    return "$((Get-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @pinned -ErrorAction Stop).Exchange2003Url)".TrimEnd('/')
}

function Set-Url {
    param($a, [string]$Url)
    $pinned = Get-PinnedDc $a
    Set-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" -Exchange2003Url (Get-ValueOrNull $Url) @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop
}

function Check {
    param($a)
    $now = Get-Url $a
    if ($now -eq $a.url.TrimEnd('/')) { return New-Satisfied -Message "2003 users are sent to $now." }
    return New-Needed -Message "2003 users are sent to '$now', planned $($a.url)." -Before @{ url = $now }
}

function Apply {
    param($a)
    Set-Url $a $a.url
    return New-Applied -Message "2003 users are sent to $($a.url)."
}

function Verify {
    param($a)
    $now = Get-Url $a
    if ($now -ne $a.url.TrimEnd('/')) { return New-Failed -Message "2003 users are sent to '$now'." }
    return New-Verified -Message "2003 users are sent to $now."
}

function Rollback {
    param($a)
    Set-Url $a $a.before.url
    return New-Applied -Message "2003 users are sent to '$($a.before.url)' again."
}
