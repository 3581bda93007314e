<#
title: "Public folder tree into the administrative group of the new servers"
scope: organization
when: "has_legacy and public_folders.present and not legacy()|selectattr('keep')|list"
effect: gate
needs: [drain-legacy-pf-replicas@all, gate-drain-legacy-pf-replicas@all, gate-retained-servers]
vantage: AD
identity: delegated
estimate: {p50: 300, p90: 3600}
rights: ["Exchange Full Administrator"]
impact: "none"
order: 15
gate:
  closes: probe
  every: 300
  instructions: |
    While a server with Exchange System Manager is left: right-click 'Exchange Administrative Group (FYDIBOHF23SPDLT)' >
    New > Public Folders Container; then drag 'Public Folders' from 'Folders' of its old administrative group into the new
    container. No other tool moves the tree.
  undo: "Drag the tree back while the old administrative group exists."
#>

function Check {
    param($a)
    $organization = Get-OrganizationName -Dc $a.dc
    $container = "CN=Folder Hierarchies,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,$organization"
    $elsewhere = @()
    foreach ($result in @(Search-Directory -Base "CN=Administrative Groups,$organization" -Filter '(&(objectClass=msExchPFTree)(msExchPFTreeType=1))' -Properties 'distinguishedName' -Dc $a.dc)) {
        $dn = Get-Attribute $result 'distinguishedName'
        if (-not $dn.ToLower().EndsWith(",$container".ToLower())) { $elsewhere += $dn }
    }
    if ($elsewhere.Count) { return New-Needed -Message "The tree is $($elsewhere -join '; ')." -Facts @{ trees = $elsewhere } }
    return New-Satisfied -Message "The public folder tree is in the administrative group of the new servers."
}
