<#
title: "Domain controllers of {{ site.name }}"
scope: site
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
arguments:
  site: site.name
  service_pack: "{'2007': 1, '2010': 2}[target.version]"
estimate: {p50: 3600, p90: 172800}
order: 34
gate:
  closes: probe
  every: 600
  instructions: |
    The schema master and at least one writable global catalog of the site {{ site.name }} must run Windows Server 2003
    SP{{ {'2007': 1, '2010': 2}[target.version] }} or later (a read-only one does not count), and the addresses of the new
    servers must lie in a subnet of that site.
  undo: "Nothing was changed by this program."
#>

# Whether the computer object of a DC shows Windows Server 2003 with at least that service pack, or a later Windows.
function Test-DcWindows {
    param([string]$ServerDn, [int]$ServicePack, [string]$Dc)
    $server = [ADSI](Get-LdapPath -Name $ServerDn -Dc $Dc)
    $computer = [string]$server.serverReference.Value
    if (-not $computer) { return $false }
    $entry = [ADSI](Get-DomainPath -Name $computer -Dc $Dc)
    $version = [string]$entry.operatingSystemVersion.Value
    if ($version -notmatch '^(\d+)\.(\d+)') { return $false }
    $number = [int]$matches[1] * 10 + [int]$matches[2]
    if ($number -gt 52) { return $true }
    return ($number -eq 52 -and [string]$entry.operatingSystemServicePack.Value -match '(\d+)' -and [int]$matches[1] -ge $ServicePack)
}

function Check {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $schema = Get-NamingContext -Dc $a.dc -Which 'schemaNamingContext'
    $faults = @(); $good = @()
    $owner = [string]([ADSI](Get-LdapPath -Name $schema -Dc $a.dc)).fSMORoleOwner.Value
    if (-not (Test-DcWindows -ServerDn $owner.Substring($owner.IndexOf(',') + 1) -ServicePack $a.service_pack -Dc $a.dc)) { $faults += "the schema master is older than Windows Server 2003 SP$($a.service_pack)" }
    $base = "CN=Servers,CN=$($a.site),CN=Sites,$config"
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=nTDSDSA)' -Properties 'distinguishedName', 'options', 'objectClass' -Dc $a.dc)) {
        if (@($result.Properties['objectclass']) -contains 'nTDSDSARO') { continue }
        $options = Get-Attribute $result 'options'
        if (-not $options -or ([int]$options -band 1) -eq 0) { continue }
        $dn = Get-Attribute $result 'distinguishedName'
        $server = $dn.Substring($dn.IndexOf(',') + 1)
        if (Test-DcWindows -ServerDn $server -ServicePack $a.service_pack -Dc $a.dc) { $good += (Get-HostPart $server) }
    }
    if (-not $good.Count) { $faults += "no writable global catalog of the site $($a.site) runs Windows Server 2003 SP$($a.service_pack) or later" }
    if ($faults.Count) { return New-Needed -Message ($faults -join '; ') }
    return New-Satisfied -Message "Global catalogs of $($a.site): $($good -join ', ')." -Facts @{ global_catalogs = $good }
}
