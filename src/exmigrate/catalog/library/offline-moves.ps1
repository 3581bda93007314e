# Moves into Exchange 2007: Move-Mailbox, one offline operation for each user, while this script waits. Needs 'recipients'.

# What is known of one member: { mailbox, pin, database: its name, legacy: whether it is still on 2000 or 2003, fault: why there
# is no mailbox }.
function Get-OfflineState {
    param($Argument, [string]$Member)
    $found = @(Find-Recipients $Argument { param($pin) Get-Mailbox -Identity $Member @pin -ErrorAction Stop })
    if (-not $found.Count) { return @{ mailbox = $null; database = ''; legacy = $false; fault = "There is no mailbox $Member." } }
    if ($found.Count -gt 1) { return @{ mailbox = $null; database = ''; legacy = $false; fault = (Get-AmbiguityText $Member $found) } }
    $mailbox = $found[0]
    return @{ mailbox = $mailbox; pin = (Get-RecipientPin $Argument $mailbox); fault = ''; database = @("$($mailbox.Database)" -split '\\')[-1]; legacy = ("$($mailbox.RecipientTypeDetails)" -eq 'LegacyMailbox') }
}

function Test-Arrived {
    param($State, [string]$Target)
    return ($State.database -eq $Target -and -not $State.legacy)
}

# Where Move-Mailbox keeps its reports: the migration logs of this server's Exchange.
function Get-ReportFile {
    param([string]$Batch)
    $root = [string](Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Exchange\v8.0\Setup' -ErrorAction Stop).MsiInstallPath
    $folder = Join-Path $root 'Logging\MigrationLogs'
    if (-not (Test-Path $folder)) { [void](New-Item -ItemType Directory -Path $folder -Force) }
    return Join-Path $folder ("exmigrate-$($Batch -replace '[^A-Za-z0-9._-]', '_')-$((Get-Date).ToString('yyyyMMdd-HHmmss')).xml")
}

# What the reports of a batch say of each mailbox, the last one of it: { name: whether it moved }. The directory may show it
# later, where the mailbox's own domain is written elsewhere.
function Get-ReportedMoves {
    param([string]$Batch)
    $found = @{}
    $any = Get-ReportFile $Batch
    $pattern = '^' + ([regex]::Escape((Split-Path $any -Leaf)) -replace '\d{8}-\d{6}', '\d{8}-\d{6}') + '$'
    foreach ($file in @(Get-ChildItem -Path (Split-Path $any) -ErrorAction Stop | Where-Object { $_.Name -match $pattern } | Sort-Object Name)) {
        if (-not $file) { continue }
        $report = [xml](Get-Content $file.FullName)
        foreach ($item in @($report.SelectNodes('//Item'))) {
            if ($item) { $found["$($item.MailboxName)"] = ("$($item.Result.ErrorCode)" -eq '0') }
        }
    }
    return $found
}

# One run of Move-Mailbox for mailboxes of one domain that go to one database, four at a time: { mailbox's name: why it did not go }.
# A dry run finds what would refuse a mailbox before its user is locked out of it.
function Invoke-MoveMailbox {
    param($Mailboxes, [string]$Database, [int]$BadItems, [string]$Report, [hashtable]$Own, [switch]$DryRun)
    $more = @{}
    if ($DryRun) { $more.ValidateOnly = $true } else { $more.ReportFile = $Report }
    $faults = @{}
    $failed = @()
    $results = @($Mailboxes | Move-Mailbox -TargetDatabase $Database -BadItemLimit $BadItems -MaxThreads 4 @more @own -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed -WarningAction SilentlyContinue)
    foreach ($result in $results) {
        if ($result -and [int]$result.StatusCode -ne 0) { $faults[@("$($result.Identity)" -split '/')[-1]] = "$($result.StatusMessage)" }
    }
    foreach ($record in @($failed)) {
        $text = "$($record.Exception.Message)"
        if (-not $text) { $text = "$record" }
        $whose = @($Mailboxes | Where-Object { $text -like "*$($_.Name)*" -or $text -like "*$($_.Alias)*" }) | Select-Object -First 1
        if ($whose) { $faults["$($whose.Name)"] = $text }
        elseif (@($Mailboxes).Count -eq 1) { $faults["$(@($Mailboxes)[0].Name)"] = $text }
        else { throw $text }
    }
    return $faults
}

# Moves members to their databases and says of each what came of it, as Apply of a batch does.
function Move-Offline {
    param($Argument, $Members, $Targets, [string]$Batch, [int]$BadItems)
    $said = @{}; $groups = @{}
    foreach ($member in @(Get-NameList $Members)) {
        $state = Get-OfflineState $Argument -Member $member
        $target = [string]$Targets[$member]
        if (-not $state.mailbox) { $said[$member] = @{ state = 'failed'; message = $state.fault }; continue }
        if (-not $target -or $state.database -eq @($target -split '\\')[-1]) { $said[$member] = @{ state = 'applied'; message = 'Already there.' }; continue }
        $key = "$($state.pin.DomainController) $target"
        if (-not $groups[$key]) { $groups[$key] = @{ target = $target; pin = $state.pin; going = @{} } }
        $groups[$key].going[$member] = $state.mailbox
    }
    $report = Get-ReportFile $Batch
    foreach ($key in @($groups.Keys | Sort-Object)) {
        $target = $groups[$key].target; $own = $groups[$key].pin; $going = $groups[$key].going
        $refused = Invoke-MoveMailbox -Mailboxes @($going.Values) -Database $target -BadItems $BadItems -Own $own -DryRun
        $ready = @($going.Values | Where-Object { -not $refused.ContainsKey("$($_.Name)") })
        $faults = @{}
        if ($ready.Count) { $faults = Invoke-MoveMailbox -Mailboxes $ready -Database $target -BadItems $BadItems -Report $report -Own $own }
        foreach ($member in @($going.Keys)) {
            $name = "$($going[$member].Name)"
            # A domain controller that does not know of the move yet made it look necessary.
            if ("$($refused[$name])" -match 'already in the target database') { $said[$member] = @{ state = 'applied'; message = 'Already there.' } }
            elseif ($refused.ContainsKey($name)) { $said[$member] = @{ state = 'failed'; message = "Refused before the move: $($refused[$name])" } }
            elseif ($faults.ContainsKey($name)) { $said[$member] = @{ state = 'failed'; message = "$($faults[$name])" } }
            else { $said[$member] = @{ state = 'applied'; message = "Moved to $target; report: $report" } }
            Write-Host "${member}: $($said[$member].message)"
        }
    }
    return $said
}
