<#
title: "RPC without encryption on {{ server.name }}"
scope: server
when: "server.target and server.version == '2010' and 'cas' in server.roles and not client_access.rpc_encryption_required"
effect: convergent
needs: [install-cas@server, prepare-outlook2003-clients]
vantage: E10
identity: delegated
arguments:
  server: server.name
estimate: {p50: 15, p90: 60}
rights: ["Organization Management"]
impact: "Outlook 2003 profiles without RPC encryption can connect"
order: 34
#>
# Outlook 2003 does not encrypt by default and a 2010 CAS asks for it; the better cure is a group policy.

function Get-Encryption {
    param($a)
    $pinned = Get-PinnedDc $a
    return [bool](Get-RpcClientAccess -Server $a.server @pinned -ErrorAction Stop).EncryptionRequired
}

function Check {
    param($a)
    if (-not (Get-Encryption $a)) { return New-Satisfied -Message 'RPC encryption is not required.' }
    return New-Needed -Message 'RPC encryption is required; Outlook 2003 would be refused.' -Before @{ required = $true }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-RpcClientAccess -Server $a.server -EncryptionRequired $false @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message 'RPC encryption is not required any more.'
}

function Verify {
    param($a)
    if (Get-Encryption $a) { return New-Failed -Message 'RPC encryption is still required.' }
    return New-Verified -Message 'RPC encryption is not required.'
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    Set-RpcClientAccess -Server $a.server -EncryptionRequired $true @pinned -Confirm:$false -ErrorAction Stop
    return New-Applied -Message 'RPC encryption is required again.'
}
