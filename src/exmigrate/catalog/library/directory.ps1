# Reading Active Directory by ADSI alone: the ActiveDirectory module needs 2008 R2 and a web service on a DC.

# The path of an object on a domain controller; any DC of the domain where none is named. A slash within a name is escaped,
# because ADSI ends a part of the path at each.
function Get-LdapPath {
    param([string]$Name, [string]$Dc)
    $Name = $Name -replace '(?<!\\)/', '\/'
    if ($Dc) { return "LDAP://$Dc/$Name" }
    return "LDAP://$Name"
}

# The path of an object of any domain of the forest: on the named domain controller where that is of the object's domain, else on
# whatever controller of that domain Windows finds. One of another domain answers with a referral, global catalog or not.
function Get-DomainPath {
    param([string]$Name, [string]$Dc)
    $domain = @([regex]::Matches($Name, '(?:^|(?<!\\),)DC=([^,]+)', 'IgnoreCase') | ForEach-Object { $_.Groups[1].Value }) -join '.'
    if ($Dc -and $Dc.Substring($Dc.IndexOf('.') + 1) -eq $domain) { return Get-LdapPath -Name $Name -Dc $Dc }
    return Get-LdapPath -Name $Name
}

function Get-RootDse {
    param([string]$Dc)
    return [ADSI](Get-LdapPath -Name 'RootDSE' -Dc $Dc)
}

function Get-NamingContext {
    param([string]$Dc, [string]$Which)
    return [string](Get-RootDse -Dc $Dc).Get($Which)
}

# Search results; Properties have lower-case names.
function Search-Directory {
    param([string]$Base, [string]$Filter, [string[]]$Properties, [string]$Dc, [string]$Scope = 'Subtree')
    $searcher = New-Object DirectoryServices.DirectorySearcher([ADSI](Get-LdapPath -Name $Base -Dc $Dc), $Filter)
    $searcher.PageSize = 500
    $searcher.SearchScope = $Scope
    foreach ($property in $Properties) { [void]$searcher.PropertiesToLoad.Add($property) }
    return $searcher.FindAll()
}

# Search results of the whole forest, by the global catalog on the named DC where it is one: what was written there shows
# at once. Another catalog may be minutes behind.
function Search-Forest {
    param([string]$Filter, [string[]]$Properties, [string]$Dc)
    $at = ''
    if ($Dc -and (Get-NamingContext -Dc $Dc -Which 'isGlobalCatalogReady') -eq 'TRUE') { $at = "$Dc/" }
    $root = Get-NamingContext -Dc $Dc -Which 'rootDomainNamingContext'
    $searcher = New-Object DirectoryServices.DirectorySearcher([ADSI]"GC://$at$root", $Filter)
    $searcher.PageSize = 500
    foreach ($property in $Properties) { [void]$searcher.PropertiesToLoad.Add($property) }
    return $searcher.FindAll()
}

# The first value of an attribute of a search result, as text; '' where it has none.
function Get-Attribute {
    param($Result, [string]$Name)
    if ($Result.Properties.Contains($Name.ToLower())) { return [string]$Result.Properties[$Name.ToLower()][0] }
    return ''
}

# Host names of every domain controller of the forest, read-only ones too: each must have what was replicated.
function Get-AllDomainControllers {
    param([string]$Dc, [string]$Domain)
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Sites,$config" -Filter '(objectClass=nTDSDSA)' -Properties 'distinguishedName' -Dc $Dc)) {
        $settings = Get-Attribute $result 'distinguishedName'
        $server = [ADSI](Get-LdapPath -Name $settings.Substring($settings.IndexOf(',') + 1) -Dc $Dc)
        $name = [string]$server.dNSHostName.Value
        # By the whole domain part: a controller of a child domain is none of its parent.
        if ($name -and (-not $Domain -or $name.Substring($name.IndexOf('.') + 1) -eq $Domain)) { $name }
    }
}

# An integer attribute; 0 where the object or the attribute is not there, an error where the DC does not answer.
function Get-LdapNumber {
    param([string]$Name, [string]$Attribute, [string]$Dc)
    [void](Get-RootDse -Dc $Dc).Get('defaultNamingContext')
    if (-not [ADSI]::Exists((Get-LdapPath -Name $Name -Dc $Dc))) { return 0 }
    $entry = [ADSI](Get-LdapPath -Name $Name -Dc $Dc)
    $value = $entry.psbase.Properties[$Attribute].Value
    if ($value -eq $null) { return 0 }
    return [int]$value
}

# rangeUpper of the Exchange schema on one DC; 0 where the forest has none.
function Get-SchemaLevel {
    param([string]$Dc)
    $schema = Get-NamingContext -Dc $Dc -Which 'schemaNamingContext'
    return Get-LdapNumber -Name "CN=ms-Exch-Schema-Version-Pt,$schema" -Attribute 'rangeUpper' -Dc $Dc
}

# Distinguished name of the Exchange organization; '' where there is none.
function Get-OrganizationName {
    param([string]$Dc)
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    $services = "CN=Microsoft Exchange,CN=Services,$config"
    if (-not [ADSI]::Exists((Get-LdapPath -Name $services -Dc $Dc))) { return '' }
    foreach ($result in @(Search-Directory -Base $services -Filter '(objectClass=msExchOrganizationContainer)' -Properties 'distinguishedName' -Dc $Dc -Scope 'OneLevel')) {
        return Get-Attribute $result 'distinguishedName'
    }
    return ''
}

# The same for who can do nothing without one.
function Get-ExistingOrganization {
    param([string]$Dc)
    $organization = Get-OrganizationName -Dc $Dc
    if (-not $organization) { throw 'The forest has no Exchange organization.' }
    return $organization
}

function Get-OrganizationLevel {
    param([string]$Dc)
    $organization = Get-OrganizationName -Dc $Dc
    if (-not $organization) { return 0 }
    return Get-LdapNumber -Name $organization -Attribute 'objectVersion' -Dc $Dc
}

# contoso.com as DC=contoso,DC=com
function Get-DomainDn {
    param([string]$Domain)
    return (@($Domain -split '\.') | ForEach-Object { "DC=$_" }) -join ','
}

# objectVersion of Microsoft Exchange System Objects of a domain.
function Get-DomainLevel {
    param([string]$Domain, [string]$Dc)
    return Get-LdapNumber -Name "CN=Microsoft Exchange System Objects,$(Get-DomainDn $Domain)" -Attribute 'objectVersion' -Dc $Dc
}

# A fresh level from every DC: { level: lowest, behind: DCs below what is asked, unreached: DCs that gave no answer }.
function Measure-EveryDc {
    param([string[]]$Names, [int]$Wanted, [scriptblock]$Read)
    $behind = @(); $unreached = @(); $levels = @{}
    foreach ($name in $Names) {
        try {
            $level = [int](& $Read $name)
            $levels[$name] = $level
            if ($level -lt $Wanted) { $behind += $name }
        }
        catch { $unreached += $name }
    }
    return @{ levels = $levels; behind = $behind; unreached = $unreached; total = @($Names).Count }
}

# Which domain controllers are not there yet and which do not answer, in one sentence.
function Get-LaggardText {
    param([string]$Word, $Behind, $Unreached)
    $parts = @()
    if (@($Behind | Where-Object { $_ }).Count) { $parts += "${Word}: $(@($Behind) -join ', ')" }
    if (@($Unreached | Where-Object { $_ }).Count) { $parts += "no answer: $(@($Unreached) -join ', ')" }
    return ($parts -join '; ') + '.'
}

# Distinguished name of a group of the forest root domain, in whatever organizational unit: Exchange's own may be moved.
# '' where there is none.
function Find-RootGroup {
    param([string]$Name, [string]$Dc)
    $root = Get-NamingContext -Dc $Dc -Which 'rootDomainNamingContext'
    foreach ($result in @(Search-Directory -Base $root -Filter "(&(objectCategory=group)(cn=$Name))" -Properties 'distinguishedName' -Dc $Dc)) {
        return Get-Attribute $result 'distinguishedName'
    }
    return ''
}

# The server that a name of the directory lies below; '' where it lies below none.
function Get-ServerPart {
    param([string]$Name)
    if ($Name -match 'CN=([^,]+),CN=Servers,') { return $matches[1] }
    return ''
}
