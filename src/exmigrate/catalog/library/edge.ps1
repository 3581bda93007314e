# Edge subscriptions as seen from a Hub of the site, in the shell of its version.

function Get-Subscription {
    param([string]$Edge, [hashtable]$Pinned)
    foreach ($subscription in @(Get-EdgeSubscription @Pinned -ErrorAction Stop)) {
        if ($subscription -and (Get-HostPart "$($subscription.Name)") -eq $Edge.ToUpper()) { return $subscription }
    }
}

# 'Normal' where this Hub synchronizes with the Edge; else what Exchange says instead, '' where it says nothing.
function Get-SyncStatus {
    param([string]$Edge, [hashtable]$Pinned)
    foreach ($result in @(Test-EdgeSynchronization -ExcludeRecipientTest @Pinned -Confirm:$false -ErrorAction Stop)) {
        if ($result -and (Get-HostPart "$($result.Name)") -eq $Edge.ToUpper()) { return "$($result.SyncStatus)" }
    }
    return ''
}

# 2007 reads the file itself and has no full synchronization on demand; 2010 takes the bytes.
function Import-Subscription {
    param([string]$File, [string]$Site, [bool]$Internet, [hashtable]$Pinned, [string]$Version = '2010')
    if ($Version -eq '2007') {
        [void](New-EdgeSubscription -FileName $File -Site $Site -CreateInternetSendConnector $Internet -CreateInboundSendConnector $true -Force @Pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue)
        [void](Start-EdgeSynchronization -Confirm:$false -ErrorAction Stop)
    }
    else {
        $bytes = [byte[]](Get-Content -Path $File -Encoding Byte -ReadCount 0 -ErrorAction Stop)
        [void](New-EdgeSubscription -FileData $bytes -Site $Site -CreateInternetSendConnector $Internet -CreateInboundSendConnector $true -Force @Pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue)
        [void](Start-EdgeSynchronization -ForceFullSync -Confirm:$false -ErrorAction Stop)
    }
}

# Verify of a subscription: it exists, and the Hub of this shell synchronizes.
function Confirm-Subscription {
    param([string]$Edge, [hashtable]$Pinned)
    if (-not (Get-Subscription -Edge $Edge -Pinned $Pinned)) { return New-Failed -Message "$Edge is not subscribed." }
    $status = Get-SyncStatus -Edge $Edge -Pinned $Pinned
    if ($status -eq 'Normal') { return New-Verified -Message "$Edge is subscribed and in step." }
    return New-Pending -Message "$Edge is subscribed; synchronization: $status." -Done 0 -Total 1 -NextSeconds 60
}

# Ends a subscription; 2007's cmdlet has no -Force.
function Remove-Subscription {
    param([string]$Edge, [hashtable]$Pinned, [string]$Version = '2010')
    if (-not (Get-Subscription -Edge $Edge -Pinned $Pinned)) { return }
    if ($Version -eq '2007') { Remove-EdgeSubscription -Identity $Edge @Pinned -Confirm:$false -ErrorAction Stop }
    else { Remove-EdgeSubscription -Identity $Edge -Force @Pinned -Confirm:$false -ErrorAction Stop }
}
