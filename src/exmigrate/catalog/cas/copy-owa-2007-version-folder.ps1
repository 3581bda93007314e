<#
title: "OWA 2007 version folder on {{ server.name }}"
scope: server
when: >-
  server.target and 'cas' in server.roles and site.internet_facing
  and (sites(false)|selectattr('name', 'in', servers(role='cas', target=false, version='2007')|map(attribute='site')|list)|list)
effect: convergent
needs: [install-cas@server, patch-2007-servers]
before: [gate-publish-namespace@site]
vantage: target
identity: delegated
run: job
libraries: [setup, windows]
arguments:
  source: >-
    client_access.owa_version_folder if client_access.owa_version_folder != 'share' else
    '\\\\' ~ (first(site.name, 'cas', false) or first(topology.first_site.name, 'cas', false)).name ~ '\\'
    ~ ((first(site.name, 'cas', false) or first(topology.first_site.name, 'cas', false)).paths.get('install', 'C:\\Program Files\\Microsoft\\Exchange Server'))|replace(':', '$')
    ~ '\\ClientAccess\\OWA'
  version: target.version
estimate: {p50: 120, p90: 600}
rights: ["local administrator", "read on the administrative share of a 2007 CAS"]
impact: "IIS of {{ server.name }} restarts once"
ends_unseen: true
order: 36
failures:
  - {match: "denied|network path", class: permanent, means: "This logon does not reach the 2007 server's share.", do: "Copy the folder by hand and name its place in 'client_access.owa_version_folder'."}
#>
# A 2010 CAS proxies OWA to 2007 mailboxes of sites that the Internet does not reach, with 2007's own scripts and themes.
# Repeat after each 2007 rollup: the folder's name is the version.

# The highest 8.x.y.z folder at a place; '' where there is none.
function Get-HighestFolder {
    param([string]$At)
    $folders = @(Get-ChildItem -Path $At -ErrorAction Stop | Where-Object { $_.PSIsContainer -and $_.Name -match '^8(\.\d+)+$' })
    if (-not $folders.Count) { return '' }
    return [string]($folders | Sort-Object -Property { [version]$_.Name } | Select-Object -Last 1).Name
}

function Get-Destination {
    param($a)
    return Join-Path (Get-ExchangeFolder $a.version) 'ClientAccess\OWA'
}

# Files of one folder, with all below it, that another lacks or has in another length: what a broken copy leaves.
function Get-MissingFiles {
    param([string]$From, [string]$To)
    $root = (Get-Item -LiteralPath $From -ErrorAction Stop).FullName
    foreach ($file in @(Get-ChildItem -Path $From -Recurse -ErrorAction Stop | Where-Object { -not $_.PSIsContainer })) {
        $copy = Get-Item -LiteralPath (Join-Path $To $file.FullName.Substring($root.Length)) -ErrorAction SilentlyContinue
        if (-not $copy -or $copy.Length -ne $file.Length) { $file.Name }
    }
}

function Check {
    param($a)
    if (-not (Test-Path $a.source)) { return New-Blocked -Message "$($a.source) cannot be read from here." }
    $highest = Get-HighestFolder $a.source
    if (-not $highest) { return New-Blocked -Message "$($a.source) holds no 8.x folder." }
    $there = Join-Path (Get-Destination $a) $highest
    $existed = Test-Path $there
    if (-not $existed) { return New-Needed -Message "$there is missing." -Before @{ folder = $there } -Facts @{ version = $highest } }
    $missing = @(Get-MissingFiles (Join-Path $a.source $highest) $there)
    if ($missing.Count) { return New-Needed -Message "$there lacks $($missing.Count) files, such as $($missing[0])." -Before @{ folder = '' } -Facts @{ version = $highest } }
    return New-Satisfied -Message "$there is whole." -Facts @{ version = $highest }
}

function Apply {
    param($a)
    $highest = Get-HighestFolder $a.source
    $destination = Get-Destination $a
    Copy-Item -Path (Join-Path $a.source $highest) -Destination $destination -Recurse -Force -ErrorAction Stop
    [void](& iisreset /noforce)
    return New-Applied -Message "$highest copied to $destination."
}

# File by file, because a broken copy renders half a page.
function Verify {
    param($a)
    $highest = Get-HighestFolder $a.source
    $there = Join-Path (Get-Destination $a) $highest
    if (-not (Test-Path $there)) { return New-Failed -Message "$there is missing." }
    $missing = @(Get-MissingFiles (Join-Path $a.source $highest) $there)
    if ($missing.Count) { return New-Failed -Message "$there lacks $($missing.Count) files, such as $($missing[0])." }
    return New-Verified -Message "$there has every file of $($a.source)." -Facts @{ version = $highest }
}

function Rollback {
    param($a)
    if ($a.before.folder -and (Test-Path $a.before.folder)) { Remove-Item -Path $a.before.folder -Recurse -Force -Confirm:$false -ErrorAction Stop }
    [void](& iisreset /noforce)
    return New-Applied -Message 'The copied folder is deleted.'
}
