<#
title: "Setup media where the plan says they lie"
scope: organization
effect: read
vantage: AD
identity: delegated
libraries: [media]
arguments:
  media: "topology.media|plain"
estimate: {p50: 30, p90: 600}
#>
# Only small files are hashed here: a whole image over a line between sites would take an hour, and stage-media does it.
$LargestMB = 100

function Read-Medium {
    param($Medium)
    $found = @{ name = "$($Medium.name)"; version = "$($Medium.version)"; kind = "$($Medium.kind)"; source = "$($Medium.source)"; there = $false; build = ''; sha256 = ''; error = '' }
    try {
        $found.there = [bool](Test-Path $Medium.source -ErrorAction Stop)
        if (-not $found.there) { return $found }
        $folder = "$($Medium.source)"
        if ($folder -match '\.(msp|exe|msi|iso)$') { $folder = Split-Path $folder -Parent }
        $program = Join-Path $folder 'Setup\ServerRoles\Common\ExSetup.exe'
        if ($Medium.kind -eq 'setup' -and (Test-Path $program)) { $found.build = [string](Get-Item $program).VersionInfo.FileVersion }
        $file = Get-MediumFile -Medium $Medium -At $folder
        if (Test-Path $file) {
            if ((Get-Item $file).Length -le $LargestMB * 1MB) { $found.sha256 = Get-Sha256 $file }
        }
    }
    catch { $found.error = "$($_.Exception.Message)" }
    return $found
}

function Collect {
    param($a)
    $all = @()
    foreach ($medium in @($a.media | Where-Object { $_ })) { $all += Read-Medium $medium }
    return New-Satisfied -Message "$($all.Count) media." -Facts @{ value = $all }
}
