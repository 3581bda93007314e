<#
title: "Anti-spam of Exchange 2003"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# The content filter has its own object; what else stands below Message Delivery (connection filters, lists) is told by its
# class, because its attributes are not published.
function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $base = "CN=Message Delivery,CN=Global Settings,$organization"
    $filter = "CN=UCE Content Filter,$base"
    $value = @{ present = $false; block = ''; store = ''; others = @() }
    if ([ADSI]::Exists((Get-LdapPath -Name $filter -Dc $a.dc))) {
        $entry = [ADSI](Get-LdapPath -Name $filter -Dc $a.dc)
        $value.present = $true
        $value.block = [string]$entry.psbase.Properties['msExchUceBlockThreshold'].Value
        $value.store = [string]$entry.psbase.Properties['msExchUceStoreActionThreshold'].Value
    }
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=*)' -Properties 'cn', 'objectClass', 'distinguishedName' -Dc $a.dc)) {
        $dn = Get-Attribute $result 'distinguishedName'
        $classes = @($result.Properties['objectclass'])
        if ($dn -ne $base -and $dn -ne $filter) { $value.others += @{ cn = Get-Attribute $result 'cn'; class = "$($classes[$classes.Count - 1])" } }
    }
    return New-Satisfied -Message "Thresholds '$($value.block)' and '$($value.store)'." -Facts @{ value = $value }
}
