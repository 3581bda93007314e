<#
title: "Anonymous mail to {{ server.name }}"
scope: server
when: "server.target and 'hub' in server.roles and server.name in mail_flow.receive_connectors|map(attribute='servers')|sum(start=())"
effect: convergent
needs: [install-hub@server, configure-accepted-domains]
vantage: shell
identity: delegated
arguments:
  server: server.name
  connectors: "mail_flow.receive_connectors|list|plain"
estimate: {p50: 60, p90: 180}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
impact: "none before the cut-over of inbound mail"
order: 30
failures:
  - {match: "conflict|bindings", class: permanent, means: "Another connector of this server has the same binding and address range.", do: "Compare Get-ReceiveConnector -Server with 'mail_flow.receive_connectors' of the plan."}
#>
# One connector a use, so that only the gateway's and the devices' addresses may submit without logon.

function Get-MyConnectors {
    param($a)
    foreach ($connector in @($a.connectors)) { if (@($connector.servers) -contains $a.server) { $connector } }
}

function Get-Identity {
    param($a, $Connector)
    if ($Connector.use -eq 'internet') { return "$($a.server)\Default $($a.server)" }
    return "$($a.server)\$($Connector.name)"
}

# Names of the groups that may submit; 'None' is no group.
function Get-Groups {
    param($Connector)
    @("$($Connector.PermissionGroups)" -split ',') | ForEach-Object { $_.Trim() } | Where-Object { $_ -and $_ -ne 'None' }
}

# The groups there are and anonymous users: whoever may submit by this connector today may go on. 'Custom' is what Exchange
# calls rights that were given by hand; it is none to be set.
function Get-WantedGroups {
    param($Connector)
    return @(@(Get-Groups $Connector | Where-Object { $_ -ne 'Custom' -and $_ -ne 'AnonymousUsers' }) + 'AnonymousUsers') -join ', '
}

# The permission cmdlets take a distinguished name; SERVER\NAME is a word of the connector cmdlets alone.
function Get-ConnectorDn {
    param($a, [string]$Identity)
    $pinned = Get-PinnedDc $a
    return "$((Get-ReceiveConnector -Identity $Identity @pinned -ErrorAction Stop).DistinguishedName)"
}

function Test-Relay {
    param($a, [string]$Identity)
    $pinned = Get-PinnedDc $a
    foreach ($entry in @(Get-ADPermission -Identity (Get-ConnectorDn $a $Identity) -User 'NT AUTHORITY\ANONYMOUS LOGON' @pinned -ErrorAction Stop)) {
        if ($entry -and -not $entry.Deny -and @(Get-NameList $entry.ExtendedRights | ForEach-Object { $_.ToLower() }) -contains 'ms-exch-smtp-accept-any-recipient') { return $true }
    }
    return $false
}

# Why a connector is not as planned; '' where it is.
function Get-ConnectorFault {
    param($a, $Connector)
    $pinned = Get-PinnedDc $a
    $identity = Get-Identity $a $Connector
    $now = Find-Object { Get-ReceiveConnector -Identity $identity @pinned -ErrorAction Stop }
    if (-not $now) { return "$identity does not exist" }
    if (@(Get-Groups $now) -notcontains 'AnonymousUsers') { return "$identity does not take anonymous mail" }
    if ($Connector.use -eq 'internet') { return '' }
    if (-not (Test-SameNames @($now.RemoteIPRanges) $Connector.remote_ranges)) { return "$identity takes mail from $(@(Get-NameList $now.RemoteIPRanges) -join ', ')" }
    if ($Connector.relay -and -not (Test-Relay $a $identity)) { return "$identity may not relay" }
    return ''
}

function Check {
    param($a)
    $pinned = Get-PinnedDc $a
    $faults = @(); $before = @{ made = @(); groups = ''; ranges = @{}; relay = @() }
    foreach ($connector in @(Get-MyConnectors $a)) {
        $fault = Get-ConnectorFault $a $connector
        if (-not $fault) { continue }
        $faults += $fault
        $identity = Get-Identity $a $connector
        $now = Find-Object { Get-ReceiveConnector -Identity $identity @pinned -ErrorAction Stop }
        if ($connector.use -eq 'internet') {
            if (-not $now) { return New-Blocked -Message "$identity does not exist: it was renamed or removed. Recreate Setup's default connector." }
            $before.groups = "$($now.PermissionGroups)"
        }
        elseif (-not $now) { $before.made += $connector.name }
        else { $before.ranges[$connector.name] = @{ ranges = @(Get-NameList $now.RemoteIPRanges); groups = "$($now.PermissionGroups)"; relay = (Test-Relay $a $identity) } }
    }
    if (-not $faults.Count) { return New-Satisfied -Message "$(@(Get-MyConnectors $a).Count) receive connectors are as planned." }
    return New-Needed -Message ($faults -join '; ') -Before $before
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($connector in @(Get-MyConnectors $a)) {
        if (-not (Get-ConnectorFault $a $connector)) { continue }
        $identity = Get-Identity $a $connector
        $now = Find-Object { Get-ReceiveConnector -Identity $identity @pinned -ErrorAction Stop }
        if ($connector.use -eq 'internet') {
            Set-ReceiveConnector -Identity $identity -PermissionGroups (Get-WantedGroups $now) @pinned -Confirm:$false -ErrorAction Stop
            continue
        }
        if (-not $now) { [void](New-ReceiveConnector -Name $connector.name -Server $a.server -Usage Custom -Bindings @($connector.bindings) -RemoteIPRanges @($connector.remote_ranges) -PermissionGroups AnonymousUsers @pinned -Confirm:$false -ErrorAction Stop) }
        else { Set-ReceiveConnector -Identity $identity -RemoteIPRanges @($connector.remote_ranges) -PermissionGroups (Get-WantedGroups $now) @pinned -Confirm:$false -ErrorAction Stop }
        if ($connector.relay -and -not (Test-Relay $a $identity)) {
            [void](Add-ADPermission -Identity (Get-ConnectorDn $a $identity) -User 'NT AUTHORITY\ANONYMOUS LOGON' -ExtendedRights 'Ms-Exch-SMTP-Accept-Any-Recipient' @pinned -Confirm:$false -ErrorAction Stop)
        }
    }
    return New-Applied -Message "$(@(Get-MyConnectors $a).Count) receive connectors set."
}

function Verify {
    param($a)
    $faults = @()
    foreach ($connector in @(Get-MyConnectors $a)) { $fault = Get-ConnectorFault $a $connector; if ($fault) { $faults += $fault } }
    if ($faults.Count) { return New-Failed -Message ($faults -join '; ') }
    $service = Get-Service -Name MSExchangeTransport -ErrorAction Stop
    if ("$($service.Status)" -ne 'Running') { return New-Failed -Message "MSExchangeTransport is $($service.Status)." }
    return New-Verified -Message "$(@(Get-MyConnectors $a).Count) receive connectors are as planned, transport runs."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.before.groups) { Set-ReceiveConnector -Identity "$($a.server)\Default $($a.server)" -PermissionGroups $a.before.groups @pinned -Confirm:$false -ErrorAction Stop }
    foreach ($name in @($a.before.made)) {
        $identity = "$($a.server)\$name"
        if (Find-Object { Get-ReceiveConnector -Identity $identity @pinned -ErrorAction Stop }) { Remove-ReceiveConnector -Identity $identity @pinned -Confirm:$false -ErrorAction Stop }
    }
    foreach ($name in @($a.before.ranges.Keys)) {
        $old = $a.before.ranges[$name]
        $identity = "$($a.server)\$name"
        Set-ReceiveConnector -Identity $identity -RemoteIPRanges @($old.ranges) -PermissionGroups $old.groups @pinned -Confirm:$false -ErrorAction Stop
        if (-not $old.relay -and (Test-Relay $a $identity)) {
            Remove-ADPermission -Identity (Get-ConnectorDn $a $identity) -User 'NT AUTHORITY\ANONYMOUS LOGON' -ExtendedRights 'Ms-Exch-SMTP-Accept-Any-Recipient' @pinned -Confirm:$false -ErrorAction Stop
        }
    }
    return New-Applied -Message 'The receive connectors are as they were.'
}
