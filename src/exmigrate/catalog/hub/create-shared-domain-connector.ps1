<#
title: "Send connectors of shared domains"
scope: organization
when: "mail_flow.accepted_domains|selectattr('shared_with')|list"
effect: convergent
needs:
  - configure-accepted-domains
  - {kind: install-hub, at: "servers(site=topology.first_site.name, role='hub', target=true)|names"}
vantage: shell
identity: delegated
window: policy
arguments:
  domains: "mail_flow.accepted_domains|selectattr('shared_with')|list|plain"
  sources: "servers(site=topology.first_site.name, role='hub', target=true)|names"
estimate: {p50: 20, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "mail to users whom this organization does not know goes to the other system"
order: 21
failures:
  - {match: "already exists", class: transient, means: "The connector was made by somebody else meanwhile.", do: "Nothing: the next Check sees it."}
#>
# One a domain: an internal relay domain alone only stops the refusal, the connector says where to.

function Get-ConnectorName {
    param($Domain)
    return "Shared $($Domain.name)"
}

# What is wrong with a domain's connector; '' where it is as planned, 'missing' where there is none.
function Get-ConnectorFault {
    param($a, $Domain)
    $pinned = Get-PinnedDc $a
    $name = Get-ConnectorName $Domain
    $now = Find-Object { Get-SendConnector -Identity $name @pinned -ErrorAction Stop }
    if (-not $now) { return 'missing' }
    $spaces = @(Get-NameList $now.AddressSpaces | ForEach-Object { ($_ -replace '^[A-Za-z]+:', '') -replace ';\d+$', '' })
    if ($spaces -notcontains $Domain.name) { return "'$name' serves $($spaces -join ', ')" }
    $hosts = @(Get-NameList $now.SmartHosts | ForEach-Object { $_.Trim('[', ']') })
    if ($hosts -notcontains $Domain.shared_with) { return "'$name' leads to $($hosts -join ', '), planned $($Domain.shared_with)" }
    return ''
}

function Check {
    param($a)
    $missing = @()
    foreach ($domain in @($a.domains)) {
        $fault = Get-ConnectorFault $a $domain
        if ($fault -eq 'missing') { $missing += (Get-ConnectorName $domain) }
        elseif ($fault) { return New-Blocked -Message "$fault. Remove that connector, or correct 'shared_with' in the plan." }
    }
    if (-not $missing.Count) { return New-Satisfied -Message "$(@($a.domains).Count) connectors of shared domains are as planned." }
    return New-Needed -Message "To make: $($missing -join ', ')." -Before @{ missing = $missing }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($domain in @($a.domains)) {
        if (-not (Get-ConnectorFault $a $domain)) { continue }
        [void](New-SendConnector -Name (Get-ConnectorName $domain) -Usage Internal -AddressSpaces @($domain.name) -SmartHosts @($domain.shared_with) -DNSRoutingEnabled $false -SourceTransportServers @($a.sources) @pinned -Confirm:$false -ErrorAction Stop)
    }
    return New-Applied -Message "$(@($a.domains).Count) connectors of shared domains are there."
}

function Verify {
    param($a)
    foreach ($domain in @($a.domains)) {
        $fault = Get-ConnectorFault $a $domain
        if ($fault) { return New-Failed -Message "$(Get-ConnectorName $domain): $fault." }
    }
    return New-Verified -Message "$(@($a.domains).Count) connectors of shared domains are as planned."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($name in @($a.before.missing)) {
        if ($name -and (Find-Object { Get-SendConnector -Identity $name @pinned -ErrorAction Stop })) { Remove-SendConnector -Identity $name @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message 'The connectors made here are removed.'
}
