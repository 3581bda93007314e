<#
title: "DNS of {{ namespaces.legacy }}"
scope: organization
when: "namespaces.legacy and target.version == '2010'"
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
libraries: [windows]
arguments:
  name: namespaces.legacy
  internal: "topology.first_site.legacy_addresses|list"
  external: "topology.first_site.legacy_external_addresses|list"
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 3600, p90: 86400}
order: 3
gate:
  closes: both
  every: 300
  instructions: |
    {% set old = 'the 2007 Client Access servers' if '2007' in topology.versions else 'the 2003 front-end servers' -%}
    {{ namespaces.legacy }}: internal address record to {{ topology.first_site.legacy_addresses|join(', ') or old }},
    public one to {{ topology.first_site.legacy_external_addresses|join(', ') or 'a second public address' }}, with its own
    publishing rule to {{ old }}. Lower the time to live of {{ namespaces.primary }} now.
  undo: "Delete the records and the rule."
#>

function Get-DnsFault {
    param([string]$Name, [string]$Server, $Wanted, [string]$View)
    $found = @(Resolve-Record -Name $Name -Server $Server)
    if (-not $found.Count) { return "$Name does not resolve $View." }
    foreach ($address in @($Wanted)) { if ($found -notcontains $address) { return "$Name is $($found -join ', ') $View, planned $(@($Wanted) -join ', ')." } }
}

function Check {
    param($a)
    $faults = @(Get-DnsFault -Name $a.name -Server $a.internal_dns -Wanted $a.internal -View 'inside')
    if ($a.external_dns) { $faults += @(Get-DnsFault -Name $a.name -Server $a.external_dns -Wanted $a.external -View 'outside') }
    $faults = @($faults | Where-Object { $_ })
    if ($faults.Count) { return New-Needed -Message ($faults -join ' ') }
    return New-Satisfied -Message "$($a.name) resolves as planned."
}
