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
    FAXMAKER and other leftovers of 2003). Correct each policy that the probe names in the 2007 shell
    (Set-EmailAddressPolicy -EnabledEmailAddressTemplates), and keep the old templates.
  undo: "Put the old templates back from the inventory's archive."
#>
# gatewayProxy holds TYPE:template, the primary one with its type in capitals.

function Get-PolicyFaults {
    param([string]$Name, $Templates)
    $primaries = @{}
    foreach ($template in @($Templates)) {
        $type = @("$template" -split ':')[0]
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
    $faults = @(); $count = 0
    foreach ($result in (Search-Directory -Base "CN=Recipient Policies,$organization" -Filter '(objectClass=msExchRecipientPolicy)' -Properties 'cn', 'gatewayProxy' -Dc $a.dc)) {
        $count++
        $templates = @()
        if ($result.Properties.Contains('gatewayproxy')) { $templates = @($result.Properties['gatewayproxy']) }
        $faults += @(Get-PolicyFaults -Name (Get-Attribute $result 'cn') -Templates $templates)
    }
    if ($faults.Count) { return New-Needed -Message ($faults -join '; ') -Facts @{ faults = $faults } }
    return New-Satisfied -Message "$count recipient policies, each with one primary address a type."
}
