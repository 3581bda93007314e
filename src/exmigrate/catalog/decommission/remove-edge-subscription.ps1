<#
title: "End the subscription of {{ edge.replaces }}"
scope: edge
when: "edge.replaces"
effect: convergent
reversibility: forward-only
reason: "The old subscription file is void; the Edge comes back by a new file that a person makes on it."
needs:
  - edge-subscribe@edge
  - gate-cutover-inbound-smtp
  - move-send-connector-source
  - gate-decommission@site
vantage: {shell: shell, host: "first(site.name, 'hub').name"}
identity: delegated
window: policy
libraries: [edge]
arguments:
  version: target.version
  edge: edge.replaces
estimate: {p50: 30, p90: 120}
rights: ["Organization Management (2007: Exchange Organization Administrators)"]
impact: "mail stops taking {{ edge.replaces }}"
order: 25
#>
# Takes the send connectors whose only source it was with it. A new subscription file brings it back.

function Check {
    param($a)
    if (-not (Get-Subscription -Edge $a.edge -Pinned (Get-PinnedDc $a))) { return New-Satisfied -Message "$($a.edge) is not subscribed." }
    return New-Needed -Message "$($a.edge) is subscribed."
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-Subscription -Edge $a.edge -Pinned $pinned) {
        if ($a.version -eq '2007') { Remove-EdgeSubscription -Identity $a.edge @pinned -Confirm:$false -ErrorAction Stop }
        else { Remove-EdgeSubscription -Identity $a.edge -Force @pinned -Confirm:$false -ErrorAction Stop }
    }
    return New-Applied -Message "$($a.edge) is not subscribed any more."
}

# No connector may name it: mail to it would wait for ever.
function Verify {
    param($a)
    $pinned = Get-PinnedDc $a
    if (Get-Subscription -Edge $a.edge -Pinned $pinned) { return New-Failed -Message "$($a.edge) is still subscribed." }
    foreach ($connector in @(Get-SendConnector @pinned -ErrorAction Stop)) {
        if ($connector -and @(@($connector.SourceTransportServers) | ForEach-Object { Get-HostPart "$_" }) -contains $a.edge.ToUpper()) { return New-Failed -Message "'$($connector.Name)' still names $($a.edge)." }
    }
    return New-Verified -Message "$($a.edge) is not subscribed and no connector names it."
}
