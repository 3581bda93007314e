<#
title: "Recipient policies and address lists from LDAP to OPATH"
scope: organization
when: has_legacy
effect: convergent
reversibility: forward-only
reason: "Exchange System Manager of 2003 cannot edit an upgraded policy or list any more."
needs:
  - {kind: move-mailboxes, at: "batches()|selectattr('source', 'in', ('2000', '2003'))|names"}
  - move-special-mailboxes
  - clear-mailbox-manager-policies
vantage: shell
identity: delegated
check: when-ready
libraries: [directory]
arguments:
  policies: "topology.address_policies|plain"
  lists: "topology.address_lists|plain"
estimate: {p50: 300, p90: 1800}
rights: ["Organization Management (2007: Exchange Organization Administrators)"]
impact: "none: the same recipients, filters that the new tools can edit"
order: 55
failures:
  - {match: "finds other recipients than", class: permanent, means: "A new filter says something else than the old one did.", do: "Compare the members with Get-Recipient -RecipientPreviewFilter, correct the list with Set-AddressList or Set-GlobalAddressList, and 'recipients' of it in the plan; then 'exmigrate retry'."}
  - {match: "RecipientFilter|OPATH|filter", class: permanent, means: "The plan's filter is no OPATH filter.", do: "Try it with Get-Recipient -Filter, correct 'recipients' of that list in the plan."}
  - {match: "[Mm]ailbox ?[Mm]anager|MailboxManager|MailboxSetting", class: permanent, means: "A policy carries Mailbox Manager settings.", do: "clear-mailbox-manager-policies: Exchange System Manager > Recipient Policies > Change property pages."}
#>
# What Setup of 2000 and 2003 made has its known OPATH; a filter that a person wrote in LDAP needs one that a person writes
# in the plan ('recipients'). A list must have as many members by its new filter as by its old one, both counted in LDAP at the
# same moment: recipients come and go meanwhile.

$Words = 'None', 'AllRecipients', 'MailboxUsers', 'Resources', 'MailContacts', 'MailGroups', 'MailUsers'

$Everybody = "(Alias -ne `$null -and (ObjectClass -eq 'user' -or ObjectClass -eq 'contact' -or ObjectClass -eq 'msExchSystemMailbox' -or ObjectClass -eq 'msExchDynamicDistributionList' -or ObjectClass -eq 'group' -or ObjectClass -eq 'publicFolder'))"

$Known = @{
    'Default Policy' = 'AllRecipients'
    'All Users' = 'MailboxUsers'
    'All Groups' = 'MailGroups'
    'All Contacts' = 'MailContacts'
    'Public Folders' = "RecipientType -eq 'PublicFolder'"
    'Default Global Address List' = $Everybody
}

# What an object shall have: the plan's word, else what is known of Setup's own objects; '' where nobody has said.
function Get-Wish {
    param($Wishes, [string]$Name)
    foreach ($wish in @($Wishes)) {
        if (-not $wish -or "$($wish.name)" -ne $Name -or -not "$($wish.recipients)") { continue }
        return "$($wish.recipients)"
    }
    if ($Known[$Name]) { return $Known[$Name] }
    return ''
}

# The parameter of a wish: a word or words of -IncludedRecipients, or the text of a -RecipientFilter.
function Get-FilterParameter {
    param([string]$Wish)
    $parts = @($Wish -split ',' | ForEach-Object { $_.Trim() })
    if (-not @($parts | Where-Object { $Words -notcontains $_ }).Count) { return @{ IncludedRecipients = $parts } }
    return @{ RecipientFilter = $Wish }
}

# Every policy and list whose filter is still of the old kind: { kind, name, identity, wish }.
function Get-Old {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($policy in @(Get-EmailAddressPolicy @pinned -ErrorAction Stop)) {
        if ($policy -and "$($policy.RecipientFilterType)" -eq 'Legacy') { @{ kind = 'policy'; name = "$($policy.Name)"; identity = "$($policy.Identity)"; wish = (Get-Wish $a.policies "$($policy.Name)") } }
    }
    foreach ($list in @(Get-AddressList @pinned -ErrorAction Stop)) {
        if ($list -and "$($list.RecipientFilterType)" -eq 'Legacy') { @{ kind = 'list'; name = "$($list.Name)"; identity = "$($list.Identity)"; wish = (Get-Wish $a.lists "$($list.Name)") } }
    }
    foreach ($list in @(Get-GlobalAddressList @pinned -ErrorAction Stop)) {
        if ($list -and "$($list.RecipientFilterType)" -eq 'Legacy') { @{ kind = 'global'; name = "$($list.Name)"; identity = "$($list.Identity)"; wish = (Get-Wish $a.lists "$($list.Name)") } }
    }
}

# The LDAP filter of each address list, by the list's name.
function Get-ListFilters {
    param($a, $Names)
    $filters = @{}
    $base = "CN=Address Lists Container,$(Get-OrganizationName -Dc $a.dc)"
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=addressBookContainer)' -Properties 'cn', 'purportedSearch' -Dc $a.dc)) {
        $name = Get-Attribute $result 'cn'; $filter = Get-Attribute $result 'purportedSearch'
        if (@($Names) -contains $name -and $filter) { $filters[$name] = $filter }
    }
    return $filters
}

# How many recipients of the forest a filter shows. Who is hidden counts for nothing: the new filter of the global address
# list finds system mailboxes, the old one of 2003 does not, and nobody sees either.
function Measure-Filter {
    param($a, [string]$Filter)
    return @(Search-Forest -Filter "(&$Filter(!(msExchHideFromAddressLists=TRUE)))" -Properties 'cn' -Dc $a.dc | Where-Object { $_ }).Count
}

function Check {
    param($a)
    $old = @(Get-Old $a)
    if (-not $old.Count) { return New-Satisfied -Message 'Every recipient policy and address list has an OPATH filter.' }
    $names = @($old | ForEach-Object { $_.name })
    $without = @($old | Where-Object { -not $_.wish } | ForEach-Object { $_.name })
    if ($without.Count) { return New-Blocked -Message "No OPATH filter is planned for: $($without -join ', '). Write one ('recipients') into the plan for each." -Facts @{ without = $without } }
    return New-Needed -Message "With LDAP filters: $($names -join ', ')." -Before @{ filters = (Get-ListFilters $a $names) }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $done = @()
    foreach ($object in @(Get-Old $a)) {
        if (-not $object.wish) { throw "No OPATH filter is planned for '$($object.name)'." }
        $given = Get-FilterParameter $object.wish
        switch ($object.kind) {
            'policy' { Set-EmailAddressPolicy -Identity $object.identity @given -ForceUpgrade @pinned -Confirm:$false -ErrorAction Stop }
            'list' { Set-AddressList -Identity $object.identity @given -ForceUpgrade @pinned -Confirm:$false -ErrorAction Stop }
            'global' { Set-GlobalAddressList -Identity $object.identity @given -ForceUpgrade @pinned -Confirm:$false -ErrorAction Stop }
        }
        $done += $object.name
    }
    return New-Applied -Message "Upgraded: $($done -join ', ')."
}

function Verify {
    param($a)
    $left = @(Get-Old $a)
    if ($left.Count) { return New-Failed -Message "Still with LDAP filters: $(@($left | ForEach-Object { $_.name }) -join ', ')." }
    $old = @{}
    if ($a.before -and $a.before.filters) { $old = $a.before.filters }
    $new = Get-ListFilters $a @($old.Keys)
    $other = @(); $members = @{}
    foreach ($name in @($old.Keys | Sort-Object)) {
        $was = Measure-Filter $a $old[$name]
        $members[$name] = Measure-Filter $a $new[$name]
        if ($members[$name] -ne $was) { $other += "$name has $($members[$name]) members, by its old filter it would have $was" }
    }
    if ($other.Count) { return New-Failed -Message "$($other -join '; '). The new filter finds other recipients than the old one: correct it with Set-AddressList -RecipientFilter (or -IncludedRecipients 'MailboxUsers,MailUsers' where mail users are missing), then 'exmigrate retry'." -Facts @{ old = $old; new = $new } }
    return New-Verified -Message 'Every recipient policy and address list has an OPATH filter and as many members as by its old one.' -Facts @{ members = $members }
}
