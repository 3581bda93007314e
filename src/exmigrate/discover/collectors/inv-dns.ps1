<#
title: "Names of mail and clients, inside and outside"
scope: organization
effect: read
vantage: AD
identity: delegated
libraries: [windows, answers]
arguments:
  hosts: "([namespaces.primary] + namespaces.autodiscover|list + topology.legacy_names|names + topology.sites|map(attribute='namespace')|list)|select|unique|list"
  domains: "mail_flow.accepted_domains|map(attribute='name')|list"
  known: namespaces.primary
  internal_dns: namespaces.internal_dns
  external_dns: namespaces.external_dns
estimate: {p50: 20, p90: 300}
#>
# A name server that has an answer in its cache gives what is left of its time to live: the time told is the least that it is.
function Read-View {
    param($Argument, [string]$View, [string]$Server)
    $seen = @{}; $exchangers = @()
    foreach ($domain in @($Argument.domains | Where-Object { $_ })) {
        foreach ($asked in @(@($domain, 'MX'), @($domain, 'TXT'), @("_autodiscover._tcp.$domain", 'SRV'))) {
            foreach ($record in @(Get-NameAnswers -Name $asked[0] -Type $asked[1] -Server $Server)) {
                if (-not $record) { continue }
                if ($record.type -eq 'TXT' -and $record.value -notlike 'v=spf1*') { continue }
                $seen["$($record.name)|$($record.type)|$($record.value)"] = $record
                if ($record.type -eq 'MX') { $exchangers += @("$($record.value)".Split([char[]]' '))[1] }
            }
        }
    }
    $addresses = @()
    foreach ($name in @(@($Argument.hosts) + $exchangers | Where-Object { $_ } | Sort-Object -Unique)) {
        foreach ($record in @(Get-NameAnswers -Name $name -Type 'A' -Server $Server)) {
            if (-not $record) { continue }
            $seen["$($record.name)|$($record.type)|$($record.value)"] = $record
            if ($record.type -eq 'A') { $addresses += $record.value }
        }
    }
    foreach ($address in @($addresses | Sort-Object -Unique)) {
        foreach ($record in @(Get-NameAnswers -Name $address -Type 'PTR' -Server $Server)) { if ($record) { $seen["$($record.name)|PTR|$($record.value)"] = $record } }
    }
    foreach ($record in $seen.Values) { $record.view = $View; $record }
}

function Collect {
    param($a)
    if (-not (Test-NameServer -Known $a.known -Server $a.internal_dns)) { throw "The name server of the inside does not know $($a.known), so nothing that it does not know proves anything." }
    $records = @(Read-View -Argument $a -View 'internal' -Server $a.internal_dns)
    $outside = ''
    if (-not $a.external_dns) { $outside = 'target.namespaces.external_dns is not in the plan' }
    elseif (-not (Test-NameServer -Known $a.known -Server $a.external_dns)) { $outside = "$($a.external_dns) does not answer for $($a.known)" }
    else { $records += @(Read-View -Argument $a -View 'external' -Server $a.external_dns) }
    return New-Satisfied -Message "$($records.Count) records." -Facts @{ value = @{ records = @($records | Sort-Object { "$($_.view) $($_.name) $($_.type) $($_.value)" }); unread = $outside } }
}
