<#
title: "Certificate request {{ (topology.certificates|selectattr('requested_on')|first).name }}"
scope: organization
when: >-
  (topology.certificates|selectattr('requested_on')|list)
  and topology.server_by_name[(topology.certificates|selectattr('requested_on')|first).requested_on].version in ('2007', '2010')
effect: convergent
needs:
  - collect-inventory
  - {kind: install-cas, at: "(topology.certificates|selectattr('requested_on')|first).requested_on"}
vantage: {shell: shell, host: "(topology.certificates|selectattr('requested_on')|first).requested_on"}
identity: delegated
libraries: [certificates]
arguments:
  version: "topology.server_by_name[(topology.certificates|selectattr('requested_on')|first).requested_on].version"
  friendly_name: "(topology.certificates|selectattr('requested_on')|first).friendly_name or (topology.certificates|selectattr('requested_on')|first).name"
  subject: "('' if '=' in (topology.certificates|selectattr('requested_on')|first).subject else 'cn=') ~ (topology.certificates|selectattr('requested_on')|first).subject"
  names: "(topology.certificates|selectattr('requested_on')|first).names|list"
  file: "(topology.certificates|selectattr('requested_on')|first).request_file or 'C:\\\\exmigrate-request.req'"
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)", "local administrator"]
order: 1
failures:
  - {match: "already exists|file exists", class: permanent, means: "The request file is there from an earlier time.", do: "Move it away if its request is void, then 'exmigrate retry'."}
#>
# A pending request of the planned friendly name, with the planned names; its answer becomes the PFX. 2007 writes the file
# itself, 2010 gives the text.

function Get-PendingRequests {
    foreach ($item in @(Get-ExchangeCertificate -ErrorAction Stop)) { if ($item -and "$($item.Status)" -eq 'PendingRequest') { $item } }
}

# The pending request of the planned friendly name whose file is there; nothing where one of both is missing.
function Get-OwnRequest {
    param($a)
    if (-not (Test-Path $a.file)) { return }
    foreach ($request in @(Get-PendingRequests)) { if ($request.FriendlyName -eq $a.friendly_name) { return $request } }
}

function Check {
    param($a)
    foreach ($certificate in @(Get-ExchangeCertificate -ErrorAction Stop)) {
        if (-not $certificate.IsSelfSigned -and $certificate.HasPrivateKey -and -not @(Get-UncoveredNames $certificate $a.names).Count -and $certificate.NotAfter -gt (Get-Date)) {
            return New-Satisfied -Message "The certificate $($certificate.Thumbprint) has the planned names already." -Facts @{ thumbprint = [string]$certificate.Thumbprint }
        }
    }
    $request = Get-OwnRequest $a
    if ($request) { return New-Satisfied -Message "The request '$($a.friendly_name)' is in $($a.file)." -Facts @{ thumbprint = [string]$request.Thumbprint; file = $a.file } }
    return New-Needed -Message "No request '$($a.friendly_name)' is pending here." -Before @{ thumbprints = @(Get-PendingRequests | ForEach-Object { [string]$_.Thumbprint }) }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-OwnRequest $a) { return New-Applied -Message "The request is in $($a.file) already." -Facts @{ file = $a.file } }
    $folder = Split-Path $a.file
    if (-not (Test-Path $folder)) { [void](New-Item -ItemType Directory -Path $folder -Force -ErrorAction Stop) }
    if ($a.version -eq '2007') {
        [void](New-ExchangeCertificate -GenerateRequest -Path $a.file -FriendlyName $a.friendly_name -SubjectName $a.subject -DomainName @($a.names) -KeySize 2048 -PrivateKeyExportable $true @pinned -Confirm:$false -ErrorAction Stop)
    }
    else {
        if (Test-Path $a.file) { throw "The file $($a.file) already exists." }
        $text = New-ExchangeCertificate -GenerateRequest -FriendlyName $a.friendly_name -SubjectName $a.subject -DomainName @($a.names) -KeySize 2048 -PrivateKeyExportable $true @pinned -Confirm:$false -ErrorAction Stop
        Set-Content -Path $a.file -Value "$text" -Encoding Ascii -ErrorAction Stop
    }
    return New-Applied -Message "Request written to $($a.file)." -Facts @{ file = $a.file }
}

# The file a person sends away, and the key that stays here.
function Verify {
    param($a)
    if (-not (Test-Path $a.file)) { return New-Failed -Message "$($a.file) is not there." }
    $text = @(Get-Content -Path $a.file) -join "`n"
    if ($text -notmatch 'BEGIN NEW CERTIFICATE REQUEST') { return New-Failed -Message "$($a.file) is no certificate request." }
    $mine = @(Get-PendingRequests | Where-Object { $_.FriendlyName -eq $a.friendly_name })
    if (-not $mine.Count) { return New-Failed -Message "The key of '$($a.friendly_name)' is not in the request store." }
    return New-Verified -Message "Request in $($a.file), key on this server." -Facts @{ file = $a.file; thumbprint = [string]$mine[0].Thumbprint }
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($request in @(Get-PendingRequests | Where-Object { $_.FriendlyName -eq $a.friendly_name })) {
        if (@($a.before.thumbprints) -notcontains [string]$request.Thumbprint) {
            Remove-ExchangeCertificate -Thumbprint $request.Thumbprint @pinned -Confirm:$false -ErrorAction Stop
        }
    }
    if (Test-Path $a.file) { Remove-Item -Path $a.file -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'The request is withdrawn.'
}
