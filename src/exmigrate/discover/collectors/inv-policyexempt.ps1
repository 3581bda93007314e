<#
title: "Recipients that no address policy touches"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 300}
#>
# The value is the kind of policy, not a policy: whoever has it keeps the addresses that were written by hand.
function Collect {
    param($a)
    $found = @()
    foreach ($result in @(Search-Forest -Filter '(msExchPoliciesExcluded={26491CFC-9E50-4857-861B-0CB8DF22B5D7})' -Properties 'mailNickname', 'distinguishedName' -Dc $a.dc)) {
        $found += @{ alias = Get-Attribute $result 'mailNickname'; distinguishedName = Get-Attribute $result 'distinguishedName' }
    }
    return New-Satisfied -Message "$($found.Count) recipients." -Facts @{ value = $found }
}
