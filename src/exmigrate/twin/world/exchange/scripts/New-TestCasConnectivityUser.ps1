# Makes the mailbox that the Test- cmdlets log on to, one for the site of each Mailbox server on the pipeline.
param([string]$OU, $Password, [string]$UMDialPlan, [string]$UMExtension)
begin {
    if (-not $Password) { $Password = Read-Host -AsSecureString 'Enter a temporary secure password for creating test users' }
}
process {
    $server = $_
    if (-not $server) { return }
    $databases = @(Get-MailboxDatabase -Server "$($server.Name)")
    $database = $databases[$databases.Count - 1]
    if ($database.Recovery) { throw "The last database of $($server.Name) is a recovery database." }
    $site = [string](Get-ExchangeServer -Identity "$($server.Name)").Site
    $hash = 0
    foreach ($letter in $site.ToCharArray()) { $hash = ($hash * 31 + [int]$letter) % 16777213 }
    $name = 'extest_{0:x12}' -f $hash
    if (@(Get-Mailbox -Identity $name -ErrorAction SilentlyContinue).Count -and (Get-Mailbox -Identity $name -ErrorAction SilentlyContinue)) {
        "Update test user permissions on $($server.Name): $name exists"
        return
    }
    $domain = ([string](Get-ExchangeServer -Identity "$($server.Name)").Domain)
    $made = New-Mailbox -Name $name -Alias $name -UserPrincipalName "$name@$domain" -SamAccountName $name -Password $Password -Database $database.Identity -OrganizationalUnit $OU
    "UserPrincipalName: $($made.UserPrincipalName)"
    "Create test user on $($server.Name)"
}
end { 'You can enable the test user for Unified Messaging by running this command with UMDialPlan and UMExtension.' }
