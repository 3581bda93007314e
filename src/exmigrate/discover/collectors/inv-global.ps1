<#
title: "Global settings of messages"
scope: organization
when: "has_legacy"
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
# Limits are in KB; none where the organization was never limited.
function Get-TextList {
    param($Entry, [string]$Attribute)
    foreach ($value in @($Entry.psbase.Properties[$Attribute])) { if ($value -ne $null -and "$value" -ne '') { "$value" } }
}

function Collect {
    param($a)
    $organization = Get-ExistingOrganization -Dc $a.dc
    $name = "CN=Message Delivery,CN=Global Settings,$organization"
    if (-not [ADSI]::Exists((Get-LdapPath -Name $name -Dc $a.dc))) { throw "$name is not there: the organization was not prepared by Exchange 2000 or 2003." }
    $entry = [ADSI](Get-LdapPath -Name $name -Dc $a.dc)
    $limits = @{}
    foreach ($attribute in 'submissionContLength', 'delivContLength', 'msExchRecipLimit') { $limits[$attribute] = [string]$entry.psbase.Properties[$attribute].Value }
    $formats = @()
    foreach ($result in @(Search-Directory -Base "CN=Internet Message Formats,CN=Global Settings,$organization" -Filter '(objectClass=domainContentConfig)' -Properties 'cn', 'domainName' -Dc $a.dc)) {
        $formats += @{ cn = Get-Attribute $result 'cn'; domainName = Get-Attribute $result 'domainName' }
    }
    return New-Satisfied -Message $name -Facts @{ value = @{ limits = $limits; senderFilter = @(Get-TextList $entry 'msExchTurfListNames'); recipientFilter = @(Get-TextList $entry 'msExchRecipTurfListNames'); formats = $formats } }
}
