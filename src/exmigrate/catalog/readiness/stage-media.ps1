<#
title: "Setup media on {{ server.name }}"
scope: server
when: >-
  server.driven and (server.target or server.name == topology.directory_host
  or ((server.source or server.node) and server.version == '2007'
      and (not server.keep or server.service_pack in ('RTM', 'SP1') or planned('patch-2007-servers')))
  or (server.source and server.legacy and (server.delegates or server.takes_jobs)
      and ((medium(server.version) and server.service_pack < {'2000': 'SP3', '2003': 'SP2'}[server.version])
           or (server.version == '2003' and 'mailbox' in server.roles and not server.kb937031
               and topology.media|selectattr('version', 'equalto', '2003')|selectattr('kind', 'equalto', 'package')|list))))
effect: convergent
needs: [preflight-remoting@server]
vantage: target
identity: delegated
# On Windows 2003 a job shows a password; over Kerberos it can be done without one.
run: {job: "server.takes_jobs"}
libraries: [setup, media]
arguments:
  media: >-
    (([medium(target.version)] if server.target or server.name == topology.directory_host else [])
    + ([medium(target.version, 'rollup')] if server.target and server.roles and medium(target.version, 'rollup') else [])
    + (topology.media|selectattr('version', 'equalto', target.version)|selectattr('kind', 'equalto', 'package')|list if server.target else [])
    + ([medium('2007')] if medium('2007') and target.version != '2007' and (server.version == '2007' or server.name == topology.directory_host) else [])
    + ([medium(server.version)] if server.legacy and medium(server.version) and server.service_pack < {'2000': 'SP3', '2003': 'SP2'}[server.version] else [])
    + (topology.media|selectattr('version', 'equalto', '2003')|selectattr('kind', 'equalto', 'package')|list if server.version == '2003' and 'mailbox' in server.roles and not server.kb937031 else []))|plain
  sees_share: "server.delegates or not server.legacy"
estimate: {p50: 900, p90: 3600}
rights: ["local administrator", "read on the media share"]
order: 20
failures:
  - {match: "Access to the path|is denied|network path was not found", class: permanent, means: "This logon does not reach the media share.", do: "Give the run-as account read on the share, or copy the media to the server and name the local path in the plan."}
  - {match: "not enough space|disk is full", class: permanent, means: "The disk is full.", do: "Free space or name another 'folder' for the medium."}
#>
# Copies media beside their final place, compares digests and builds, and renames: a folder with the final name is whole.
# A server in the perimeter reaches no share: its administrators bring the media, and the Check holds them to the plan.

function Check {
    param($a)
    $missing = @(); $facts = @{}
    foreach ($medium in @($a.media)) {
        $fault = Get-MediumFault $medium
        if (-not $fault) { $facts[$medium.name] = $medium.folder; continue }
        $missing += "$($medium.name): $fault"
        # An NTLM logon cannot see whether the share is there; the job logs on by itself and says.
        $visible = $a.sees_share -or "$($medium.source)" -notlike '\\*'
        if ($visible -and -not (Test-Path $medium.source)) {
            return New-Blocked -Message "$($medium.name): neither $($medium.folder) is whole ($fault) nor can $($medium.source) be read from here. Copy it there by hand, or give this logon read on the share." -Facts $facts
        }
        if ($medium.source -match '\.iso$') {
            return New-Blocked -Message "$($medium.name): $($medium.source) is an image, which this Windows cannot open. Unpack it and name the folder." -Facts $facts
        }
    }
    if (-not $missing.Count) { return New-Satisfied -Message "In place with the planned digests: $(@($a.media | ForEach-Object { $_.name }) -join ', ')." -Facts $facts }
    return New-Needed -Message ($missing -join '; ') -Facts $facts -Before @{ missing = @($missing) }
}

function Apply {
    param($a)
    foreach ($medium in @($a.media)) {
        if (-not (Get-MediumFault $medium)) { continue }
        $new = "$($medium.folder).new"
        if (Test-Path $new) { Remove-Item -Path $new -Recurse -Force -Confirm:$false -ErrorAction Stop }
        [void](New-Item -ItemType Directory -Path $new -Force -ErrorAction Stop)
        Write-Host "Copying $($medium.source) to $($medium.folder)"
        if ($medium.source -match '\.(msp|exe|msi)$') { Copy-Item -Path $medium.source -Destination $new -Force -ErrorAction Stop }
        else { Copy-Item -Path (Join-Path $medium.source '*') -Destination $new -Recurse -Force -ErrorAction Stop }
        $copied = $medium.Clone()
        $copied.folder = $new
        $fault = Get-MediumFault $copied
        if ($fault) { throw "$($medium.name): the copy of $($medium.source) is not what the plan names: $fault" }
        if (Test-Path $medium.folder) { Remove-Item -Path $medium.folder -Recurse -Force -Confirm:$false -ErrorAction Stop }
        Rename-Item -Path $new -NewName (Split-Path $medium.folder -Leaf) -ErrorAction Stop
    }
    return New-Applied -Message "Staged: $(@($a.media | ForEach-Object { $_.name }) -join ', ')."
}

function Verify {
    param($a)
    foreach ($medium in @($a.media)) {
        $fault = Get-MediumFault $medium
        if ($fault) { return New-Failed -Message "$($medium.name): $fault" }
    }
    return New-Verified -Message "In place, digests and builds read again: $(@($a.media | ForEach-Object { $_.name }) -join ', ')."
}

function Rollback {
    param($a)
    foreach ($medium in @($a.media)) {
        $wasMissing = @($a.before.missing | Where-Object { "$_" -like "$($medium.name):*" }).Count -gt 0
        if ($wasMissing -and (Test-Path $medium.folder)) { Remove-Item -Path $medium.folder -Recurse -Force -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message 'The copied media are deleted.'
}
