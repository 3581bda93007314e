<#
title: "SMTP virtual servers of 2000 and 2003"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# Who may relay stands in the metabase of each server and not here: a person reads it in Exchange System Manager.
function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $found = @()
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=protocolCfgSMTPServer)' -Properties 'cn', 'distinguishedName', 'adminDisplayName', 'msExchServerBindings', 'msExchAuthenticationFlags', 'msExchSmtpSmartHost' -Dc $a.dc)) {
        $flags = 0; $bindings = @()
        if (Get-Attribute $result 'msExchAuthenticationFlags') { $flags = [int](Get-Attribute $result 'msExchAuthenticationFlags') }
        if ($result.Properties.Contains('msexchserverbindings')) { $bindings = @($result.Properties['msexchserverbindings'] | ForEach-Object { "$_" }) }
        $found += @{
            server = Get-ServerPart (Get-Attribute $result 'distinguishedName'); number = Get-Attribute $result 'cn'; name = Get-Attribute $result 'adminDisplayName'; bindings = $bindings
            anonymous = [bool]($flags -band 1); basic = [bool]($flags -band 2); integrated = [bool]($flags -band 4); smartHost = Get-Attribute $result 'msExchSmtpSmartHost'
        }
    }
    return New-Satisfied -Message "$($found.Count) virtual servers." -Facts @{ value = $found }
}
