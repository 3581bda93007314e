<#
title: "Unified Messaging of {{ dialplan.name }}"
scope: dialplan
when: "dialplan.create and dialplan.target_servers"
effect: convergent
needs:
  - {kind: install-um, at: "dialplan.target_servers|list"}
  - install-mailbox@site
vantage: {shell: shell, host: "dialplan.target_servers|first"}
identity: delegated
libraries: [recipients]
arguments:
  dialplan: dialplan.name
  digits: dialplan.digits
  country: dialplan.country_code
  policies: "dialplan.policies|list"
  gateways: dialplan.gateway_addresses
  servers: "dialplan.target_servers|list"
  version: target.version
estimate: {p50: 60, p90: 300}
rights: ["Exchange Organization Administrators (2007), UM Management or Organization Management (2010)"]
impact: "none: no gateway sends calls yet"
order: 15
failures:
  - {match: "already exists", class: transient, means: "Somebody made one of the objects meanwhile.", do: "Nothing: the next Check sees it."}
#>
# Dial plan (with the default policy that the cmdlet makes), the policies that the plan names, gateways with their default
# hunt group, and the servers that answer. -DialPlans replaces the list: other plans of the server stay in it.

# { plan: is there, gateways: missing names, policies: missing names, servers: those that do not answer it }
function Get-Missing {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = @{ plan = $false; gateways = @(); policies = @(); servers = @() }
    if (-not (Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop })) { $missing.plan = $true }
    foreach ($name in @($a.gateways.Keys | Sort-Object)) {
        if (-not (Find-Object { Get-UMIPGateway -Identity $name @pinned -ErrorAction Stop })) { $missing.gateways += $name }
    }
    foreach ($name in @(Get-NameList $a.policies)) {
        if (-not (Find-Object { Get-UMMailboxPolicy -Identity $name @pinned -ErrorAction Stop })) { $missing.policies += $name }
    }
    foreach ($server in @($a.servers)) { if (@(Get-Plans $a $server) -notcontains $a.dialplan) { $missing.servers += $server } }
    return $missing
}

function Get-Plans {
    param($a, [string]$Server)
    $pinned = Get-PinnedDc $a
    foreach ($plan in @((Get-UMServer -Identity $Server @pinned -ErrorAction Stop).DialPlans)) { if ("$plan") { @("$plan" -split '[\\/]')[-1] } }
}

# What is there and not what the plan says: nothing here changes it.
function Get-Conflict {
    param($a)
    $pinned = Get-PinnedDc $a
    $plan = Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop }
    if ($plan -and $a.digits -and [int]$plan.NumberOfDigitsInExtension -ne [int]$a.digits) { return "The dial plan '$($a.dialplan)' has extensions of $($plan.NumberOfDigitsInExtension) digits, planned $($a.digits)." }
    foreach ($name in @($a.gateways.Keys)) {
        $gateway = Find-Object { Get-UMIPGateway -Identity $name @pinned -ErrorAction Stop }
        if ($gateway -and "$($gateway.Address)" -ne "$($a.gateways[$name])") { return "The gateway '$name' is $($gateway.Address), planned $($a.gateways[$name])." }
    }
    return ''
}

function Check {
    param($a)
    $conflict = Get-Conflict $a
    if ($conflict) { return New-Blocked -Message $conflict }
    $missing = Get-Missing $a
    $what = @()
    if ($missing.plan) { $what += "dial plan $($a.dialplan)" }
    if ($missing.gateways.Count) { $what += "gateways $($missing.gateways -join ', ')" }
    if ($missing.policies.Count) { $what += "policies $($missing.policies -join ', ')" }
    if ($missing.servers.Count) { $what += "dial plan of $($missing.servers -join ', ')" }
    if (-not $what.Count) { return New-Satisfied -Message "$($a.dialplan) is served by $(@($a.servers) -join ', ')." }
    $before = @{ plan = $missing.plan; gateways = $missing.gateways; policies = $missing.policies; plans = @{} }
    foreach ($server in @($a.servers)) { $before.plans[$server] = @(Get-Plans $a $server) }
    return New-Needed -Message "To make or set: $($what -join '; ')." -Before $before
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $missing = Get-Missing $a
    if ($missing.plan) {
        if ($a.version -eq '2007') { [void](New-UMDialPlan -Name $a.dialplan -NumberOfDigitsInExtension $a.digits @pinned -Confirm:$false -ErrorAction Stop) }
        else { [void](New-UMDialPlan -Name $a.dialplan -NumberOfDigitsInExtension $a.digits -CountryOrRegionCode $a.country @pinned -Confirm:$false -ErrorAction Stop) }
    }
    foreach ($name in $missing.gateways) { [void](New-UMIPGateway -Name $name -Address $a.gateways[$name] -UMDialPlan $a.dialplan @pinned -Confirm:$false -ErrorAction Stop) }
    # The dial plan may have made one of them as its default.
    foreach ($name in (Get-Missing $a).policies) { [void](New-UMMailboxPolicy -Name $name -UMDialPlan $a.dialplan @pinned -Confirm:$false -ErrorAction Stop) }
    foreach ($server in $missing.servers) { Set-UMServer -Identity $server -DialPlans (@(Get-Plans $a $server) + $a.dialplan) @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$($a.dialplan) is served by $(@($a.servers) -join ', ')."
}

# From the dial plan's side.
function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $plan = Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop }
    if (-not $plan) { return New-Failed -Message "There is no dial plan '$($a.dialplan)'." }
    $members = @(@($plan.UMServers) | ForEach-Object { Get-HostPart "$_" })
    $absent = @(@($a.servers) | Where-Object { $members -notcontains (Get-HostPart $_) })
    if ($absent.Count) { return New-Failed -Message "$($a.dialplan) does not list $($absent -join ', ')." }
    $policies = @(Get-UMMailboxPolicy -UMDialPlan $a.dialplan @pinned -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)" })
    $absent = @(@(Get-NameList $a.policies) | Where-Object { $policies -notcontains $_ })
    if ($absent.Count) { return New-Failed -Message "$($a.dialplan) has no policy $($absent -join ', ')." }
    # A mailbox is enabled on a controller of its own domain, which has to know its policy by then.
    foreach ($name in @(Get-NameList $a.policies)) {
        $unaware = @(Get-Unaware $a { param($pin) Get-UMMailboxPolicy -Identity $name @pin -ErrorAction Stop })
        if ($unaware.Count) { return New-Pending -Message "The policy '$name' is not shown yet by $($unaware -join ', ')." -Done 0 -Total 1 -NextSeconds 60 }
    }
    return New-Verified -Message "$($a.dialplan) lists $($members -join ', '); policies: $($policies -join ', ')."
}

# Servers first, then gateways (2010 refuses one with a hunt group) and policies, the dial plan last.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($server in @($a.before.plans.Keys)) {
        $old = @(Get-NameList $a.before.plans[$server])
        if ($old.Count) { Set-UMServer -Identity $server -DialPlans $old @pinned -Confirm:$false -ErrorAction Stop }
        else { Set-UMServer -Identity $server -DialPlans $null @pinned -Confirm:$false -ErrorAction Stop }
    }
    foreach ($name in @(Get-NameList $a.before.gateways)) {
        if (-not (Find-Object { Get-UMIPGateway -Identity $name @pinned -ErrorAction Stop })) { continue }
        if ($a.version -eq '2010') {
            foreach ($group in @(Get-UMHuntGroup -UMDialPlan $a.dialplan @pinned -ErrorAction Stop)) {
                if ($group -and @("$($group.UMIPGateway)" -split '[\\/]')[-1] -eq $name) { Remove-UMHuntGroup -Identity "$($group.DistinguishedName)" @pinned -Confirm:$false -ErrorAction Stop }
            }
        }
        Remove-UMIPGateway -Identity $name @pinned -Confirm:$false -ErrorAction Stop
    }
    $policies = @(Get-NameList $a.before.policies)
    if ($a.before.plan -and (Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop })) {
        $policies = @(Get-UMMailboxPolicy -UMDialPlan $a.dialplan @pinned -ErrorAction Stop | Where-Object { $_ } | ForEach-Object { "$($_.Name)" })
    }
    foreach ($name in $policies) {
        if (Find-Object { Get-UMMailboxPolicy -Identity $name @pinned -ErrorAction Stop }) { Remove-UMMailboxPolicy -Identity $name @pinned -Confirm:$false -ErrorAction Stop }
    }
    if ($a.before.plan -and (Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop })) { Remove-UMDialPlan -Identity $a.dialplan @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'Unified Messaging is as it was.'
}
