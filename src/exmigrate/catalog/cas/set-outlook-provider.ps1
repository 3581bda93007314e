<#
title: "Outlook provider EXPR for the wildcard certificate"
scope: organization
when: "topology.certificates|selectattr('wildcard')|list"
effect: convergent
needs: [gate-purchase-certificate, {kind: install-cas, at: "first(topology.first_site.name, 'cas').name"}]
before: [gate-publish-namespace]
vantage: shell
identity: delegated
arguments:
  principal: "'msstd:*.' ~ namespaces.primary.split('.', 1)[1]"
estimate: {p50: 15, p90: 60}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
order: 31
#>
# Outlook Anywhere refuses a wildcard certificate whose principal name is not announced.

function Get-Principal {
    param($a)
    $pinned = Get-PinnedDc $a
    return "$((Get-OutlookProvider -Identity EXPR @pinned -ErrorAction Stop).CertPrincipalName)"
}

function Check {
    param($a)
    $now = Get-Principal $a
    if ($now -eq $a.principal) { return New-Satisfied -Message "EXPR announces $now." }
    return New-Needed -Message "EXPR announces '$now', the certificate needs $($a.principal)." -Before @{ principal = $now }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-OutlookProvider -Identity EXPR -CertPrincipalName $a.principal @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "EXPR announces $($a.principal)."
}

function Verify {
    param($a)
    $now = Get-Principal $a
    if ($now -ne $a.principal) { return New-Failed -Message "EXPR announces '$now'." }
    return New-Verified -Message "EXPR announces $now."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-OutlookProvider -Identity EXPR -CertPrincipalName (Get-ValueOrNull $a.before.principal) @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message "EXPR announces '$($a.before.principal)' again."
}
