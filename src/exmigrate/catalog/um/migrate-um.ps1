<#
title: "Dial plan {{ dialplan.name }} on 2010 UM"
scope: dialplan
when: "dialplan.target_servers and not dialplan.create"
effect: convergent
needs: [copy-um-prompts@dialplan, {kind: install-um, at: "dialplan.target_servers|list"}, install-mailbox@site]
vantage: {shell: E10, host: "dialplan.target_servers|first"}
identity: delegated
window: policy
arguments:
  dialplan: dialplan.name
  servers: "dialplan.target_servers|list"
estimate: {p50: 60, p90: 300}
rights: ["UM Management or Organization Management"]
impact: "2010 UM answers what gateways send it and redirects calls of 2007 mailboxes to 2007 UM by SIP"
order: 21
failures:
  - {match: "couldn't be found", class: permanent, means: "The dial plan or UM server has another name.", do: "Compare Get-UMDialPlan and Get-UMServer with the plan."}
#>
# -DialPlans replaces the list: other plans of the server stay in it.

function Get-Plans {
    param($a, [string]$Server)
    $pinned = Get-PinnedDc $a
    foreach ($plan in @((Get-UMServer -Identity $Server @pinned -ErrorAction Stop).DialPlans)) { if ("$plan") { "$plan" } }
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    if (-not (Find-Object { Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop })) { return New-Blocked -Message "There is no dial plan '$($a.dialplan)'." }
    $missing = @(); $before = @{}
    foreach ($server in @($a.servers)) {
        $plans = @(Get-Plans $a $server)
        $before[$server] = $plans
        if ($plans -notcontains $a.dialplan) { $missing += $server }
    }
    if (-not $missing.Count) { return New-Satisfied -Message "$($a.dialplan) is served by $(@($a.servers) -join ', ')." }
    return New-Needed -Message "$($missing -join ', ') not yet in $($a.dialplan)." -Before @{ plans = $before }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($server in @($a.servers)) {
        $plans = @(Get-Plans $a $server)
        if ($plans -notcontains $a.dialplan) { Set-UMServer -Identity $server -DialPlans ($plans + $a.dialplan) @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$($a.dialplan) is served by $(@($a.servers) -join ', ')."
}

# From the dial plan's side.
function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    $members = @(@((Get-UMDialPlan -Identity $a.dialplan @pinned -ErrorAction Stop).UMServers) | ForEach-Object { Get-HostPart "$_" })
    $missing = @(@($a.servers) | Where-Object { $members -notcontains (Get-HostPart $_) })
    if ($missing.Count) { return New-Failed -Message "$($a.dialplan) does not list $($missing -join ', ')." }
    return New-Verified -Message "$($a.dialplan) lists $($members -join ', ')."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($server in @($a.before.plans.Keys)) {
        $old = @(Get-NameList $a.before.plans[$server])
        if ($old.Count) { Set-UMServer -Identity $server -DialPlans $old @pinned -Confirm:$false -ErrorAction Stop }
        else { Set-UMServer -Identity $server -DialPlans $null @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "The UM servers serve their old dial plans."
}
