<#
title: "Members out of the Exchange 2003 groups of {{ domain.name }}"
scope: domain
when: "domain.exchange and has_legacy and not legacy()|selectattr('keep')|list"
effect: convergent
needs: [uninstall-legacy-server@all, gate-retained-servers, gate-decommission]
vantage: AD
identity: delegated
libraries: [legacy, legacy-removal]
arguments:
  domain: domain.name
  controller: "(topology.domain_controllers|selectattr('domain', 'equalto', domain.name)|rejectattr('read_only')|map(attribute='fqdn')|list + [''])[0]"
  root: domain.root
estimate: {p50: 60, p90: 300}
rights: ["Domain Admins of the domain", "Enterprise Admins for ExchangeLegacyInterop"]
impact: "the computer accounts of removed servers, and whoever was added by hand, lose what these groups gave"
order: 6
failures:
  - {match: "Access is denied|unwilling", class: credentials, means: "The account may not change these groups.", do: "Run it as a Domain Admin of that domain."}
#>
# Emptied first and watched for a week (gate-watch-legacy-groups), then deleted (clean-legacy-groups).

function Check {
    param($a)
    $members = Get-LegacyGroupMembers -Domain $a.domain -Controller $a.controller -Root ([bool]$a.root)
    if (-not $members.Count) { return New-Satisfied -Message "The groups of Exchange 2003 in $($a.domain) have no members." }
    return New-Needed -Message "Members in $(@($members.Keys | Sort-Object) -join ', ')." -Before @{ members = $members }
}

function Apply {
    param($a)
    $members = Get-LegacyGroupMembers -Domain $a.domain -Controller $a.controller -Root ([bool]$a.root)
    foreach ($group in @($members.Keys)) {
        $entry = [ADSI](Get-LdapPath -Name $group -Dc $a.controller)
        foreach ($member in @($members[$group])) { [void]$entry.psbase.Properties['member'].Remove("$member") }
        $entry.psbase.CommitChanges()
    }
    return New-Applied -Message "Emptied: $(@($members.Keys | Sort-Object) -join ', ')."
}

function Verify {
    param($a)
    $members = Get-LegacyGroupMembers -Domain $a.domain -Controller $a.controller -Root ([bool]$a.root)
    if ($members.Count) { return New-Failed -Message "Members are left in $(@($members.Keys) -join ', ')." }
    return New-Verified -Message "The groups of Exchange 2003 in $($a.domain) have no members."
}

function Rollback {
    param($a)
    foreach ($group in @($a.before.members.Keys)) {
        $entry = [ADSI](Get-LdapPath -Name $group -Dc $a.controller)
        $there = @($entry.psbase.Properties['member'] | ForEach-Object { "$_" })
        foreach ($member in @($a.before.members[$group])) { if ($there -notcontains "$member") { [void]$entry.psbase.Properties['member'].Add("$member") } }
        $entry.psbase.CommitChanges()
    }
    return New-Applied -Message 'The members are back.'
}
