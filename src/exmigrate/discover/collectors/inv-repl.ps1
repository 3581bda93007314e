<#
title: "Replication"
scope: organization
effect: read
vantage: AD
identity: delegated
estimate: {p50: 30, p90: 300}
#>
# Every controller is asked what it gets from whom, as repadmin /showrepl does, which not every server has. Only ways that
# fail are told one by one; a controller that gives no answer is an error of its own and no reason to stop.
function Get-Text {
    param($Moment)
    if ($Moment -and $Moment.Year -gt 1601) { return $Moment.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') }
    return ''
}

function Collect {
    param($a)
    $failing = @(); $errors = @(); $ways = 0; $oldest = ''
    foreach ($domain in @([DirectoryServices.ActiveDirectory.Forest]::GetCurrentForest().Domains)) {
        foreach ($controller in @($domain.DomainControllers)) {
            $name = "$($controller.Name)"
            try {
                foreach ($way in @($controller.GetAllReplicationNeighbors())) {
                    $ways += 1
                    $success = Get-Text $way.LastSuccessfulSync
                    if ($success -and (-not $oldest -or $success -lt $oldest)) { $oldest = $success }
                    if ([int]$way.ConsecutiveFailureCount -gt 0) { $failing += @{ destination = $name; source = "$($way.SourceServer)"; context = "$($way.PartitionName)"; failures = [int]$way.ConsecutiveFailureCount; lastSuccess = $success; status = [int]$way.LastSyncResult; said = "$($way.LastSyncMessage)" } }
                }
            }
            catch { $errors += @{ controller = $name; error = "$($_.Exception.Message)" } }
        }
    }
    return New-Satisfied -Message "$ways ways, $($failing.Count) failing." -Facts @{ value = @{ ways = $ways; failing = $failing; errors = $errors; oldestSuccess = $oldest } }
}
