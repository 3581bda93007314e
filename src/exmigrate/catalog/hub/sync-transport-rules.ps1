<#
title: "Transport rules of 2007 in 2010"
scope: organization
when: "mail_flow.sync_rules and servers(role='hub', target=false, version='2007')"
effect: convergent
needs: [{kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: E10
identity: delegated
libraries: [directory]
estimate: {p50: 60, p90: 300}
rights: ["Organization Management"]
impact: "rules made on 2010 only are replaced by those of 2007"
order: 20
failures:
  - {match: "not a valid format|cannot be imported", class: permanent, means: "A 2007 rule does not exist in 2010's form.", do: "Recreate that rule in 2010 by hand, then 'exmigrate skip sync-transport-rules'."}
#>
# Two containers: CN=Transport is 2007's, CN=TransportVersioned 2010's. The import replaces the whole 2010 collection.

function Get-LegacyRuleNames {
    param($a)
    $base = "CN=Transport,CN=Rules,CN=Transport Settings,$(Get-OrganizationName -Dc $a.dc)"
    if (-not [ADSI]::Exists((Get-LdapPath -Name $base -Dc $a.dc))) { return }
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=msExchTransportRule)' -Properties 'cn' -Dc $a.dc -Scope 'OneLevel')) { Get-Attribute $result 'cn' }
}

function Get-RuleNames {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($rule in @(Get-TransportRule @pinned -ErrorAction Stop)) { if ($rule) { "$($rule.Name)" } }
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $old = @(Get-LegacyRuleNames $a); $new = @(Get-RuleNames $a)
    $missing = @($old | Where-Object { $new -notcontains $_ })
    if (-not $missing.Count) { return New-Satisfied -Message "$($old.Count) rules of 2007, $($new.Count) of 2010, none missing." -Facts @{ rules = $new } }
    $saved = ''
    if ($new.Count) { $saved = [Convert]::ToBase64String([byte[]](Export-TransportRuleCollection @pinned -Confirm:$false -ErrorAction Stop).FileData) }
    $own = @($new | Where-Object { $old -notcontains $_ })
    if ($own.Count) { return New-Blocked -Message "2010 lacks $($missing -join ', '), but the import would delete the rules made on 2010: $($own -join ', '). Recreate the missing ones by hand." }
    return New-Needed -Message "2010 lacks the rules $($missing -join ', ')." -Before @{ rules = $saved; names = $new }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $legacy = Export-TransportRuleCollection -ExportLegacyRules @pinned -Confirm:$false -ErrorAction Stop
    Import-TransportRuleCollection -FileData ([byte[]]$legacy.FileData) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message 'The rules of 2007 are imported.'
}

# The rule objects themselves, in 2010's container.
function Verify {
    param($a)
    $base = "CN=TransportVersioned,CN=Rules,CN=Transport Settings,$(Get-OrganizationName -Dc $a.dc)"
    $new = @()
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=msExchTransportRule)' -Properties 'cn' -Dc $a.dc -Scope 'OneLevel')) { $new += Get-Attribute $result 'cn' }
    $missing = @(Get-LegacyRuleNames $a | Where-Object { $new -notcontains $_ })
    if ($missing.Count) { return New-Failed -Message "2010 still lacks $($missing -join ', ')." }
    return New-Verified -Message "2010 has all $($new.Count) rules." -Facts @{ rules = $new }
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.before.rules) { Import-TransportRuleCollection -FileData ([Convert]::FromBase64String($a.before.rules)) @pinned -Confirm:$false -ErrorAction Stop }
    else { foreach ($rule in @(Get-TransportRule @pinned -ErrorAction Stop)) { if ($rule) { Remove-TransportRule -Identity $rule.Name @pinned -Confirm:$false -ErrorAction Stop } } }
    return New-Applied -Message 'The 2010 rules are as they were.'
}
