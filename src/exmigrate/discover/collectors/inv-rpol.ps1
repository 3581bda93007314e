<#
title: "Recipient policies"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $policies = @()
    foreach ($result in @(Search-Directory -Base "CN=Recipient Policies,$(Get-OrganizationName -Dc $a.dc)" -Filter '(objectClass=msExchRecipientPolicy)' -Properties 'cn', 'gatewayProxy', 'purportedSearch', 'msExchPolicyOrder' -Dc $a.dc)) {
        $templates = @()
        if ($result.Properties.Contains('gatewayproxy')) { $templates = @($result.Properties['gatewayproxy'] | ForEach-Object { "$_" }) }
        $policies += @{ cn = Get-Attribute $result 'cn'; gatewayProxy = $templates; purportedSearch = Get-Attribute $result 'purportedSearch' }
    }
    return New-Satisfied -Message "$($policies.Count) policies." -Facts @{ value = $policies }
}
