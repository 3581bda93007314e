# Copies the custom prompts of all dial plans from the 2007 UM servers to this organization's 2010 UM servers.
$install = (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup').MsiInstallPath
$target = Join-Path $install 'UnifiedMessaging\Prompts\Custom'
$total = 0
foreach ($server in @(Get-ExchangeServer | Where-Object { $_.IsUnifiedMessagingServer -and -not $_.IsE14OrLater })) {
    $source = "\\$($server.Fqdn)\C$\Program Files\Microsoft\Exchange Server\UnifiedMessaging\Prompts\Custom"
    if (-not (Test-Path $source)) { continue }
    foreach ($plan in @(Get-ChildItem $source)) {
        $folder = Join-Path $target $plan.Name
        if (-not (Test-Path $folder)) { [void](New-Item -ItemType Directory -Path $folder -Force) }
        foreach ($file in @(Get-ChildItem $plan.FullName)) {
            Copy-Item -Path $file.FullName -Destination (Join-Path $folder $file.Name) -Force
            "Migrating prompt $($plan.Name)\$($file.Name)"
            $total = $total + 1
        }
    }
}
"$total custom prompts were migrated successfully."
