<#
title: "Administrators of 2007 to role groups of 2010"
scope: organization
when: "planned('clean-2007-groups')"
effect: convergent
reversibility: forward-only
reason: "The old groups mean nothing to 2010; who was in them is in this run's journal."
needs: [uninstall-2007-cas@all, uninstall-2007-hub@all, uninstall-2007-mailbox@all, uninstall-2007-um@all, gate-decommission]
vantage: AD
identity: delegated
libraries: [recipients]
estimate: {p50: 60, p90: 300}
rights: ["Domain Admins of the forest root domain", "Organization Management"]
impact: "administrators log on once more to get the new groups into their token"
order: 10
failures:
  - {match: "Access is denied|unwilling", class: credentials, means: "The account may not change these groups.", do: "Run it as a Domain Admin of the forest root domain."}
#>
# AG12 and RG12 stay: 2010 lives in them.

# The groups lie in the forest root domain, whatever domain the pinned controller is of.
function Get-RootDc {
    param($a)
    return (Get-RecipientPin $a (Get-NamingContext -Dc $a.dc -Which 'rootDomainNamingContext')).DomainController
}

$RoleGroups = @{
    'Exchange Organization Administrators' = 'Organization Management'
    'Exchange Recipient Administrators' = 'Recipient Management'
    'Exchange View-Only Administrators' = 'View-Only Organization Management'
    'Exchange Public Folder Administrators' = 'Public Folder Management'
}

# Members that are people or groups of the organization's own, not Exchange's groups within each other, which lie side by
# side in one unit. The unit may have been moved or renamed.
function Get-Members {
    param($a, [string]$Name)
    $dc = Get-RootDc $a
    $group = Find-RootGroup -Name $Name -Dc $dc
    if (-not $group) { return }
    $unit = $group.Substring($group.IndexOf(',') + 1)
    foreach ($member in @(([ADSI](Get-LdapPath -Name $group -Dc $dc)).psbase.Properties['member'])) {
        if (-not "$member") { continue }
        $beside = "$member".EndsWith(",$unit", [StringComparison]::OrdinalIgnoreCase)
        if (-not $beside -or @(([ADSI](Get-LdapPath -Name "$member" -Dc $dc)).psbase.Properties['objectClass']) -notcontains 'group') { "$member" }
    }
}

function Get-Open {
    param($a)
    $open = @{}
    foreach ($name in @($RoleGroups.Keys)) {
        $members = @(Get-Members $a $name)
        if ($members.Count) { $open[$name] = $members }
    }
    return $open
}

function Check {
    param($a)
    $open = Get-Open $a
    if (-not $open.Count) { return New-Satisfied -Message 'The groups of 2007 are empty.' }
    return New-Needed -Message "Members in $(@($open.Keys) -join ', ')." -Before @{ members = $open }
}

function Apply {
    param($a)
    $dc = Get-RootDc $a
    $open = Get-Open $a
    foreach ($name in @($open.Keys)) {
        $old = [ADSI](Get-LdapPath -Name (Find-RootGroup -Name $name -Dc $dc) -Dc $dc)
        $new = [ADSI](Get-LdapPath -Name (Find-RootGroup -Name $RoleGroups[$name] -Dc $dc) -Dc $dc)
        $there = @($new.psbase.Properties['member'] | ForEach-Object { "$_" })
        foreach ($member in $open[$name]) {
            # A member may be of any domain: a path without a controller leads to the member's own.
            if ($there -notcontains $member) { [void]$new.Add((Get-LdapPath -Name $member)) }
            [void]$old.Remove((Get-LdapPath -Name $member))
        }
    }
    return New-Applied -Message "Members of $(@($open.Keys) -join ', ') are in the role groups."
}

function Verify {
    param($a)
    $open = Get-Open $a
    if ($open.Count) { return New-Failed -Message "Members are left in $(@($open.Keys) -join ', ')." }
    return New-Verified -Message 'The groups of 2007 are empty.'
}
