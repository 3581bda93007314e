<#
title: "Certificates of {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $found = @()
    foreach ($certificate in @(Get-ExchangeCertificate -ErrorAction Stop)) {
        if ($certificate) { $found += @{ Thumbprint = "$($certificate.Thumbprint)"; Subject = "$($certificate.Subject)"; CertificateDomains = @(Get-NameList $certificate.CertificateDomains); NotAfter = $certificate.NotAfter.ToString('yyyy-MM-dd'); Services = "$($certificate.Services)"; HasPrivateKey = [bool]$certificate.HasPrivateKey } }
    }
    return New-Satisfied -Message "$($found.Count) certificates." -Facts @{ value = $found }
}
