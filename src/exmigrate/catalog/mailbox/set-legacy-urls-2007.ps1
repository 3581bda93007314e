<#
title: "{{ server.name }} under {{ site.legacy_name }}"
scope: server
when: >-
  server.source and server.version == '2007' and 'cas' in server.roles and site.internet_facing and site.legacy_name
  and servers(site=site.name, role='cas', target=true)
effect: convergent
needs: [gate-publish-namespace@site, gate-create-legacy-dns, install-legacy-certificate@server, preflight-remoting@server]
vantage: E07
identity: delegated
window: policy
arguments:
  server: server.name
  legacy: site.legacy_name
  moved: "([site.namespace or namespaces.primary] + namespaces.autodiscover|list)|unique|list"
  activesync: client_access.activesync_legacy_external_url
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators"]
impact: "from here until the cut-over, Autodiscover tells 2007 users the legacy name"
order: 31
failures:
  - {match: "couldn't be found", class: permanent, means: "A virtual directory is missing or was renamed.", do: "Compare Get-OwaVirtualDirectory and its kin on this server with the default names."}
#>
# ExternalUrl becomes the legacy name; InternalUrl only where it holds a name that moves to 2010. ActiveSync without
# ExternalUrl is always proxied by 2010, with the legacy one devices are told to move (HTTP 451). The SCP stays.

function Get-Paths {
    return @{ owa = 'owa'; ews = 'EWS/Exchange.asmx'; oab = 'OAB'; um = 'UnifiedMessaging/Service.asmx'; activesync = 'Microsoft-Server-ActiveSync' }
}

function Get-Directory {
    param($a, [string]$Which)
    $pinned = Get-PinnedDc $a
    switch ($Which) {
        'owa' { Get-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @pinned -ErrorAction Stop }
        'ews' { Get-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @pinned -ErrorAction Stop }
        'oab' { Get-OabVirtualDirectory -Identity "$($a.server)\OAB (Default Web Site)" @pinned -ErrorAction Stop }
        'um' { Get-UMVirtualDirectory -Identity "$($a.server)\UnifiedMessaging (Default Web Site)" @pinned -ErrorAction Stop }
        'activesync' { Get-ActiveSyncVirtualDirectory -Identity "$($a.server)\Microsoft-Server-ActiveSync (Default Web Site)" @pinned -ErrorAction Stop }
    }
}

function Set-Directory {
    param($a, [string]$Which, [hashtable]$Values)
    $pinned = Get-PinnedDc $a
    $given = @{}
    foreach ($name in @($Values.Keys)) { $given[$name] = Get-ValueOrNull $Values[$name] }
    switch ($Which) {
        'owa' { Set-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @given @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop }
        'ews' { Set-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        'oab' { Set-OabVirtualDirectory -Identity "$($a.server)\OAB (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        'um' { Set-UMVirtualDirectory -Identity "$($a.server)\UnifiedMessaging (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        'activesync' { Set-ActiveSyncVirtualDirectory -Identity "$($a.server)\Microsoft-Server-ActiveSync (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
    }
}

function Get-HostOfUrl {
    param([string]$Url)
    if ($Url -match '^https?://([^/:]+)') { return $matches[1].ToLower() }
    return ''
}

# { directory: { property: @(old, new) } }
function Get-Changes {
    param($a)
    $paths = Get-Paths
    $changes = @{}
    foreach ($which in @($paths.Keys)) {
        $now = Get-Directory $a $which
        $url = "https://$($a.legacy)/$($paths[$which])"
        $wanted = $url
        if ($which -eq 'activesync' -and -not $a.activesync) { $wanted = '' }
        $found = @{}
        if ("$($now.ExternalUrl)".TrimEnd('/') -ne $wanted) { $found.ExternalUrl = @("$($now.ExternalUrl)", $wanted) }
        if (@($a.moved) -contains (Get-HostOfUrl "$($now.InternalUrl)")) { $found.InternalUrl = @("$($now.InternalUrl)", $url) }
        if ($found.Count) { $changes[$which] = $found }
    }
    return $changes
}

function Check {
    param($a)
    $changes = Get-Changes $a
    if (-not $changes.Count) { return New-Satisfied -Message "The addresses of $($a.server) are under $($a.legacy)." }
    $before = @{}
    foreach ($which in @($changes.Keys)) {
        $before[$which] = @{}
        foreach ($name in @($changes[$which].Keys)) { $before[$which][$name] = $changes[$which][$name][0] }
    }
    return New-Needed -Message "To set: $(@($changes.Keys | Sort-Object) -join ', ')." -Before @{ directories = $before }
}

function Apply {
    param($a)
    $changes = Get-Changes $a
    foreach ($which in @($changes.Keys)) {
        $values = @{}
        foreach ($name in @($changes[$which].Keys)) { $values[$name] = $changes[$which][$name][1] }
        Set-Directory $a $which $values
    }
    return New-Applied -Message "Set: $(@($changes.Keys | Sort-Object) -join ', ')."
}

function Verify {
    param($a)
    $changes = Get-Changes $a
    if ($changes.Count) { return New-Failed -Message "Still different: $(@($changes.Keys) -join ', ')." }
    return New-Verified -Message "The addresses of $($a.server) are under $($a.legacy)."
}

function Rollback {
    param($a)
    $old = $a.before.directories
    foreach ($which in @($old.Keys)) { Set-Directory $a $which $old[$which] }
    return New-Applied -Message "The old addresses of $($a.server) are back."
}
