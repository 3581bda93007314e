<#
title: "Certificate with {{ namespaces.legacy }} on {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles and site.internet_facing and topology.certificates"
effect: convergent
needs: [gate-purchase-certificate, preflight-remoting@server]
vantage: E07
identity: delegated
window: policy
libraries: [certificates]
arguments:
  pfx: {$file: "(topology.certificates|first).pfx"}
  password: {$secret: "(topology.certificates|first).password.ref if (topology.certificates|first).password else ''"}
  names: "([site.namespace or namespaces.primary, namespaces.legacy] + namespaces.autodiscover|list)|unique|list"
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "web sessions on {{ server.name }} reconnect once"
order: 35
failures:
  - {match: "password", class: permanent, means: "The PFX does not open with this password.", do: "Correct the secret that the plan refers to, then 'exmigrate retry'."}
#>
# IIS of a 2007 CAS has one certificate and serves the main names until the cut-over: it must carry old and new ones.

function Check {
    param($a)
    $all = @(Get-ExchangeCertificate -ErrorAction Stop)
    $before = @{ holders = (Get-ServiceHolders $all @('IIS')) }
    $certificate = Select-Certificate $all $a.names
    if ($certificate -and (Test-Service $certificate 'IIS')) {
        return New-Satisfied -Message "$($certificate.Thumbprint) serves IIS with $(@($a.names) -join ', ')." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
    }
    if ($certificate) { return New-Needed -Message "$($certificate.Thumbprint) has the names but does not serve IIS." -Before $before }
    return New-Needed -Message "No certificate here covers $(@($a.names) -join ', ')." -Before $before
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $certificate = Select-Certificate @(Get-ExchangeCertificate -ErrorAction Stop) $a.names
    if (-not $certificate) {
        $certificate = Import-ExchangeCertificate -Path $a.pfx -Password (ConvertTo-Secret $a.password) @pinned -Confirm:$false -ErrorAction Stop
        $missing = @(Get-UncoveredNames $certificate $a.names)
        if ($missing.Count) { throw "The PFX does not cover $($missing -join ', '); the certificate that IIS has now stays in use." }
    }
    Enable-ExchangeCertificate -Thumbprint $certificate.Thumbprint -Services 'IIS' @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($certificate.Thumbprint) serves IIS." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
}

function Verify {
    param($a)
    $certificate = Select-Certificate @(Get-ExchangeCertificate -ErrorAction Stop) $a.names
    if (-not $certificate -or -not (Test-Service $certificate 'IIS')) { return New-Failed -Message "IIS has no certificate with $(@($a.names) -join ', ')." }
    return New-Verified -Message "$($certificate.Thumbprint) serves IIS with every name." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.before.holders -and $a.before.holders.IIS) {
        Enable-ExchangeCertificate -Thumbprint $a.before.holders.IIS -Services 'IIS' @pinned -Confirm:$false -ErrorAction Stop
    }
    return New-Applied -Message 'IIS has its old certificate again; the new one stays in the store.'
}
