<#
title: "Connectors of every routing group"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Get-ServerParts {
    param($Result, [string]$Attribute)
    if ($Result.Properties.Contains($Attribute.ToLower())) { foreach ($name in @($Result.Properties[$Attribute.ToLower()])) { Get-ServerPart "$name" } }
}

function Get-GroupPart {
    param([string]$Name)
    if ($Name -match '(?:^|,)CN=([^,]+),CN=Routing Groups,') { return $matches[1] }
    return ''
}

function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $found = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchConnector)' -Properties 'cn', 'distinguishedName', 'objectClass', 'msExchSourceBridgeheadServersDN', 'msExchTargetBridgeheadServersDN', 'msExchTargetRoutingGroup', 'cost', 'routingList', 'msExchSmtpSmartHost', 'msExchPublicFolderReferrals' -Dc $a.dc)) {
        $classes = @($result.Properties['objectclass'])
        $spaces = @()
        if ($result.Properties.Contains('routinglist')) { $spaces = @($result.Properties['routinglist'] | ForEach-Object { "$_" }) }
        $found += @{
            cn = Get-Attribute $result 'cn'; class = "$($classes[$classes.Count - 1])"; group = Get-GroupPart (Get-Attribute $result 'distinguishedName')
            target = Get-GroupPart (Get-Attribute $result 'msExchTargetRoutingGroup'); sources = @(Get-ServerParts $result 'msExchSourceBridgeheadServersDN'); targets = @(Get-ServerParts $result 'msExchTargetBridgeheadServersDN')
            cost = Get-Attribute $result 'cost'; routingList = $spaces; smartHost = Get-Attribute $result 'msExchSmtpSmartHost'; referrals = Get-Attribute $result 'msExchPublicFolderReferrals'
        }
    }
    return New-Satisfied -Message "$($found.Count) connectors." -Facts @{ value = $found }
}
