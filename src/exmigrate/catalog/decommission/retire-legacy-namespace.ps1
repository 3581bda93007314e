<#
title: "Retire {{ namespaces.legacy }}"
scope: organization
when: >-
  namespaces.legacy and target.version == '2010' and not legacy(role='mailbox')|selectattr('keep')|list
  and not (servers(role='mailbox', target=false, version='2007')|selectattr('keep')
  |selectattr('site', 'in', sites(true)|map(attribute='name')|list)|list)
effect: gate
needs: [move-mailboxes@all, move-special-mailboxes, move-outlook-anywhere-endpoint@all]
vantage: AD
identity: delegated
libraries: [windows]
arguments:
  name: namespaces.legacy
  known: namespaces.primary
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 604800, p90: 1209600}
impact: "bookmarks to {{ namespaces.legacy }} stop working"
order: 12
gate:
  closes: both
  every: 3600
  instructions: |
    When the IIS logs of the {{ '2007 Client Access' if '2007' in topology.versions else '2003 front-end' }} servers show no user for the agreed time: delete the records of
    {{ namespaces.legacy }} inside and outside, and its publishing rule.
  undo: "Create the records and the rule again."
#>

function Check {
    param($a)
    if (-not (Test-NameServer -Known $a.known -Server $a.internal_dns)) { return New-Needed -Message "$($a.known) does not resolve inside either: whether $($a.name) is gone cannot be seen." }
    $inside = @(Resolve-Record -Name $a.name -Server $a.internal_dns)
    if ($inside.Count) { return New-Needed -Message "$($a.name) is still $($inside -join ', ') inside." }
    if ($a.external_dns) {
        if (-not (Test-NameServer -Known $a.known -Server $a.external_dns)) { return New-Needed -Message "$($a.known) does not resolve outside either: whether $($a.name) is gone cannot be seen." }
        $outside = @(Resolve-Record -Name $a.name -Server $a.external_dns)
        if ($outside.Count) { return New-Needed -Message "$($a.name) is still $($outside -join ', ') outside." }
    }
    return New-Satisfied -Message "$($a.name) does not resolve any more."
}
