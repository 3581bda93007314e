<#
title: "No way to Exchange 2003 OWA on {{ server.name }} any more"
scope: server
when: >-
  server.target and server.version == '2010' and 'cas' in server.roles and site.internet_facing and '2003' in topology.versions
  and (client_access.exchange2003_url or site.legacy_name) and not legacy(role='mailbox')|selectattr('keep')|list
effect: convergent
needs: [retire-legacy-namespace, set-exchange2003-url@server, move-mailboxes@all]
vantage: E10
identity: delegated
arguments:
  server: server.name
estimate: {p50: 20, p90: 60}
rights: ["Organization Management"]
order: 13
#>
# When the legacy name is gone nothing answers at that address any more.

function Get-Url {
    param($a)
    $pinned = Get-PinnedDc $a
    return "$((Get-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @pinned -ErrorAction Stop).Exchange2003Url)"
}

function Check {
    param($a)
    $now = Get-Url $a
    if (-not $now) { return New-Satisfied -Message 'OWA names no Exchange 2003 address.' }
    return New-Needed -Message "OWA sends 2003 users to $now." -Before @{ url = $now }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" -Exchange2003Url $null @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop
    return New-Applied -Message 'OWA names no Exchange 2003 address any more.'
}

function Verify {
    param($a)
    $now = Get-Url $a
    if ($now) { return New-Failed -Message "OWA still sends 2003 users to $now." }
    return New-Verified -Message 'OWA names no Exchange 2003 address.'
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" -Exchange2003Url $a.before.url @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop
    return New-Applied -Message "OWA sends 2003 users to $($a.before.url) again."
}
