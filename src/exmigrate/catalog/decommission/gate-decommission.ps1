<#
title: "Go or no-go for the removal in {{ site.name }}"
scope: site
when: "servers(site=site.name, target=false)|selectattr('source')|rejectattr('keep')|list"
effect: gate
needs:
  - move-mailboxes@site
  - move-special-mailboxes
  - move-public-folder-replicas@site
  - drain-legacy-pf-replicas@site
  - gate-drain-legacy-pf-replicas@site
  - move-oab
  - move-outlook-anywhere-endpoint@site
vantage: AD
identity: delegated
arguments:
  servers: "servers(site=site.name, target=false)|selectattr('source')|rejectattr('keep')|names"
estimate: {p50: "policy.soak_days * 86400", p90: "policy.soak_days * 172800"}
order: 10
gate:
  closes: both
  every: 3600
  instructions: |
    {{ policy.soak_days }} days without a move back are over; a last full backup of {{ servers(site=site.name, target=false)|selectattr('source')|rejectattr('keep')|names|join(', ') }}
    and their databases is kept for the agreed time; protocol and IIS logs of these servers show no user, device, relay
    client or service any more. Application owners and the board have signed. What follows cannot be undone: the
    databases are removed and every old server of this site is uninstalled.
  undo: "Withdraw the confirmation; nothing was removed yet."
#>
# No user's homeMDB on a database of these servers; system mailboxes belong to the database and go with it.

function Check {
    param($a)
    $config = Get-NamingContext -Dc $a.dc -Which 'configurationNamingContext'
    $left = @()
    foreach ($server in @($a.servers)) {
        foreach ($object in @(Search-Directory -Base "CN=Microsoft Exchange,CN=Services,$config" -Filter "(&(objectClass=msExchExchangeServer)(cn=$server))" -Properties 'distinguishedName' -Dc $a.dc)) {
            foreach ($database in @(Search-Directory -Base (Get-Attribute $object 'distinguishedName') -Filter '(objectClass=msExchPrivateMDB)' -Properties 'distinguishedName' -Dc $a.dc)) {
                $dn = (Get-Attribute $database 'distinguishedName') -replace '\\', '\5c' -replace '\(', '\28' -replace '\)', '\29' -replace '\*', '\2a'
                $filter = "(&(homeMDB=$dn)(!(cn=SystemMailbox{*))(!(cn=SMTP \28*))(!(cn=Microsoft System Attendant)))"
                foreach ($user in @(Search-Forest -Filter $filter -Properties 'cn' -Dc $a.dc)) { $left += Get-Attribute $user 'cn' }
            }
        }
    }
    if ($left.Count) { return New-Needed -Message "$($left.Count) mailboxes are still on $(@($a.servers) -join ', '): $(@($left | Select-Object -First 5) -join ', ')." -Facts @{ left = $left.Count } }
    return New-Satisfied -Message "No mailbox is left on $(@($a.servers) -join ', ')." -Facts @{ left = 0 }
}
