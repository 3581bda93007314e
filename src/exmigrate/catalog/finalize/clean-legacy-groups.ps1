<#
title: "Exchange 2003 groups of {{ domain.name }} deleted"
scope: domain
when: "domain.exchange and has_legacy and not legacy()|selectattr('keep')|list"
effect: convergent
reversibility: forward-only
reason: "A group made anew has another SID: what was granted to the old one stays void."
needs: [uninstall-legacy-server@all, empty-legacy-groups@all, gate-watch-legacy-groups@domain, gate-retained-servers, gate-decommission]
vantage: AD
identity: delegated
check: when-ready
libraries: [legacy, legacy-removal]
arguments:
  domain: domain.name
  controller: "(topology.domain_controllers|selectattr('domain', 'equalto', domain.name)|rejectattr('read_only')|map(attribute='fqdn')|list + [''])[0]"
estimate: {p50: 60, p90: 300}
rights: ["Domain Admins of the domain"]
impact: "none: they have had no member for a week"
order: 8
failures:
  - {match: "Access is denied|unwilling", class: credentials, means: "The account may not delete these groups.", do: "Run it as a Domain Admin of that domain."}
#>
# ExchangeLegacyInterop stays, empty: it belongs to the new version.

function Check {
    param($a)
    $groups = @(Get-LegacyGroups -Domain $a.domain -Controller $a.controller)
    if (-not $groups.Count) { return New-Satisfied -Message "$($a.domain) has no groups of Exchange 2003." }
    foreach ($group in $groups) {
        if (@(Get-GroupMembers -Group $group -Dc $a.controller).Count) { return New-Blocked -Message "$group has members again: somebody or something still uses it." }
    }
    return New-Needed -Message "To delete: $($groups -join '; ')."
}

function Apply {
    param($a)
    foreach ($group in @(Get-LegacyGroups -Domain $a.domain -Controller $a.controller)) {
        ([ADSI](Get-LdapPath -Name $group -Dc $a.controller)).psbase.DeleteTree()
    }
    return New-Applied -Message "The groups of Exchange 2003 in $($a.domain) are deleted."
}

function Verify {
    param($a)
    $groups = @(Get-LegacyGroups -Domain $a.domain -Controller $a.controller)
    if ($groups.Count) { return New-Failed -Message "Still there: $($groups -join '; ')." }
    return New-Verified -Message "$($a.domain) has no groups of Exchange 2003."
}
