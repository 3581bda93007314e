# Exchange certificates: which one carries the planned names, and which one serves what.

# Whether a certificate's names cover a host name; *.contoso.com covers one label.
function Test-NameCovered {
    param([string]$Name, $Names)
    foreach ($given in @($Names)) {
        if ("$given" -eq $Name) { return $true }
        if ("$given" -like '`*.*' -and $Name.Contains('.') -and $Name.Substring($Name.IndexOf('.')) -eq "$given".Substring(1)) { return $true }
    }
    return $false
}

function Get-UncoveredNames {
    param($Certificate, $Wanted)
    foreach ($name in @($Wanted)) { if (-not (Test-NameCovered -Name "$name" -Names @($Certificate.CertificateDomains))) { "$name" } }
}

# The newest certificate with private key that covers every wanted name and has not run out.
function Select-Certificate {
    param($Certificates, $Wanted)
    $fit = @($Certificates | Where-Object { $_ -and $_.HasPrivateKey -and $_.NotAfter -gt (Get-Date) -and -not $_.IsSelfSigned -and -not @(Get-UncoveredNames $_ $Wanted).Count })
    return $fit | Sort-Object -Property NotAfter -Descending | Select-Object -First 1
}

function Test-Service {
    param($Certificate, [string]$Service)
    return @(("$($Certificate.Services)" -split ',') | ForEach-Object { $_.Trim() }) -contains $Service
}

# { service: thumbprint of the certificate that has it now }
function Get-ServiceHolders {
    param($Certificates, $Services)
    $holders = @{}
    foreach ($service in @($Services)) {
        foreach ($certificate in @($Certificates | Sort-Object -Property NotBefore)) {
            if ($certificate -and (Test-Service $certificate $service)) { $holders["$service"] = [string]$certificate.Thumbprint }
        }
    }
    return $holders
}

function ConvertTo-Secret {
    param([string]$Text)
    return ConvertTo-SecureString -String $Text -AsPlainText -Force
}
