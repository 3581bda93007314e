<#
title: "Recipient policies with one primary address a type"
scope: organization
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
estimate: {p50: 1800, p90: 86400}
order: 35
gate:
  closes: probe
  every: 300
  instructions: |
    /PrepareAD stops at a recipient policy that has not exactly one primary address of each type it carries (known:
    FAXMAKER and other leftovers of 2003), or an address that is none.
    {% if has_legacy %}
    Correct each policy that the probe names in Exchange System Manager (Recipients > Recipient Policies > E-Mail Addresses
    (Policy)), and keep the old templates.
    {% else %}
    Correct each policy that the probe names in the 2007 shell (Set-EmailAddressPolicy -EnabledEmailAddressTemplates), and
    keep the old templates.
    {% endif %}
  undo: "Put the old templates back from the inventory's archive."
#>
# gatewayProxy holds TYPE:template, the primary one with its type in capitals. A policy with nothing but Mailbox Manager
# settings has none.

function Get-PolicyFaults {
    param([string]$Name, $Templates)
    $primaries = @{}
    foreach ($template in @($Templates)) {
        if ("$template" -notmatch '^([^:]+):(.+)$') { "'$Name' has '$template', which is no address"; continue }
        $type = $matches[1]
        if ($type -eq 'smtp' -and "$template" -notmatch '@[^@\s]+$') { "'$Name' has '$template', which is no SMTP address"; continue }
        $key = $type.ToUpper()
        if (-not $primaries.ContainsKey($key)) { $primaries[$key] = 0 }
        if ($type -ceq $key) { $primaries[$key]++ }
    }
    foreach ($type in $primaries.Keys) {
        if ($primaries[$type] -ne 1) { "'$Name' has $($primaries[$type]) primary addresses of type $type" }
    }
}

function Check {
    param($a)
    $organization = Get-OrganizationName -Dc $a.dc
    if (-not $organization) { return New-Blocked -Message 'The forest has no Exchange organization.' }
    $faults = @(); $count = 0; $shared = @(); $odd = @()
    foreach ($result in @(Search-Directory -Base "CN=Recipient Policies,$organization" -Filter '(objectClass=msExchRecipientPolicy)' -Properties 'cn', 'gatewayProxy', 'msExchNonAuthoritativeDomains' -Dc $a.dc)) {
        $count++
        if ($result.Properties.Contains('msexchnonauthoritativedomains')) { $shared += @($result.Properties['msexchnonauthoritativedomains'] | ForEach-Object { "$_" }) }
        $templates = @()
        if ($result.Properties.Contains('gatewayproxy')) { $templates = @($result.Properties['gatewayproxy']) }
        # A primary address without an Internet domain (@localhost) may be meant: it is told, and stops nothing.
        $odd += @($templates | Where-Object { "$_" -cmatch '^SMTP:.*@[^.]+$' } | ForEach-Object { "$_" })
        $faults += @(Get-PolicyFaults -Name (Get-Attribute $result 'cn') -Templates $templates)
    }
    $facts = @{ faults = $faults; non_authoritative = $shared; without_domain = $odd }
    if ($faults.Count) { return New-Needed -Message ($faults -join '; ') -Facts $facts }
    $notes = ''
    if ($shared.Count) { $notes += " Not authoritative for $($shared -join ', ')." }
    if ($odd.Count) { $notes += " No Internet domain: $($odd -join ', ')." }
    return New-Satisfied -Message "$count recipient policies, each with one primary address a type.$notes" -Facts $facts
}
