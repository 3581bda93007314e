<#
title: "Certificate with {{ site.legacy_name }} on {{ server.name }}"
scope: server
when: "server.source and server.version == '2007' and 'cas' in server.roles and site.internet_facing and topology.certificates"
effect: convergent
needs: [gate-purchase-certificate, preflight-remoting@server]
vantage: E07
identity: delegated
window: policy
libraries: [certificates]
arguments:
  server: server.name
  pfx: {$file: "(topology.certificates|first).pfx"}
  password: {$secret: "(topology.certificates|first).password.ref if (topology.certificates|first).password else ''"}
  names: "([site.namespace or namespaces.primary, site.legacy_name] + namespaces.autodiscover|list)|unique|list"
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators", "local administrator"]
impact: "web sessions on {{ server.name }} reconnect once"
order: 35
failures:
  - {match: "password", class: permanent, means: "The PFX does not open with this password.", do: "Correct the secret that the plan refers to, then 'exmigrate retry'."}
  - {match: "does not cover", class: permanent, means: "A name that clients use on this server today is not in the new certificate.", do: "Order a certificate with it, or give the virtual directories and the SCP of this server a name that the certificate has, then 'exmigrate retry'."}
#>
# IIS of a 2007 CAS has one certificate and serves the main names until the cut-over: it must carry old and new ones, and
# those in the addresses of this server that its certificate carries now, or Outlook would warn from this moment on.

# Host names in the addresses of this server that the certificate of IIS covers today.
function Get-NamesInUse {
    param($a, $Certificates)
    $pinned = Get-PinnedDc $a
    $thumbprint = (Get-ServiceHolders $Certificates @('IIS')).IIS
    $holder = @($Certificates | Where-Object { $_ -and $_.Thumbprint -eq $thumbprint }) | Select-Object -First 1
    if (-not $holder) { return }
    $addresses = @((Get-ClientAccessServer -Identity $a.server @pinned -ErrorAction Stop).AutoDiscoverServiceInternalUri)
    foreach ($directory in @(
            Find-Object { Get-OwaVirtualDirectory -Identity "$($a.server)\owa (Default Web Site)" @pinned -ErrorAction Stop }
            Find-Object { Get-WebServicesVirtualDirectory -Identity "$($a.server)\EWS (Default Web Site)" @pinned -ErrorAction Stop }
            Find-Object { Get-OabVirtualDirectory -Identity "$($a.server)\OAB (Default Web Site)" @pinned -ErrorAction Stop }
            Find-Object { Get-UMVirtualDirectory -Identity "$($a.server)\UnifiedMessaging (Default Web Site)" @pinned -ErrorAction Stop }
            Find-Object { Get-ActiveSyncVirtualDirectory -Identity "$($a.server)\Microsoft-Server-ActiveSync (Default Web Site)" @pinned -ErrorAction Stop })) {
        if ($directory) { $addresses += $directory.InternalUrl, $directory.ExternalUrl }
    }
    foreach ($address in @(Get-NameList $addresses)) {
        if ($address -match '^https://([^/:]+)' -and (Test-NameCovered -Name $matches[1] -Names @($holder.CertificateDomains))) { $matches[1].ToLower() }
    }
}

# What the new certificate must cover: the names of the plan and those in use.
function Get-WantedNames {
    param($a, $Certificates)
    return @(@($a.names) + @(Get-NamesInUse $a $Certificates) | ForEach-Object { "$_" } | Select-Object -Unique)
}

function Check {
    param($a)
    $all = @(Get-ExchangeCertificate -ErrorAction Stop)
    $before = @{ holders = (Get-ServiceHolders $all @('IIS')) }
    $names = @(Get-WantedNames $a $all)
    $certificate = Select-Certificate $all $names
    if ($certificate -and (Test-Service $certificate 'IIS')) {
        return New-Satisfied -Message "$($certificate.Thumbprint) serves IIS with $($names -join ', ')." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
    }
    if ($certificate) { return New-Needed -Message "$($certificate.Thumbprint) has the names but does not serve IIS." -Before $before }
    return New-Needed -Message "No certificate here covers $($names -join ', ')." -Before $before
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $all = @(Get-ExchangeCertificate -ErrorAction Stop)
    $names = @(Get-WantedNames $a $all)
    $certificate = Select-Certificate $all $names
    if (-not $certificate) {
        $here = Select-Certificate $all $a.names
        if ($here) { throw "$($here.Thumbprint), which is here with the names of the plan, does not cover $(@(Get-UncoveredNames $here $names) -join ', '); the certificate that IIS has now stays in use." }
        $certificate = Import-ExchangeCertificate -Path $a.pfx -Password (ConvertTo-Secret $a.password) @pinned -Confirm:$false -ErrorAction Stop
        $missing = @(Get-UncoveredNames $certificate $names)
        if ($missing.Count) { throw "The PFX does not cover $($missing -join ', '); the certificate that IIS has now stays in use." }
    }
    Enable-ExchangeCertificate -Thumbprint $certificate.Thumbprint -Services 'IIS' @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "$($certificate.Thumbprint) serves IIS." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
}

function Verify {
    param($a)
    $all = @(Get-ExchangeCertificate -ErrorAction Stop)
    $certificate = Select-Certificate $all @(Get-WantedNames $a $all)
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
