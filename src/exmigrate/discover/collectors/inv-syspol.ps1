<#
title: "Policies of servers and stores"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# Limits that a policy sets stand at the policy and in each store too; those of the stores stay when the policy is gone.
function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $found = @()
    foreach ($kind in 'msExchMailboxStorePolicy', 'msExchPublicStorePolicy', 'msExchServerPolicy') {
        foreach ($result in @(Search-Directory -Base $organization -Filter "(objectClass=$kind)" -Properties 'cn', 'distinguishedName', 'mDBStorageQuota', 'mDBOverQuotaLimit', 'mDBOverHardQuotaLimit', 'garbageCollPeriod' -Dc $a.dc)) {
            $found += @{
                cn = Get-Attribute $result 'cn'; class = $kind; distinguishedName = Get-Attribute $result 'distinguishedName'; mDBStorageQuota = Get-Attribute $result 'mDBStorageQuota'
                mDBOverQuotaLimit = Get-Attribute $result 'mDBOverQuotaLimit'; mDBOverHardQuotaLimit = Get-Attribute $result 'mDBOverHardQuotaLimit'; garbageCollPeriod = Get-Attribute $result 'garbageCollPeriod'
            }
        }
    }
    return New-Satisfied -Message "$($found.Count) policies." -Facts @{ value = $found }
}
