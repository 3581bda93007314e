<#
title: "Expansion servers of groups"
scope: organization
effect: convergent
needs: [{kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: shell
identity: delegated
libraries: [directory, recipients]
arguments:
  version: target.version
  old: "servers(target=false)|selectattr('source')|rejectattr('keep')|names"
  server: "first(topology.first_site.name, 'hub').name"
estimate: {p50: 60, p90: 600}
rights: ["Recipient Management or Organization Management (2007: Exchange Recipient Administrators)"]
impact: "the groups are upgraded: older tools cannot edit them any more"
order: 43
failures:
  - {match: "universal|group type", class: permanent, means: "The group is not universal.", do: "Convert it to a universal group, then 'exmigrate retry'."}
#>
# A group whose expansion server is gone is not expanded: its mail waits and is returned.

# legacyExchangeDN of the old servers, by host name.
function Get-LegacyNames {
    param($a)
    $names = @{}
    $base = "CN=Administrative Groups,$(Get-OrganizationName -Dc $a.dc)"
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=msExchExchangeServer)' -Properties 'cn', 'legacyExchangeDN' -Dc $a.dc)) {
        $name = (Get-Attribute $result 'cn').ToUpper()
        if (@($a.old | ForEach-Object { "$_".ToUpper() }) -contains $name) { $names[$name] = Get-Attribute $result 'legacyExchangeDN' }
    }
    return $names
}

# { dn: @{ server; dynamic } } of groups with an old expansion server, in each domain from the controller they are written on: a
# global catalog hears of it later.
function Get-Groups {
    param($a)
    $groups = @{}
    $legacy = Get-LegacyNames $a
    foreach ($server in @($legacy.Keys)) {
        $value = $legacy[$server] -replace '\\', '\5c' -replace '\(', '\28' -replace '\)', '\29' -replace '\*', '\2a'
        $filter = "(&(|(objectCategory=group)(objectClass=msExchDynamicDistributionList))(msExchExpansionServerName=$value))"
        foreach ($domain in @($a.dcs.Keys)) {
            foreach ($result in @(Search-Directory -Base (Get-DomainDn $domain) -Filter $filter -Properties 'distinguishedName', 'objectClass' -Dc $a.dcs[$domain])) {
                $dynamic = @($result.Properties['objectclass']) -contains 'msExchDynamicDistributionList'
                $groups[(Get-Attribute $result 'distinguishedName')] = @{ server = $server; dynamic = [bool]$dynamic }
            }
        }
    }
    return $groups
}

# 2010 lets only its owners change a group, unless told otherwise.
function Set-Expansion {
    param($a, [string]$Group, [bool]$Dynamic, [string]$Server)
    $own = Get-RecipientPin $a $Group
    if ($Dynamic) { Set-DynamicDistributionGroup -Identity $Group -ExpansionServer $Server -ForceUpgrade @own -Confirm:$false -ErrorAction Stop }
    elseif ($a.version -eq '2007') { Set-DistributionGroup -Identity $Group -ExpansionServer $Server @own -Confirm:$false -ErrorAction Stop }
    else { Set-DistributionGroup -Identity $Group -ExpansionServer $Server -ForceUpgrade -BypassSecurityGroupManagerCheck @own -Confirm:$false -ErrorAction Stop }
}

function Check {
    param($a)
    $groups = Get-Groups $a
    if (-not $groups.Count) { return New-Satisfied -Message 'No group names an old expansion server.' }
    return New-Needed -Message "$($groups.Count) groups name an old expansion server: $(@($groups.Keys | Select-Object -First 5) -join '; ')." -Before @{ groups = $groups }
}

function Apply {
    param($a)
    $groups = Get-Groups $a
    foreach ($group in @($groups.Keys)) { Set-Expansion $a $group $groups[$group].dynamic $a.server }
    return New-Applied -Message "$($groups.Count) groups are expanded on $($a.server)."
}

function Verify {
    param($a)
    $groups = Get-Groups $a
    if ($groups.Count) { return New-Failed -Message "$($groups.Count) groups still name an old expansion server: $(@($groups.Keys | Select-Object -First 5) -join '; ')." }
    return New-Verified -Message 'No group names an old expansion server.'
}

function Rollback {
    param($a)
    foreach ($group in @($a.before.groups.Keys)) { Set-Expansion $a $group ([bool]$a.before.groups[$group].dynamic) $a.before.groups[$group].server }
    return New-Applied -Message 'The groups have their old expansion servers.'
}
