<#
title: "DNS of {{ topology.legacy_names|names|join(' and ') }}"
scope: organization
when: "topology.legacy_names and target.version == '2010'"
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
libraries: [windows]
arguments:
  names: topology.legacy_names|plain
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 3600, p90: 86400}
order: 3
gate:
  closes: both
  every: 300
  instructions: |
    {% set old = 'the 2007 Client Access servers' if '2007' in topology.versions else 'the 2003 front-end servers' -%}
    {% for item in topology.legacy_names -%}
    {{ item.name }}: internal address record to {{ item.internal|join(', ') or old ~ ' of ' ~ item.site }},
    public one to {{ item.external|join(', ') or 'a second public address' }}, with its own publishing rule to
    {{ old }} of {{ item.site }}.
    {% endfor -%}
    Lower the time to live of {{ sites(true)|map(attribute='namespace')|select|list|join(', ') or namespaces.primary }} now.
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
    $faults = @()
    foreach ($item in @($a.names)) {
        $faults += @(Get-DnsFault -Name $item.name -Server $a.internal_dns -Wanted $item.internal -View 'inside')
        if ($a.external_dns) { $faults += @(Get-DnsFault -Name $item.name -Server $a.external_dns -Wanted $item.external -View 'outside') }
    }
    $faults = @($faults | Where-Object { $_ })
    if ($faults.Count) { return New-Needed -Message ($faults -join ' ') }
    return New-Satisfied -Message "As planned: $(@($a.names | ForEach-Object { $_.name }) -join ', ')."
}
