<#
title: "Mail routing between sites"
scope: organization
when: "topology.site_links|selectattr('exchange_cost')|list or topology.sites|selectattr('hub_site')|list"
effect: convergent
needs: [{kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: shell
identity: delegated
window: policy
libraries: [directory]
arguments:
  links: "topology.site_links|selectattr('exchange_cost')|list|plain"
  hub_sites: "topology.sites|selectattr('hub_site')|map(attribute='name')|list"
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "acts on every Hub of the organization at once; directory replication keeps its own costs"
order: 41
#>

function Get-LinkCost {
    param($a, [string]$Name)
    $pinned = Get-PinnedDc $a
    return "$((Get-ADSiteLink -Identity $Name @pinned -ErrorAction Stop).ExchangeCost)"
}

function Test-HubSite {
    param($a, [string]$Name)
    $pinned = Get-PinnedDc $a
    return [bool](Get-ADSite -Identity $Name @pinned -ErrorAction Stop).HubSiteEnabled
}

function Get-Differences {
    param($a)
    $differences = @{ costs = @{}; sites = @() }
    foreach ($link in @($a.links)) {
        $now = Get-LinkCost $a $link.name
        if ($now -ne "$($link.exchange_cost)") { $differences.costs[$link.name] = $now }
    }
    foreach ($site in @($a.hub_sites)) { if (-not (Test-HubSite $a $site)) { $differences.sites += $site } }
    return $differences
}

function Check {
    param($a)
    $differences = Get-Differences $a
    if (-not $differences.costs.Count -and -not $differences.sites.Count) { return New-Satisfied -Message 'Costs and hub sites are as planned.' }
    return New-Needed -Message "To set: costs of $(@($differences.costs.Keys) -join ', '); hub sites $($differences.sites -join ', ')." -Before $differences
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $differences = Get-Differences $a
    foreach ($link in @($a.links)) {
        if ($differences.costs.ContainsKey($link.name)) { Set-ADSiteLink -Identity $link.name -ExchangeCost $link.exchange_cost @pinned -Confirm:$false -ErrorAction Stop }
    }
    foreach ($site in $differences.sites) { Set-ADSite -Identity $site -HubSiteEnabled $true @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'Costs and hub sites set.'
}

function Verify {
    param($a)
    $differences = Get-Differences $a
    if ($differences.costs.Count -or $differences.sites.Count) { return New-Failed -Message 'Costs or hub sites are not as planned.' }
    return New-Verified -Message 'Costs and hub sites are as planned.'
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($name in @($a.before.costs.Keys)) {
        if ($a.before.costs[$name]) { Set-ADSiteLink -Identity $name -ExchangeCost ([int]$a.before.costs[$name]) @pinned -Confirm:$false -ErrorAction Stop; continue }
        # No cost of Exchange's own is no number that the cmdlet takes: the attribute goes.
        $link = [ADSI](Get-LdapPath -Name "$((Get-ADSiteLink -Identity $name @pinned -ErrorAction Stop).DistinguishedName)" -Dc $a.dc)
        $link.psbase.Properties['msExchCost'].Clear()
        $link.psbase.CommitChanges()
    }
    foreach ($site in @($a.before.sites)) { if ($site) { Set-ADSite -Identity $site -HubSiteEnabled $false @pinned -Confirm:$false -ErrorAction Stop } }
    return New-Applied -Message 'Costs and hub sites are as they were.'
}
