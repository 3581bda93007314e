# Suspends the passive copies of a DAG member before work on it.
param([string]$serverName)
if (-not $serverName) { throw 'serverName is required.' }
foreach ($copy in @(Get-MailboxDatabaseCopyStatus -Server $serverName)) {
    if ($copy -and "$($copy.Status)" -eq 'Healthy') { Suspend-MailboxDatabaseCopy -Identity $copy.Identity -Confirm:$false }
}
