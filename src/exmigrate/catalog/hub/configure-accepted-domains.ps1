<#
title: "Accepted domains"
scope: organization
when: "mail_flow.accepted_domains"
effect: convergent
needs: [{kind: install-hub, at: "first_hub.name if first_hub else first(topology.first_site.name, 'hub').name"}]
vantage: shell
identity: delegated
arguments:
  domains: "mail_flow.accepted_domains|list|plain"
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "mail to unknown users of a relay domain is passed on instead of refused"
order: 20
failures:
  - {match: "already exists", class: transient, means: "The domain was made by somebody else meanwhile.", do: "Nothing: the next Check sees it."}
#>
# Those of the recipient policies are there already, as authoritative ones; what the plan names beside them is made.

function Get-DomainType {
    param($Domain)
    switch ($Domain.kind) {
        'internal-relay' { return 'InternalRelay' }
        'external-relay' { return 'ExternalRelay' }
        default { return 'Authoritative' }
    }
}

# { domain in small letters: accepted domain }
function Get-Domains {
    param($a)
    $pinned = Get-PinnedDc $a
    $found = @{}
    foreach ($domain in @(Get-AcceptedDomain @pinned -ErrorAction Stop)) { if ($domain) { $found["$($domain.DomainName)".ToLower()] = $domain } }
    return $found
}

function Get-DefaultDomain {
    param([hashtable]$Domains)
    foreach ($name in @($Domains.Keys)) { if ($Domains[$name].Default) { return $name } }
    return ''
}

# { missing: names, types: { domain: type now }, default: default domain now where the plan wants another, else '' }
function Get-Differences {
    param($a)
    $there = Get-Domains $a
    $now = Get-DefaultDomain $there
    $differences = @{ missing = @(); types = @{}; default = '' }
    foreach ($domain in @($a.domains)) {
        $key = $domain.name.ToLower()
        if (-not $there.ContainsKey($key)) { $differences.missing += $key }
        elseif ("$($there[$key].DomainType)" -ne (Get-DomainType $domain)) { $differences.types[$key] = "$($there[$key].DomainType)" }
        if ($domain.default -and $now -ne $key) { $differences.default = $now }
    }
    return $differences
}

function Check {
    param($a)
    $differences = Get-Differences $a
    $what = @()
    if ($differences.missing.Count) { $what += "missing: $($differences.missing -join ', ')" }
    foreach ($name in @($differences.types.Keys | Sort-Object)) { $what += "$name is $($differences.types[$name])" }
    if ($differences.default) { $what += "the default domain is $($differences.default)" }
    if (-not $what.Count) { return New-Satisfied -Message "$(@($a.domains).Count) accepted domains are as planned." }
    return New-Needed -Message "$($what -join '; ')." -Before $differences
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = Get-Domains $a
    foreach ($domain in @($a.domains)) {
        $key = $domain.name.ToLower()
        $type = Get-DomainType $domain
        if (-not $there.ContainsKey($key)) { [void](New-AcceptedDomain -Name $domain.name -DomainName $domain.name -DomainType $type @pinned -Confirm:$false -ErrorAction Stop) }
        elseif ("$($there[$key].DomainType)" -ne $type) { Set-AcceptedDomain -Identity "$($there[$key].Name)" -DomainType $type @pinned -Confirm:$false -ErrorAction Stop }
    }
    $there = Get-Domains $a
    foreach ($domain in @($a.domains)) {
        $key = $domain.name.ToLower()
        if ($domain.default -and -not $there[$key].Default) { Set-AcceptedDomain -Identity "$($there[$key].Name)" -MakeDefault $true @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$(@($a.domains).Count) accepted domains set."
}

function Verify {
    param($a)
    $differences = Get-Differences $a
    if ($differences.missing.Count -or $differences.types.Count -or $differences.default) { return New-Failed -Message 'The accepted domains are not as planned.' }
    return New-Verified -Message "$(@($a.domains).Count) accepted domains are as planned."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $there = Get-Domains $a
    $old = $a.before.default
    if ($old -and $there.ContainsKey($old)) { Set-AcceptedDomain -Identity "$($there[$old].Name)" -MakeDefault $true @pinned -Confirm:$false -ErrorAction Stop }
    foreach ($name in @($a.before.types.Keys)) {
        if ($there.ContainsKey($name)) { Set-AcceptedDomain -Identity "$($there[$name].Name)" -DomainType $a.before.types[$name] @pinned -Confirm:$false -ErrorAction Stop }
    }
    foreach ($name in @($a.before.missing)) {
        if ($name -and $there.ContainsKey($name)) { Remove-AcceptedDomain -Identity "$($there[$name].Name)" @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message 'The accepted domains are as they were.'
}
