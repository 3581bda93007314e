<#
title: "Public folders and their replicas"
scope: organization
when: "'2007' in topology.versions and public_folders.present"
effect: read
vantage: E07
identity: delegated
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $found = @()
    foreach ($top in '\', '\NON_IPM_SUBTREE') {
        foreach ($folder in @(Get-PublicFolder -Identity $top -Recurse -ResultSize Unlimited -ErrorAction Stop)) {
            if ($folder) { $found += @{ Identity = "$($folder.Identity)"; Replicas = @(Get-NameList $folder.Replicas) } }
        }
    }
    return New-Satisfied -Message "$($found.Count) folders." -Facts @{ value = $found }
}
