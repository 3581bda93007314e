<#
title: "RPC client access array of {{ site.name }}"
scope: site
when: "site.cas_array and servers(site=site.name, role='cas', target=true, version='2010')"
effect: convergent
needs: [{kind: install-cas, at: "first(site.name, 'cas').name"}]
vantage: E10
identity: delegated
arguments:
  site: site.name
  name: site.cas_array.name
  fqdn: site.cas_array.fqdn
estimate: {p50: 30, p90: 120}
rights: ["Organization Management"]
order: 40
failures:
  - {match: "already exists|already has", class: permanent, means: "The site has an array already; a site has one.", do: "Name the array that exists in the plan, or remove it by hand."}
#>
# Before the first 2010 mailbox database of the site: databases are stamped with the array's name when they are made.

function Get-Arrays {
    param($a)
    $pinned = Get-PinnedDc $a
    @(Get-ClientAccessArray @pinned -ErrorAction Stop) | Where-Object { $_ -and @("$($_.Site)" -split '[\\/]')[-1] -eq $a.site }
}

function Check {
    param($a)
    $arrays = @(Get-Arrays $a)
    if (-not $arrays.Count) { return New-Needed -Message "The site $($a.site) has no array." }
    if ("$($arrays[0].Fqdn)" -eq $a.fqdn) { return New-Satisfied -Message "$($arrays[0].Name) is $($a.fqdn)." -Facts @{ fqdn = $a.fqdn } }
    return New-Blocked -Message "The site $($a.site) has the array $($arrays[0].Name) with $($arrays[0].Fqdn), the plan wants $($a.fqdn). Databases may carry its name: decide which one stays."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (@(Get-Arrays $a | Where-Object { "$($_.Fqdn)" -eq $a.fqdn }).Count) { return New-Applied -Message "$($a.fqdn) was made already." }
    [void](New-ClientAccessArray -Name $a.name -Fqdn $a.fqdn -Site $a.site @pinned -Confirm:$false -ErrorAction Stop)
    return New-Applied -Message "$($a.name) is $($a.fqdn)."
}

function Verify {
    param($a)
    $arrays = @(Get-Arrays $a)
    if (-not $arrays.Count -or "$($arrays[0].Fqdn)" -ne $a.fqdn) { return New-Failed -Message "The site $($a.site) shows no array $($a.fqdn)." }
    return New-Verified -Message "$($arrays[0].Name) is $($a.fqdn), members: $(@(Get-NameList $arrays[0].Members) -join ', ')." -Facts @{ fqdn = $a.fqdn }
}

# Only while no database carries its name: the engine undoes those first.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if (@(Get-Arrays $a).Count) { Remove-ClientAccessArray -Identity $a.name @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "The array $($a.name) is removed."
}
