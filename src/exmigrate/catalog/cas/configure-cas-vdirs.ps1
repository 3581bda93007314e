<#
title: "Virtual directories of {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles"
effect: convergent
needs:
  - install-cas@server
  - {kind: set-autodiscover-scp, at: server.name, when: "target.version == '2007'"}
vantage: shell
identity: delegated
arguments:
  server: server.name
  version: server.version
  internet_facing: site.internet_facing
  host: "site.namespace or namespaces.primary"
estimate: {p50: 90, p90: 300}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "local administrator"]
ends_unseen: true
order: 32
failures:
  - {match: "couldn't be found", class: permanent, means: "A virtual directory is missing or was renamed.", do: "Compare Get-OwaVirtualDirectory and its kin on this server; recreate the missing one."}
  - {match: "metabase|IIS", class: transient, means: "IIS did not answer.", do: "Nothing: it is tried again. If it stays, look at W3SVC and IISADMIN."}
#>
# Internet-facing: the public host name inside and outside, forms logon. Else: no ExternalUrl and Windows
# authentication, because another site's CAS proxies to it. Windows and Basic on EWS and Autodiscover in both cases.
# 2007 has no ECP, but a virtual directory for Unified Messaging.

# { virtual directory: { property: value } }; '' is $null.
function Get-Wanted {
    param($a)
    $base = "https://$($a.host)"
    if ($a.internet_facing) {
        $wanted = @{
            owa = @{ InternalUrl = "$base/owa"; ExternalUrl = "$base/owa"; FormsAuthentication = $true; BasicAuthentication = $true; WindowsAuthentication = $false }
            ecp = @{ InternalUrl = "$base/ecp"; ExternalUrl = "$base/ecp"; FormsAuthentication = $true; BasicAuthentication = $true; WindowsAuthentication = $false }
            activesync = @{ InternalUrl = "$base/Microsoft-Server-ActiveSync"; ExternalUrl = "$base/Microsoft-Server-ActiveSync"; BasicAuthEnabled = $true }
            ews = @{ InternalUrl = "$base/EWS/Exchange.asmx"; ExternalUrl = "$base/EWS/Exchange.asmx"; BasicAuthentication = $true; WindowsAuthentication = $true }
            oab = @{ InternalUrl = "$base/OAB"; ExternalUrl = "$base/OAB" }
            autodiscover = @{ BasicAuthentication = $true; WindowsAuthentication = $true }
            um = @{ InternalUrl = "$base/UnifiedMessaging/Service.asmx"; ExternalUrl = "$base/UnifiedMessaging/Service.asmx" }
        }
    }
    else {
        $wanted = @{
            owa = @{ ExternalUrl = ''; FormsAuthentication = $false; BasicAuthentication = $false; WindowsAuthentication = $true }
            ecp = @{ ExternalUrl = ''; FormsAuthentication = $false; BasicAuthentication = $false; WindowsAuthentication = $true }
            activesync = @{ ExternalUrl = ''; WindowsAuthEnabled = $true }
            ews = @{ ExternalUrl = ''; BasicAuthentication = $true; WindowsAuthentication = $true }
            oab = @{ ExternalUrl = '' }
            autodiscover = @{ BasicAuthentication = $true; WindowsAuthentication = $true }
            um = @{ ExternalUrl = '' }
        }
    }
    if ($a.version -eq '2007') { $wanted.Remove('ecp') } else { $wanted.Remove('um') }
    return $wanted
}

function Get-Directory {
    param($a, [string]$Which)
    $pinned = Get-PinnedDc $a
    switch ($Which) {
        'owa' { Get-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @pinned -ErrorAction Stop }
        'ecp' { if ($a.version -eq '2010') { Get-EcpVirtualDirectory -Identity "$($a.server)\ecp (Default Web Site)" @pinned -ErrorAction Stop } }
        'um' { if ($a.version -eq '2007') { Get-UMVirtualDirectory -Identity "$($a.server)\UnifiedMessaging (Default Web Site)" @pinned -ErrorAction Stop } }
        'activesync' { Get-ActiveSyncVirtualDirectory -Identity "$($a.server)\Microsoft-Server-ActiveSync (Default Web Site)" @pinned -ErrorAction Stop }
        'ews' { Get-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @pinned -ErrorAction Stop }
        'oab' { Get-OabVirtualDirectory -Identity "$($a.server)\OAB (Default Web Site)" @pinned -ErrorAction Stop }
        'autodiscover' { Get-AutodiscoverVirtualDirectory -Identity "$($a.server)\Autodiscover (Default Web Site)" @pinned -ErrorAction Stop }
    }
}

function Set-Directory {
    param($a, [string]$Which, [hashtable]$Values)
    $pinned = Get-PinnedDc $a
    $given = @{}
    foreach ($name in @($Values.Keys)) {
        $given[$name] = $Values[$name]
        if ($Values[$name] -is [string] -and $Values[$name] -eq '') { $given[$name] = $null }
    }
    switch ($Which) {
        'owa' { Set-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @given @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop }
        'ecp' {
            if ($a.version -eq '2010') { Set-EcpVirtualDirectory -Identity "$($a.server)\ecp (Default Web Site)" @given @pinned -Confirm:$false -WarningAction SilentlyContinue -ErrorAction Stop }
        }
        'um' {
            if ($a.version -eq '2007') { Set-UMVirtualDirectory -Identity "$($a.server)\UnifiedMessaging (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        }
        'activesync' { Set-ActiveSyncVirtualDirectory -Identity "$($a.server)\Microsoft-Server-ActiveSync (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        'ews' {
            if ($a.version -eq '2007') { Set-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
            else { Set-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @given @pinned -Confirm:$false -Force -ErrorAction Stop }
        }
        'oab' { Set-OabVirtualDirectory -Identity "$($a.server)\OAB (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
        'autodiscover' { Set-AutodiscoverVirtualDirectory -Identity "$($a.server)\Autodiscover (Default Web Site)" @given @pinned -Confirm:$false -ErrorAction Stop }
    }
}

# What differs from the plan: { virtual directory: { property: value now } }
function Get-Differences {
    param($a)
    $wanted = Get-Wanted $a
    $differences = @{}
    foreach ($which in @($wanted.Keys)) {
        $now = Get-Directory $a $which
        $old = @{}
        foreach ($name in @($wanted[$which].Keys)) {
            $value = $now.$name
            if ("$value".TrimEnd('/') -ne "$($wanted[$which][$name])".TrimEnd('/')) {
                if ($value -is [bool]) { $old[$name] = $value } else { $old[$name] = "$value" }
            }
        }
        if ($old.Count) { $differences[$which] = $old }
    }
    return $differences
}

# OWA and ECP take another logon method only after IIS has restarted.
function Restart-WebServer {
    param([hashtable]$Changed)
    foreach ($which in 'owa', 'ecp') {
        if ($Changed -and $Changed.ContainsKey($which) -and ($Changed[$which].ContainsKey('FormsAuthentication') -or $Changed[$which].ContainsKey('WindowsAuthentication'))) {
            [void](& iisreset /noforce)
            return
        }
    }
}

function Check {
    param($a)
    $differences = Get-Differences $a
    if (-not $differences.Count) { return New-Satisfied -Message 'Addresses and authentication are as planned.' }
    $what = @($differences.Keys | Sort-Object | ForEach-Object { "$($_): $(@($differences[$_].Keys | Sort-Object) -join ', ')" })
    return New-Needed -Message "Differs from the plan: $($what -join '; ')." -Before @{ directories = $differences }
}

function Apply {
    param($a)
    $differences = Get-Differences $a
    $wanted = Get-Wanted $a
    foreach ($which in @($differences.Keys)) {
        $values = @{}
        foreach ($name in @($differences[$which].Keys)) { $values[$name] = $wanted[$which][$name] }
        Set-Directory $a $which $values
    }
    # What an attempt before this one has set is no difference any more and needs the restart all the same.
    Restart-WebServer $a.before.directories
    return New-Applied -Message "Set: $(@($differences.Keys | Sort-Object) -join ', ')."
}

function Verify {
    param($a)
    $differences = Get-Differences $a
    if ($differences.Count) { return New-Failed -Message "Still different: $(@($differences.Keys | Sort-Object) -join ', ')." }
    $service = Get-Service -Name W3SVC -ErrorAction Stop
    if ("$($service.Status)" -ne 'Running') { return New-Failed -Message "IIS (W3SVC) is $($service.Status)." }
    return New-Verified -Message 'Addresses and authentication are as planned, IIS runs.'
}

function Rollback {
    param($a)
    $old = $a.before.directories
    foreach ($which in @($old.Keys)) { Set-Directory $a $which $old[$which] }
    Restart-WebServer $old
    return New-Applied -Message 'The old addresses and authentication are back.'
}
