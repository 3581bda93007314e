<#
title: "{{ edge.edge }} subscribed to {{ site.name }}"
scope: edge
when: "not edge.existing"
effect: convergent
needs:
  - export-edge-subscription@edge
  - install-hub@site
  - {kind: gate-outbound-path, when: edge.internet_connector}
vantage: {shell: shell, host: "first(site.name, 'hub').name"}
identity: delegated
window: with:export-edge-subscription
check: when-ready
libraries: [edge]
arguments:
  edge: edge.edge
  version: target.version
  site: site.name
  internet: edge.internet_connector
  file: {$file: "'export-edge-subscription@edge:' ~ edge.edge ~ '.file'"}
estimate: {p50: 120, p90: 900}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "outbound mail may take the new connector at once"
order: 31
failures:
  - {match: "expired|1440|valid for", class: permanent, means: "The subscription file is too old.", do: "'exmigrate retry export-edge-subscription@edge:…', then this step."}
  - {match: "50636|connect", class: permanent, means: "The Hubs do not reach the Edge.", do: "Open TCP 50636 from the Hubs to the Edge, check both names, then 'exmigrate retry'."}
#>

function Check {
    param($a)
    $now = Get-Subscription -Edge $a.edge -Pinned (Get-PinnedDc $a)
    if ($now) { return New-Satisfied -Message "$($a.edge) is subscribed to $($now.Site)." }
    return New-Needed -Message "$($a.edge) is not subscribed."
}

function Apply {
    param($a)
    Import-Subscription -File $a.file -Site $a.site -Internet ([bool]$a.internet) -Pinned (Get-PinnedDc $a) -Version $a.version
    return New-Applied -Message "$($a.edge) is subscribed to $($a.site)."
}

function Verify {
    param($a)
    return Confirm-Subscription -Edge $a.edge -Pinned (Get-PinnedDc $a)
}

# Takes the send connectors whose only source it was with it.
function Rollback {
    param($a)
    Remove-Subscription -Edge $a.edge -Pinned (Get-PinnedDc $a) -Version $a.version
    return New-Applied -Message "$($a.edge) is not subscribed any more."
}
