<#
title: "Delegations on the organization and its administrative groups"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 120}
#>
# What was granted at the object itself; what is inherited comes from above. Trustees without a name are told by number.
function Get-OwnRules {
    param([string]$Name, [string]$Dc)
    $entry = [ADSI](Get-LdapPath -Name $Name -Dc $Dc)
    foreach ($rule in @($entry.psbase.ObjectSecurity.Access)) {
        if ($rule -and -not $rule.IsInherited) { @{ trustee = "$($rule.IdentityReference)"; type = "$($rule.AccessControlType)"; rights = "$($rule.ActiveDirectoryRights)"; objectType = "$($rule.ObjectType)" } }
    }
}

function Get-AdminsValues {
    param([string]$Name, [string]$Dc)
    $entry = [ADSI](Get-LdapPath -Name $Name -Dc $Dc)
    foreach ($value in @($entry.psbase.Properties['msExchAdmins'])) {
        if ($value -is [byte[]]) { [BitConverter]::ToString($value) } elseif ($value -ne $null -and "$value" -ne '') { "$value" }
    }
}

function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $names = @($organization)
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchAdminGroup)' -Properties 'distinguishedName' -Dc $a.dc)) { $names += Get-Attribute $result 'distinguishedName' }
    $found = @()
    foreach ($name in $names) { $found += @{ distinguishedName = $name; msExchAdmins = @(Get-AdminsValues -Name $name -Dc $a.dc); rules = @(Get-OwnRules -Name $name -Dc $a.dc) } }
    return New-Satisfied -Message "$($found.Count) objects." -Facts @{ value = $found }
}
