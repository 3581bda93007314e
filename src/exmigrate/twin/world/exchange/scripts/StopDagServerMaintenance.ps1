# Resumes the copies of a DAG member after work on it.
param([string]$serverName)
if (-not $serverName) { throw 'serverName is required.' }
foreach ($copy in @(Get-MailboxDatabaseCopyStatus -Server $serverName)) {
    if ($copy -and "$($copy.Status)" -eq 'Suspended') { Resume-MailboxDatabaseCopy -Identity $copy.Identity -Confirm:$false }
}
