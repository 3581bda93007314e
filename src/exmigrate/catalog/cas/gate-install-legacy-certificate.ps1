<#
title: "Certificate with {{ site.legacy_name }} on {{ server.name }}"
scope: server
when: >-
  server.source and server.version == '2003' and site and site.internet_facing and site.legacy_name and topology.certificates
  and target.version == '2010' and not servers(role='cas', target=false, version='2007')
  and ('front-end' in server.roles or ('mailbox' in server.roles and not legacy(site=site.name, role='front-end')))
effect: gate
needs: [gate-purchase-certificate, gate-create-legacy-dns]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [certificates]
arguments:
  address: "(server.addresses|list + [server.fqdn])[0]"
  names: "[site.namespace or namespaces.primary, site.legacy_name]"
estimate: {p50: 1800, p90: 86400}
impact: "web sessions on {{ server.name }} reconnect once"
order: 35
gate:
  closes: both
  every: 300
  instructions: |
    On {{ server.name }}: IIS Manager > Default Web Site > Properties > Directory Security > Server Certificate: import the
    PFX {{ (topology.certificates|first).pfx }} with its chain and assign it. It must have both
    {{ site.namespace or namespaces.primary }}, which this server serves until the cut-over, and {{ site.legacy_name }}: a
    certificate of the legacy name alone breaks everybody who is still on it. Log on at
    https://{{ site.legacy_name }}/exchange, from inside and from outside; forms logon must lead to the mailbox.
  undo: "Assign the previous certificate to the web site again."
#>
# The handshake itself, once for each name: it fails where this host does not trust the certificate; then the names in it.

# Host names of a certificate: its alternative names (OID 2.5.29.17, each as 'DNS Name=...' in the language of Windows).
function Get-CertificateNames {
    param($Certificate)
    if ("$($Certificate.Subject)" -match 'CN=([^,]+)') { $matches[1] }
    foreach ($extension in @($Certificate.Extensions)) {
        if ($extension.Oid.Value -ne '2.5.29.17') { continue }
        foreach ($part in @($extension.Format($false) -split ',')) { if ($part -match '=\s*(\S+)\s*$') { $matches[1] } }
    }
}

function Get-TlsFault {
    param([string]$Address, [string]$Name)
    $client = New-Object Net.Sockets.TcpClient
    try {
        $client.Connect($Address, 443)
        $stream = New-Object Net.Security.SslStream($client.GetStream())
        $stream.AuthenticateAsClient($Name)
        $certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2(, $stream.RemoteCertificate.GetRawCertData())
        $found = @(Get-CertificateNames $certificate | Select-Object -Unique)
        if (-not (Test-NameCovered -Name $Name -Names $found)) { return "the certificate has $($found -join ', '), not $Name" }
        return ''
    }
    catch { return "${Name}: $($_.Exception.Message)" }
    finally { $client.Close() }
}

function Check {
    param($a)
    $faults = @(foreach ($name in @($a.names)) { Get-TlsFault $a.address $name }) | Where-Object { $_ } | Select-Object -Unique
    if (@($faults).Count) { return New-Needed -Message "$($a.address) on 443: $(@($faults) -join '; ')." }
    return New-Satisfied -Message "$($a.address) answers to $(@($a.names) -join ', ') with a trusted certificate."
}
