# Exchange 2000 and 2003, which have no cmdlets: what the directory and their registries say of them. Needs 'directory'.

# The object of an Exchange server of any version: { dn, serial, version: 6.5, build: 7638 }; nothing where there is none.
function Get-ServerObject {
    param([string]$Server, [string]$Dc)
    $config = Get-NamingContext -Dc $Dc -Which 'configurationNamingContext'
    foreach ($result in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$Server))" -Properties 'distinguishedName', 'serialNumber' -Dc $Dc)) {
        $found = @{ dn = Get-Attribute $result 'distinguishedName'; serial = Get-Attribute $result 'serialNumber'; version = ''; build = 0 }
        if ($found.serial -match '^Version (\d+\.\d+) \(Build (\d+)') { $found.version = $matches[1]; $found.build = [int]$matches[2] }
        return $found
    }
}

# Why a 2000 or 2003 server is below its minimum; '' where it is not.
function Get-LevelFault {
    param($Found, [string]$Server, [int]$Build, [string]$Name)
    if (-not $Found) { return "the directory has no Exchange server $Server" }
    if ($Found.build -lt $Build) { return "$Server is '$($Found.serial)', wanted $Name (build $Build)" }
    return ''
}

# A key of HKEY_LOCAL_MACHINE of another server, or of this one; $null where the key does not exist, an error where the
# server's remote registry does not answer.
function Get-MachineKey {
    param([string]$Server, [string]$Path)
    $root = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, $Server)
    return $root.OpenSubKey($Path)
}

# SuppressStateChanges of a server: 1 where link state changes are suppressed, 0 where not.
function Get-LinkStateSuppression {
    param([string]$Server)
    $key = Get-MachineKey -Server $Server -Path 'SYSTEM\CurrentControlSet\Services\RESvc\Parameters'
    if ($key -eq $null) { throw "$Server has no key of the routing engine (RESvc): it runs no Exchange 2000 or 2003." }
    $value = $key.GetValue('SuppressStateChanges')
    if ($value -eq $null) { return 0 }
    return [int]$value
}

# Whether a hotfix stands in the list of installed programs of a server, by its number.
function Test-Hotfix {
    param([string]$Server, [string]$Number)
    $list = Get-MachineKey -Server $Server -Path 'SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall'
    if ($list -eq $null) { return $false }
    foreach ($name in $list.GetSubKeyNames()) {
        if ($name -match $Number) { return $true }
        if ([string]$list.OpenSubKey($name).GetValue('DisplayName') -match $Number) { return $true }
    }
    return $false
}

# Services of Exchange 2000 and 2003 that start by themselves and do not run.
function Get-StoppedLegacyServices {
    foreach ($name in 'SMTPSVC', 'RESvc', 'MSExchangeSA', 'MSExchangeIS', 'MSExchangeMTA', 'W3SVC') {
        $service = Get-WmiObject -Class Win32_Service -Filter "Name='$name'" -ErrorAction Stop
        if ($service -ne $null -and $service.StartMode -eq 'Auto' -and $service.State -ne 'Running') { $name }
    }
}

# Whether the SMTP service of this server greets.
function Test-SmtpGreeting {
    $seen = Test-TcpPort -Address 'localhost' -Port 25 -Banner
    return ($seen.open -and "$($seen.said)" -match '^220')
}

# A domain controller of a domain; the pinned one where it is of that domain.
function Get-DomainDc {
    param([string]$Domain, [string]$Dc)
    if ($Dc -and $Dc.Substring($Dc.IndexOf('.') + 1) -eq $Domain) { return $Dc }
    return @(Get-AllDomainControllers -Dc $Dc -Domain $Domain)[0]
}

# Distinguished name of Exchange Enterprise Servers, which DomainPrep of 2000 and 2003 makes; '' where there is none.
function Get-EnterpriseServers {
    param([string]$Domain, [string]$Dc)
    foreach ($result in @(Search-Directory -Base (Get-DomainDn $Domain) -Filter '(&(objectClass=group)(sAMAccountName=Exchange Enterprise Servers))' -Properties 'distinguishedName' -Dc $Dc)) {
        return Get-Attribute $result 'distinguishedName'
    }
    return ''
}

# Whether Exchange Enterprise Servers may write the property set Exchange Information in a domain, on one DC. Property set
# by its GUID and group by its name: neither is translated.
function Test-LegacyPermission {
    param([string]$Domain, [string]$Dc)
    $entry = [ADSI](Get-LdapPath -Name (Get-DomainDn $Domain) -Dc $Dc)
    foreach ($rule in @($entry.psbase.ObjectSecurity.Access)) {
        if ("$($rule.AccessControlType)" -eq 'Allow' -and "$($rule.ObjectType)" -eq '1f298a89-de98-47b8-b5cd-572ad53d267e' -and
            "$($rule.ActiveDirectoryRights)" -match 'WriteProperty|GenericAll' -and "$($rule.IdentityReference)" -match '(^|\\)Exchange Enterprise Servers$') { return $true }
    }
    return $false
}
