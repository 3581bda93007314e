<#
title: "Retire {{ topology.legacy_names|names|join(' and ') }}"
scope: organization
when: >-
  topology.legacy_names and target.version == '2010' and not legacy(role='mailbox')|selectattr('keep')|list
  and not (servers(role='mailbox', target=false, version='2007')|selectattr('keep')
  |selectattr('site', 'in', sites(true)|map(attribute='name')|list)|list)
effect: gate
needs: [move-mailboxes@all, move-special-mailboxes, move-outlook-anywhere-endpoint@all]
vantage: AD
identity: delegated
libraries: [windows]
arguments:
  names: topology.legacy_names|names
  known: namespaces.primary
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 604800, p90: 1209600}
impact: "bookmarks to {{ topology.legacy_names|names|join(' and ') }} stop working"
order: 12
gate:
  closes: both
  every: 3600
  instructions: |
    When the IIS logs of the {{ '2007 Client Access' if '2007' in topology.versions else '2003 front-end' }} servers show no user for the agreed time: delete the records of
    {{ topology.legacy_names|names|join(' and of ') }} inside and outside, and their publishing rules.
  undo: "Create the records and the rules again."
#>

function Check {
    param($a)
    $names = @($a.names)
    if (-not (Test-NameServer -Known $a.known -Server $a.internal_dns)) { return New-Needed -Message "$($a.known) does not resolve inside either: whether $($names -join ', ') is gone cannot be seen." }
    foreach ($name in $names) {
        $inside = @(Resolve-Record -Name $name -Server $a.internal_dns)
        if ($inside.Count) { return New-Needed -Message "$name is still $($inside -join ', ') inside." }
    }
    if ($a.external_dns) {
        if (-not (Test-NameServer -Known $a.known -Server $a.external_dns)) { return New-Needed -Message "$($a.known) does not resolve outside either: whether $($names -join ', ') is gone cannot be seen." }
        foreach ($name in $names) {
            $outside = @(Resolve-Record -Name $name -Server $a.external_dns)
            if ($outside.Count) { return New-Needed -Message "$name is still $($outside -join ', ') outside." }
        }
    }
    return New-Satisfied -Message "Nothing resolves any more of: $($names -join ', ')."
}
