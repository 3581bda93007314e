<#
title: "Recipients that no address policy touches"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 300}
#>
# The value is the kind of policy, not a policy: whoever has it keeps the addresses that were written by hand. All are
# counted, the first are named: the mark stays on each of them, whatever stands in an inventory.
$Named = 2000

function Collect {
    param($a)
    $found = @(); $count = 0
    foreach ($result in @(Search-Forest -Filter '(msExchPoliciesExcluded={26491CFC-9E50-4857-861B-0CB8DF22B5D7})' -Properties 'mailNickname', 'distinguishedName' -Dc $a.dc)) {
        $count += 1
        if ($count -le $Named) { $found += @{ alias = Get-Attribute $result 'mailNickname'; distinguishedName = Get-Attribute $result 'distinguishedName' } }
    }
    return New-Satisfied -Message "$count recipients." -Facts @{ value = @{ count = $count; recipients = $found } }
}
