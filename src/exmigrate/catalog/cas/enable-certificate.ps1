<#
title: "Certificate on {{ server.name }}"
scope: server
when: "server.target and 'cas' in server.roles and topology.certificates"
effect: convergent
needs: [gate-purchase-certificate, install-cas@server, {kind: install-hub, at: "server.name if 'hub' in server.roles else ''"}]
vantage: shell
identity: delegated
libraries: [certificates]
arguments:
  server: server.name
  version: server.version
  pfx: {$file: "(topology.certificates|first).pfx"}
  password: {$secret: "(topology.certificates|first).password.ref if (topology.certificates|first).password else ''"}
  names: "(topology.certificates|first).names|list"
  services: >-
    (topology.certificates|first).services|reject('equalto', 'UM')|reject('in', ([] if 'hub' in server.roles else ['SMTP'])
    + (['POP', 'IMAP'] if (topology.certificates|first).wildcard else []))|list
  mail_name: "namespaces.primary if (topology.certificates|first).wildcard and client_access.pop_imap else ''"
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "local administrator"]
ends_unseen: true
order: 30
failures:
  - {match: "password", class: permanent, means: "The PFX does not open with this password.", do: "Correct the secret that the plan refers to, then 'exmigrate retry'."}
  - {match: "already exists|same thumbprint", class: permanent, means: "The certificate is imported but lacks a name or its key.", do: "Remove it with Remove-ExchangeCertificate and retry."}
#>
# -Force answers the question about the default SMTP certificate, which -Confirm:$false does not. 2007's cmdlets know this
# server alone and take the PFX by its path; where its Enable-ExchangeCertificate has no -Force, SMTP is a person's part.

function Get-Certificates {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.version -eq '2007') { Get-ExchangeCertificate @pinned -ErrorAction Stop }
    else { Get-ExchangeCertificate -Server $a.server @pinned -ErrorAction Stop }
}

function Test-Force {
    return [bool](Get-Command -Name Enable-ExchangeCertificate -ErrorAction Stop).Parameters.ContainsKey('Force')
}

function Enable-Services {
    param($a, [string]$Thumbprint, $Services)
    $pinned = Get-PinnedDc $a
    $list = @($Services) -join ','
    if ($a.version -eq '2007') {
        $force = @{}
        if (Test-Force) { $force.Force = $true }
        Enable-ExchangeCertificate -Thumbprint $Thumbprint -Services $list @force @pinned -Confirm:$false -ErrorAction Stop
    }
    else { Enable-ExchangeCertificate -Server $a.server -Thumbprint $Thumbprint -Services $list -Force @pinned -Confirm:$false -ErrorAction Stop }
}

function Get-MissingServices {
    param($Certificate, $Services)
    foreach ($service in @($Services)) { if (-not (Test-Service $Certificate $service)) { "$service" } }
}

function Check {
    param($a)
    $all = @(Get-Certificates $a)
    $certificate = Select-Certificate $all $a.names
    # Several certificates may serve SMTP at once: those that serve now are the others.
    $others = @($all | Where-Object { $_ -and (-not $certificate -or $_.Thumbprint -ne $certificate.Thumbprint) })
    $before = @{ holders = (Get-ServiceHolders $others $a.services); pop = ''; imap = '' }
    $pinned = Get-PinnedDc $a
    $named = $true
    if ($a.mail_name) {
        $before.pop = "$((Get-PopSettings -Server $a.server @pinned -ErrorAction Stop).X509CertificateName)"
        $before.imap = "$((Get-ImapSettings -Server $a.server @pinned -ErrorAction Stop).X509CertificateName)"
        $named = $before.pop -eq $a.mail_name -and $before.imap -eq $a.mail_name
    }
    if (-not $certificate) { return New-Needed -Message "No certificate with private key covers $(@($a.names) -join ', ')." -Before $before }
    $missing = @(Get-MissingServices $certificate $a.services)
    if (-not $missing.Count -and $named) {
        return New-Satisfied -Message "$($certificate.Thumbprint) serves $(@($a.services) -join ', ')." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
    }
    if (($missing -join '') -eq 'SMTP' -and -not (Test-Force)) {
        return New-Blocked -Message "Enable-ExchangeCertificate asks here before it replaces the default SMTP certificate. Run by hand: Enable-ExchangeCertificate -Thumbprint $($certificate.Thumbprint) -Services SMTP"
    }
    return New-Needed -Message "$($certificate.Thumbprint) does not serve $($missing -join ', ') yet." -Before $before
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $certificate = Select-Certificate @(Get-Certificates $a) $a.names
    if (-not $certificate) {
        if ($a.version -eq '2007') {
            $imported = Import-ExchangeCertificate -Path $a.pfx -Password (ConvertTo-Secret $a.password) @pinned -Confirm:$false -ErrorAction Stop
        }
        else {
            $bytes = [byte[]](Get-Content -Path $a.pfx -Encoding Byte -ReadCount 0 -ErrorAction Stop)
            $imported = Import-ExchangeCertificate -Server $a.server -FileData $bytes -Password (ConvertTo-Secret $a.password) -PrivateKeyExportable $true @pinned -Confirm:$false -ErrorAction Stop
        }
        $missing = @(Get-UncoveredNames $imported $a.names)
        if ($missing.Count) { throw "The PFX does not cover $($missing -join ', ')." }
        $certificate = $imported
    }
    $services = @($a.services)
    if (-not (Test-Force)) { $services = @($services | Where-Object { $_ -ne 'SMTP' }) }
    if ($services.Count) { Enable-Services $a $certificate.Thumbprint $services }
    if ($a.mail_name) {
        Set-PopSettings -Server $a.server -X509CertificateName $a.mail_name @pinned -Confirm:$false -ErrorAction Stop
        Set-ImapSettings -Server $a.server -X509CertificateName $a.mail_name @pinned -Confirm:$false -ErrorAction Stop
        Restart-Service -Name MSExchangePOP3, MSExchangeIMAP4 -ErrorAction Stop
    }
    return New-Applied -Message "$($certificate.Thumbprint) serves $($services -join ', ')." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
}

# A fresh look: key present, services there, chain not broken.
function Verify {
    param($a)
    $certificate = Select-Certificate @(Get-Certificates $a) $a.names
    if (-not $certificate) { return New-Failed -Message "No certificate with private key covers $(@($a.names) -join ', ')." }
    $missing = @(Get-MissingServices $certificate $a.services)
    if ($missing.Count) { return New-Failed -Message "$($certificate.Thumbprint) does not serve $($missing -join ', ')." }
    # A server without a way to the Internet cannot ask whether a certificate was revoked: it serves all the same.
    if ("$($certificate.Status)" -eq 'RevocationCheckFailure') { return New-Verified -Message "$($certificate.Thumbprint) serves $(@($a.services) -join ', '); from here nobody can ask whether it was revoked." -Facts @{ thumbprint = [string]$certificate.Thumbprint } }
    if ("$($certificate.Status)" -and "$($certificate.Status)" -ne 'Valid') { return New-Failed -Message "$($certificate.Thumbprint) is $($certificate.Status): its chain is not trusted here." }
    return New-Verified -Message "$($certificate.Thumbprint) serves $(@($a.services) -join ', ')." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
}

# The services go back to the certificates that had them; the imported one stays in the store, unused.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $holders = $a.before.holders
    foreach ($service in @($holders.Keys)) {
        if ($service -ne 'SMTP' -or (Test-Force)) { Enable-Services $a $holders[$service] $service }
    }
    if ($a.mail_name) {
        Set-PopSettings -Server $a.server -X509CertificateName $a.before.pop @pinned -Confirm:$false -ErrorAction Stop
        Set-ImapSettings -Server $a.server -X509CertificateName $a.before.imap @pinned -Confirm:$false -ErrorAction Stop
        Restart-Service -Name MSExchangePOP3, MSExchangeIMAP4 -ErrorAction Stop
    }
    return New-Applied -Message 'The old certificates serve again.'
}
