# What still ties an organization to Exchange 2000 and 2003, as the directory shows it. Needs 'directory' and 'legacy'.

# A distinguished name as a value of an LDAP filter.
function Get-FilterValue {
    param([string]$Text)
    return $Text -replace '\\', '\5c' -replace '\(', '\28' -replace '\)', '\29' -replace '\*', '\2a'
}

# Names of the recipient policies with a Mailbox Manager page ({3B6813EC-CE89-42BA-9442-D87D4AA30DBC}) or its settings.
function Get-MailboxManagerPolicies {
    param([string]$Organization, [string]$Dc)
    $page = (New-Object Guid '3B6813EC-CE89-42BA-9442-D87D4AA30DBC').ToByteArray()
    $wanted = [BitConverter]::ToString($page)
    foreach ($result in @(Search-Directory -Base "CN=Recipient Policies,$Organization" -Filter '(objectClass=msExchRecipientPolicy)' -Properties 'cn', 'msExchPolicyOptionList', 'msExchMailboxManagerFolderSettings' -Dc $Dc)) {
        $has = $result.Properties.Contains('msexchmailboxmanagerfoldersettings')
        if ($result.Properties.Contains('msexchpolicyoptionlist')) {
            foreach ($value in $result.Properties['msexchpolicyoptionlist']) {
                if ($value -is [byte[]] -and [BitConverter]::ToString($value) -eq $wanted) { $has = $true }
            }
        }
        if ($has) { Get-Attribute $result 'cn' }
    }
}

# Names of the stores of a class (msExchPrivateMDB, msExchPublicMDB) below a server's object.
function Get-StoreNames {
    param([string]$ServerDn, [string]$Class, [string]$Dc)
    foreach ($store in @(Search-Directory -Base $ServerDn -Filter "(objectClass=$Class)" -Properties 'cn' -Dc $Dc)) { Get-Attribute $store 'cn' }
}

# Users of the forest on a server's mailbox stores; SystemMailbox, SMTP and System Attendant belong to the store itself.
function Get-StoreUsers {
    param([string]$ServerDn, [string]$Dc)
    foreach ($store in @(Search-Directory -Base $ServerDn -Filter '(objectClass=msExchPrivateMDB)' -Properties 'distinguishedName' -Dc $Dc)) {
        $dn = Get-FilterValue (Get-Attribute $store 'distinguishedName')
        $filter = "(&(homeMDB=$dn)(!(cn=SystemMailbox{*))(!(cn=SMTP \28*))(!(cn=Microsoft System Attendant)))"
        foreach ($user in @(Search-Forest -Filter $filter -Properties 'cn' -Dc $Dc)) { Get-Attribute $user 'cn' }
    }
}

# Mailbox stores of the organization whose default public folder store is one of a server's own, as SERVER\STORE.
function Get-StoresWithDefault {
    param([string]$ServerDn, [string]$Dc)
    $organization = Get-OrganizationName -Dc $Dc
    foreach ($store in @(Search-Directory -Base $ServerDn -Filter '(objectClass=msExchPublicMDB)' -Properties 'distinguishedName' -Dc $Dc)) {
        $dn = Get-FilterValue (Get-Attribute $store 'distinguishedName')
        foreach ($user in @(Search-Directory -Base $organization -Filter "(&(objectClass=msExchPrivateMDB)(msExchHomePublicMDB=$dn))" -Properties 'cn', 'distinguishedName' -Dc $Dc)) {
            # Its own mailbox stores go with the server.
            if (-not (Get-Attribute $user 'distinguishedName').ToLower().EndsWith(",$ServerDn".ToLower())) { Get-Attribute $user 'cn' }
        }
    }
}

# Whether an attribute of a search result names a server, by its object or anything below it.
function Test-NamesServer {
    param($Result, [string]$Attribute, [string]$Server)
    $key = $Attribute.ToLower()
    if (-not $Result.Properties.Contains($key)) { return $false }
    foreach ($value in $Result.Properties[$key]) { if ("$value" -match "(^|,)CN=$([regex]::Escape($Server)),CN=Servers,") { return $true } }
    return $false
}

# What a server still does for the organization, a phrase each: what blocks its removal, or dangles after it.
function Get-ServerDuties {
    param([string]$Server, [string]$ServerDn, [string]$Dc)
    $organization = Get-OrganizationName -Dc $Dc
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchAddressListService)' -Properties 'cn', 'msExchAddressListServiceLink' -Dc $Dc)) {
        if (Test-NamesServer $result 'msExchAddressListServiceLink' $Server) { "it runs '$(Get-Attribute $result 'cn')'" }
    }
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchOAB)' -Properties 'cn', 'offLineABServer' -Dc $Dc)) {
        if (Test-NamesServer $result 'offLineABServer' $Server) { "it generates the offline address book '$(Get-Attribute $result 'cn')'" }
    }
    foreach ($result in @(Search-Directory -Base $organization -Filter '(msExchSourceBridgeheadServersDN=*)' -Properties 'cn', 'msExchSourceBridgeheadServersDN' -Dc $Dc)) {
        if (Test-NamesServer $result 'msExchSourceBridgeheadServersDN' $Server) { "it is a bridgehead of the connector '$(Get-Attribute $result 'cn')'" }
    }
    foreach ($result in @(Search-Directory -Base $organization -Filter '(msExchTargetBridgeheadServersDN=*)' -Properties 'cn', 'msExchTargetBridgeheadServersDN' -Dc $Dc)) {
        if (Test-NamesServer $result 'msExchTargetBridgeheadServersDN' $Server) { "the connector '$(Get-Attribute $result 'cn')' leads to it" }
    }
    if (-not $ServerDn) { return }
    $users = @(Get-StoreUsers -ServerDn $ServerDn -Dc $Dc | Where-Object { $_ })
    if ($users.Count -gt 5) { "$($users.Count) mailboxes are on it, such as those of $(@($users | Select-Object -First 3) -join ', ')" }
    else { foreach ($name in $users) { "the mailbox of $name is on it" } }
    foreach ($name in @(Get-StoreNames -ServerDn $ServerDn -Class 'msExchPublicMDB' -Dc $Dc)) { "it has the public folder store '$name'" }
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchRoutingGroup)' -Properties 'cn', 'distinguishedName', 'msExchRoutingMasterDN' -Dc $Dc)) {
        if (-not (Test-NamesServer $result 'msExchRoutingMasterDN' $Server)) { continue }
        $group = Get-FilterValue (Get-Attribute $result 'distinguishedName')
        $others = @(Search-Directory -Base $organization -Filter "(&(objectClass=msExchExchangeServer)(msExchHomeRoutingGroup=$group)(!(cn=$Server)))" -Properties 'cn' -Dc $Dc | Where-Object { $_ } | ForEach-Object { Get-Attribute $_ 'cn' })
        if ($others.Count) { "it is the master of the routing group '$(Get-Attribute $result 'cn')', where $($others -join ', ') is left" }
    }
}

# Distinguished names of Exchange Domain Servers and Exchange Enterprise Servers of a domain, as far as they are there.
function Get-LegacyGroups {
    param([string]$Domain, [string]$Controller)
    $filter = '(&(objectClass=group)(|(cn=Exchange Domain Servers)(cn=Exchange Enterprise Servers)))'
    foreach ($result in @(Search-Directory -Base (Get-DomainDn $Domain) -Filter $filter -Properties 'distinguishedName' -Dc $Controller)) { Get-Attribute $result 'distinguishedName' }
}

function Get-GroupMembers {
    param([string]$Group, [string]$Dc)
    $path = Get-LdapPath -Name $Group -Dc $Dc
    if (-not [ADSI]::Exists($path)) { return }
    foreach ($member in @(([ADSI]$path).psbase.Properties['member'])) { if ("$member") { "$member" } }
}

# { distinguished name of a group: its members } of what is not empty: the groups of the domain and, with Root,
# ExchangeLegacyInterop, whose bridgeheads are gone.
function Get-LegacyGroupMembers {
    param([string]$Domain, [string]$Controller, [bool]$Root)
    $found = @{}
    foreach ($group in @(Get-LegacyGroups -Domain $Domain -Controller $Controller)) {
        $members = @(Get-GroupMembers -Group $group -Dc $Controller)
        if ($members.Count) { $found[$group] = $members }
    }
    if ($Root) {
        $interop = "CN=ExchangeLegacyInterop,OU=Microsoft Exchange Security Groups,$(Get-DomainDn $Domain)"
        $members = @(Get-GroupMembers -Group $interop -Dc $Controller)
        if ($members.Count) { $found[$interop] = $members }
    }
    return $found
}
