<#
title: "Public folders of {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and 'mailbox' in server.roles and server.driven"
effect: read
vantage: target
identity: local
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $found = @()
    foreach ($folder in @(Get-WmiObject -Namespace 'root\MicrosoftExchangeV2' -Class 'Exchange_PublicFolder' -ErrorAction Stop)) {
        if ($folder) { $found += @{ Name = "$($folder.Name)"; Path = "$($folder.Path)"; MessageCount = [string]$folder.MessageCount } }
    }
    return New-Satisfied -Message "$($found.Count) public folders." -Facts @{ value = $found }
}
