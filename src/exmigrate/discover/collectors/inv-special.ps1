<#
title: "Special mailboxes"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 120}
#>
# A store that still has one of them cannot be removed. Parentheses within a value are escaped, as filters need it.
function Get-KindOfMailbox {
    param($Result, [hashtable]$Journals)
    $cn = Get-Attribute $Result 'cn'
    if ($Journals.ContainsKey((Get-Attribute $Result 'distinguishedName'))) { return 'journal' }
    switch (Get-Attribute $Result 'msExchRecipientTypeDetails') { '8388608' { return 'arbitration' } '536870912' { return 'discovery' } }
    if ($cn -like 'SystemMailbox{*') { return 'system' }
    if ($cn -like 'SMTP (*') { return 'smtp' }
    if ($cn -eq 'Microsoft System Attendant') { return 'attendant' }
    return 'postmaster'
}

function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $journals = @{}; $found = @()
    foreach ($store in @(Search-Directory -Base $organization -Filter '(&(objectClass=msExchPrivateMDB)(msExchMessageJournalRecipient=*))' -Properties 'msExchMessageJournalRecipient' -Dc $a.dc)) {
        $journals[(Get-Attribute $store 'msExchMessageJournalRecipient')] = $true
    }
    $names = ''
    foreach ($name in $journals.Keys) { $names += "(distinguishedName=$($name -replace '\\', '\5c' -replace '\*', '\2a' -replace '\(', '\28' -replace '\)', '\29'))" }
    $special = '(cn=SystemMailbox{*)(cn=SMTP \28*)(cn=Microsoft System Attendant)(msExchRecipientTypeDetails=8388608)(msExchRecipientTypeDetails=536870912)(proxyAddresses=smtp:postmaster@*)'
    foreach ($result in @(Search-Forest -Filter "(&(homeMDB=*)(|$special$names))" -Properties 'cn', 'distinguishedName', 'homeMDB', 'mailNickname', 'msExchRecipientTypeDetails' -Dc $a.dc)) {
        $at = Get-Attribute $result 'homeMDB'
        $store = ''
        if ($at -match '^CN=((?:[^,\\]|\\.)+),') { $store = $matches[1] }
        $found += @{ cn = Get-Attribute $result 'cn'; alias = Get-Attribute $result 'mailNickname'; kind = Get-KindOfMailbox $result $journals; server = Get-ServerPart $at; store = $store }
    }
    return New-Satisfied -Message "$($found.Count) mailboxes." -Facts @{ value = $found }
}
