<#
title: "Native mode of the Exchange organization"
scope: organization
when: has_legacy
effect: gate
reversibility: point-of-no-return
reason: "An organization in native mode never admits a server of Exchange 5.5 again."
needs: [collect-inventory, remove-exchange55-remnants]
vantage: AD
identity: delegated
estimate: {p50: 900, p90: 86400}
rights: ["Exchange Full Administrator"]
order: 41
gate:
  closes: probe
  every: 300
  instructions: |
    Exchange System Manager: properties of the organization > General > Change Mode. No server of Exchange 5.5, no Active
    Directory Connector and no Site Replication Service may be left.
  undo: "None: the mode is never changed back."
#>
# msExchMixedMode of the organization on every DC: Setup of the new version reads it on the one of its own site.

function Check {
    param($a)
    $organization = Get-OrganizationName -Dc $a.dc
    if (-not $organization) { return New-Blocked -Message 'The forest has no Exchange organization.' }
    $mixed = @(); $unreached = @()
    foreach ($dc in @(Get-AllDomainControllers -Dc $a.dc)) {
        try {
            $entry = [ADSI](Get-LdapPath -Name $organization -Dc $dc)
            if ([string]$entry.psbase.Properties['msExchMixedMode'].Value -ne 'False') { $mixed += $dc }
        }
        catch { $unreached += $dc }
    }
    if ($unreached.Count) { return New-Needed -Message (Get-LaggardText 'Mixed mode on' $mixed $unreached) -Facts @{ mixed = $mixed; unreached = $unreached } }
    if ($mixed.Count) { return New-Needed -Message "The organization is in mixed mode on $($mixed -join ', ')." -Facts @{ mixed = $mixed } }
    return New-Satisfied -Message 'The organization is in native mode on every domain controller.'
}
