<#
title: "ActiveSync directory of {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and 'mailbox' in server.roles"
effect: read
vantage: AD
identity: delegated
arguments:
  server: server.name
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $flags = 0; $found = $false
    foreach ($server in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$($a.server)))" -Properties 'distinguishedName' -Dc $a.dc)) {
        $name = "CN=Microsoft-Server-ActiveSync,CN=1,CN=HTTP,CN=Protocols,$(Get-Attribute $server 'distinguishedName')"
        if ([ADSI]::Exists((Get-LdapPath -Name $name -Dc $a.dc))) { $found = $true; $flags = Get-LdapNumber -Name $name -Attribute 'msExchAuthenticationFlags' -Dc $a.dc }
    }
    return New-Satisfied -Message $a.server -Facts @{ value = @{ activeSync = $found; msExchAuthenticationFlags = $flags; integrated = [bool]($flags -band 4) } }
}
