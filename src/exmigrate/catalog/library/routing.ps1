# Routing group connectors between the routing group of 2007 and later and a legacy one. A pair is two objects of the same
# ends: "out" begins at the new group, "back" at the legacy one. Needs 'directory'.

$NewRoutingGroup = 'Exchange Routing Group (DWBGZMFD01QNBJR)'

# The name of a routing group out of whatever names it: a DN, a path with backslashes or slashes, or the name alone.
function Get-GroupName {
    param([string]$Identity)
    if ($Identity -match '^CN=((\\.|[^,\\])+),') { return $matches[1] -replace '\\(.)', '$1' }
    return @($Identity -split '[\\/]')[-1]
}

# The routing group in which a connector's object lies: CN=<connector>,CN=Connections,CN=<group>,CN=Routing Groups,...
function Get-OwnGroup {
    param([string]$ConnectorDn)
    if ($ConnectorDn -match ',CN=Connections,(CN=.+)$') { return Get-GroupName $matches[1] }
    return ''
}

# The routing group of a legacy server, from its object; '' where it has none.
function Get-ServerRoutingGroup {
    param([string]$Server, [string]$Dc)
    $organization = Get-OrganizationName -Dc $Dc
    foreach ($result in @(Search-Directory -Base $organization -Filter "(&(objectClass=msExchExchangeServer)(cn=$Server))" -Properties 'msExchHomeRoutingGroup' -Dc $Dc)) {
        return Get-GroupName (Get-Attribute $result 'msExchHomeRoutingGroup')
    }
    return ''
}

function Get-ServerNames {
    param($Values)
    foreach ($value in @(Get-NameList $Values)) { Get-HostPart $value }
}

# { out: connector or $null, back: connector or $null } between the new group and a legacy one.
function Get-ConnectorPair {
    param([string]$Group, [hashtable]$Pinned)
    $pair = @{ out = $null; back = $null }
    foreach ($connector in @(Get-RoutingGroupConnector @Pinned -ErrorAction Stop)) {
        if (-not $connector) { continue }
        $from = Get-OwnGroup "$($connector.DistinguishedName)"
        $to = Get-GroupName "$($connector.TargetRoutingGroup)"
        if ($from -eq $NewRoutingGroup -and $to -eq $Group) { $pair.out = $connector }
        elseif ($from -eq $Group -and $to -eq $NewRoutingGroup) { $pair.back = $connector }
    }
    return $pair
}

# The same pair as every server reads it, by LDAP: { out: { sources, targets }, back: { sources, targets } }, '' for none.
function Read-ConnectorPair {
    param([string]$Group, [string]$Dc)
    $pair = @{ out = ''; back = '' }
    $organization = Get-OrganizationName -Dc $Dc
    $wanted = @('msExchSourceBridgeheadServersDN', 'msExchTargetBridgeheadServersDN', 'msExchTargetRoutingGroup', 'distinguishedName')
    foreach ($result in @(Search-Directory -Base $organization -Filter '(objectClass=msExchRoutingGroupConnector)' -Properties $wanted -Dc $Dc)) {
        $from = Get-OwnGroup (Get-Attribute $result 'distinguishedName')
        $to = Get-GroupName (Get-Attribute $result 'msExchTargetRoutingGroup')
        $ends = @{ sources = @(Get-BridgeheadNames $result 'msExchSourceBridgeheadServersDN'); targets = @(Get-BridgeheadNames $result 'msExchTargetBridgeheadServersDN') }
        if ($from -eq $NewRoutingGroup -and $to -eq $Group) { $pair.out = $ends }
        elseif ($from -eq $Group -and $to -eq $NewRoutingGroup) { $pair.back = $ends }
    }
    return $pair
}

# Server names of a bridgehead list: 2003 writes the virtual SMTP server below the server, 2007 the server itself.
function Get-BridgeheadNames {
    param($Result, [string]$Attribute)
    if (-not $Result.Properties.Contains($Attribute.ToLower())) { return }
    foreach ($value in @($Result.Properties[$Attribute.ToLower()])) {
        if ("$value" -match '(^|,)CN=([^,]+),CN=Servers,') { $matches[2].ToUpper() }
    }
}

# What the plan wants of a pair and the directory does not have; nothing where all is there.
function Get-PairFaults {
    param($Pair, $Sources, $Targets)
    if (-not $Pair.out) { 'the connector to the legacy routing group is missing' }
    else {
        if (-not (Test-SameNames (Get-ServerNames $Pair.out.sources) (Get-ServerNames $Sources))) { "it sends from $(@(Get-ServerNames $Pair.out.sources) -join ', '), planned $(@($Sources) -join ', ')" }
        if (-not (Test-SameNames (Get-ServerNames $Pair.out.targets) (Get-ServerNames $Targets))) { "it sends to $(@(Get-ServerNames $Pair.out.targets) -join ', '), planned $(@($Targets) -join ', ')" }
    }
    if (-not $Pair.back) { 'the connector back is missing' }
    else {
        if (-not (Test-SameNames (Get-ServerNames $Pair.back.sources) (Get-ServerNames $Targets))) { "the way back sends from $(@(Get-ServerNames $Pair.back.sources) -join ', '), planned $(@($Targets) -join ', ')" }
        if (-not (Test-SameNames (Get-ServerNames $Pair.back.targets) (Get-ServerNames $Sources))) { "the way back sends to $(@(Get-ServerNames $Pair.back.targets) -join ', '), planned $(@($Sources) -join ', ')" }
    }
}

# { out: { sources, targets }, back: ... } of connectors as cmdlets show them.
function Get-Ends {
    param($Pair)
    $ends = @{ out = ''; back = '' }
    foreach ($way in 'out', 'back') {
        if ($Pair[$way]) { $ends[$way] = @{ sources = @(Get-ServerNames $Pair[$way].SourceTransportServers); targets = @(Get-ServerNames $Pair[$way].TargetTransportServers) } }
    }
    return $ends
}

# Lists replace, so that both are given; the DN tells apart two connectors of the same name.
function Set-ConnectorEnds {
    param($Connector, $Sources, $Targets, [hashtable]$Pinned)
    Set-RoutingGroupConnector -Identity "$($Connector.DistinguishedName)" -SourceTransportServers @($Sources) -TargetTransportServers @($Targets) @Pinned -Confirm:$false -ErrorAction Stop
}

# What kinds do with a pair that stands; $a is { group, sources, targets, before, dc }.

function Test-ConnectorPair {
    param($a, [string]$WhyMissing)
    $pair = Get-ConnectorPair -Group $a.group -Pinned (Get-PinnedDc $a)
    if (-not $pair.out -or -not $pair.back) { return New-Blocked -Message "There is no connector pair with $($a.group)$WhyMissing" }
    $ends = Get-Ends $pair
    $faults = @(Get-PairFaults $ends $a.sources $a.targets)
    if (-not $faults.Count) { return New-Satisfied -Message "$($pair.out.Name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', ')." }
    return New-Needed -Message "$($pair.out.Name): $($faults -join '; ')." -Before $ends
}

function Set-ConnectorPair {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    Set-ConnectorEnds $pair.out $a.sources $a.targets $pinned
    Set-ConnectorEnds $pair.back $a.targets $a.sources $pinned
    return New-Applied -Message "$($pair.out.Name): $(@($a.sources) -join ', ') and $(@($a.targets) -join ', '), both ways."
}

# The attributes themselves, by LDAP: what every bridgehead reads.
function Confirm-ConnectorPair {
    param($a)
    $faults = @(Get-PairFaults (Read-ConnectorPair -Group $a.group -Dc $a.dc) $a.sources $a.targets)
    if ($faults.Count) { return New-Failed -Message "Connector with $($a.group): $($faults -join '; ')." }
    return New-Verified -Message "The pair with $($a.group) names $(@($a.sources) -join ', ') and $(@($a.targets) -join ', ')."
}

function Restore-ConnectorPair {
    param($a)
    $pinned = Get-PinnedDc $a
    $pair = Get-ConnectorPair -Group $a.group -Pinned $pinned
    foreach ($way in 'out', 'back') {
        if ($pair[$way] -and $a.before[$way]) { Set-ConnectorEnds $pair[$way] $a.before[$way].sources $a.before[$way].targets $pinned }
    }
    return New-Applied -Message "The connectors with $($a.group) have their old servers."
}
