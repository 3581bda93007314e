<#
title: "Mailbox role on {{ server.name }}"
scope: server
when: "server.target and 'mailbox' in server.roles"
effect: once
needs:
  - install-cas@site
  - install-hub@site
  - create-cas-array@site
  - install-os-prereqs@server
  - stage-media@server
  - wait-replication-domains@all
  - provision-server@server
vantage: target
identity: delegated
window: policy
libraries: [setup, windows, directory, recipients]
arguments:
  server: server.name
  version: target.version
  build: medium(target.version).build
  folder: medium(target.version).folder
  database: "'' if target.version == '2007' else (databases(server=server.name, kind='mailbox', target=true)|selectattr('created_by_setup')|map(attribute='name')|list + [''])[0]"
  edb: "(databases(server=server.name, kind='mailbox', target=true)|selectattr('created_by_setup')|map(attribute='edb_path')|list + [''])[0]"
  logs: "(databases(server=server.name, kind='mailbox', target=true)|selectattr('created_by_setup')|map(attribute='log_path')|list + [''])[0]"
estimate: {p50: 3300, p90: 4800}
resumes: true
rights: ["Organization Management (2007: Exchange Organization Administrators)", "local administrator"]
impact: "none"
tags: [setup]
order: 10
failures:
  - {match: "reboot|restart", class: permanent, means: "Windows waits for a restart, which Setup refuses.", do: "Restart the server, then 'exmigrate retry'."}
  - {match: "prerequisite|is not installed|Filter Pack|UCMA", class: permanent, means: "A prerequisite check of Setup failed.", do: "Read the log for the check's name; install-os-prereqs names features and packages."}
  - {match: "cannot connect|not operational|domain controller", class: transient, means: "Setup lost its domain controller.", do: "Nothing: the same command goes on from its watermark."}
#>
# After the array of the site: Setup of 2010 makes the first database, which takes the array's name (SP1 and later name
# it). Setup of 2007 has no such switches: it makes First Storage Group\Mailbox Database and, in an organization with public
# folders, Second Storage Group\Public Folder Database.

function Check {
    param($a)
    return Test-RoleInstalled -Version $a.version -Role 'mailbox' -Build $a.build
}

function Apply {
    param($a)
    $switches = ''
    if ($a.database) {
        $switches = "/MdbName:`"$($a.database)`""
        if ($a.edb) { $switches += " /DbFilePath:`"$($a.edb)`"" }
        if ($a.logs) { $switches += " /LogFolderPath:`"$($a.logs)`"" }
    }
    return Install-Role -Version $a.version -Role 'mailbox' -Folder $a.folder -Switches $switches -Build $a.build
}

function Verify {
    param($a)
    return Confirm-RoleInstalled -Version $a.version -Role 'mailbox' -Build $a.build -Server $a.server -Dc $a.dc
}

# Setup put the arbitration and discovery mailboxes on this server's first database: they go to another 2010 database,
# or, where this is the only one, lose their mailbox (/PrepareAD and Enable-Mailbox -Arbitration bring them back).
function Clear-SystemMailboxes {
    param($a)
    $pinned = Get-PinnedDc $a
    if ($a.version -eq '2010') {
        # A controller that has not heard of this server yet knows nobody on it.
        $mailboxes = @(Find-Recipients $a { param($pin) Get-Mailbox -Arbitration -Server $a.server -ResultSize Unlimited @pin -ErrorAction Stop }) +
            @(Find-Recipients $a { param($pin) Get-Mailbox -RecipientTypeDetails DiscoveryMailbox -Server $a.server -ResultSize Unlimited @pin -ErrorAction Stop }) | Where-Object { $_ }
        if (-not @($mailboxes).Count) { return }
        $other = @(Get-MailboxDatabase @pinned -ErrorAction Stop | Where-Object { $_ -and (Get-HostPart "$($_.Server)") -ne $a.server.ToUpper() }) | Select-Object -First 1
        foreach ($mailbox in @($mailboxes)) {
            $arbitration = @{}
            $own = Get-RecipientPin $a $mailbox
            if ("$($mailbox.RecipientTypeDetails)" -eq 'ArbitrationMailbox') { $arbitration = @{ Arbitration = $true; DisableLastArbitrationMailboxAllowed = $true } }
            if ($other) { [void](New-MoveRequest -Identity "$($mailbox.DistinguishedName)" -TargetDatabase "$($other.Name)" @own -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue) }
            else { Disable-Mailbox -Identity "$($mailbox.DistinguishedName)" @arbitration @own -Confirm:$false -ErrorAction Stop }
        }
        for ($minute = 0; $other -and $minute -lt 60; $minute++) {
            $open = @($mailboxes | Where-Object { $own = Get-RecipientPin $a $_; @('Completed', 'CompletedWithWarning') -notcontains "$((Get-MoveRequest -Identity "$($_.DistinguishedName)" @own -ErrorAction Stop).Status)" })
            if (-not $open.Count) { break }
            Start-Sleep -Seconds 60
        }
        # They lie in the root domain. Setup asks the controllers of this server's site, which hear of it a little later.
        for ($minute = 0; $minute -lt 30; $minute++) {
            $seen = @(Get-Mailbox -Arbitration -Server $a.server -ResultSize Unlimited -ErrorAction Stop) +
                @(Get-Mailbox -RecipientTypeDetails DiscoveryMailbox -Server $a.server -ResultSize Unlimited -ErrorAction Stop) | Where-Object { $_ }
            if (-not @($seen).Count) { break }
            Start-Sleep -Seconds 60
        }
    }
}

# Setup of 2007 does not take its own databases with the role while one is the default of another: empty ones go first.
function Clear-Databases {
    param($a)
    if ($a.version -eq '2007') {
        $pinned = Get-ServerPin $a $a.server
        foreach ($database in @(Get-MailboxDatabase -Server $a.server @pinned -ErrorAction Stop)) {
            if (-not $database) { continue }
            if (@(Find-Recipients $a { param($pin) Get-Mailbox -Database "$($database.Identity)" @pin -ErrorAction Stop }).Count) { throw "$($database.Identity) holds mailboxes; move them first." }
            Remove-MailboxDatabase -Identity "$($database.Identity)" @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
        }
        foreach ($database in @(Get-PublicFolderDatabase -Server $a.server @pinned -ErrorAction Stop)) {
            if ($database) { Remove-PublicFolderDatabase -Identity "$($database.Identity)" @pinned -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue }
        }
    }
}

# Only while no user is on it: the engine undoes moves and databases first.
function Rollback {
    param($a)
    $state = Get-RoleState -Version $a.version -Role 'mailbox'
    if ($state.configured -and -not $state.watermark) {
        $snapIn = 'Microsoft.Exchange.Management.PowerShell.E2010'
        if ($a.version -eq '2007') { $snapIn = 'Microsoft.Exchange.Management.PowerShell.Admin' }
        if (-not (Get-PSSnapin -Name $snapIn -ErrorAction SilentlyContinue)) { Add-PSSnapin -Name $snapIn -ErrorAction Stop }
        if ($a.version -ne '2007') { Set-ADServerSettings -ViewEntireForest $true -Confirm:$false -ErrorAction Stop }
        Clear-SystemMailboxes $a
        Clear-Databases $a
    }
    return Remove-Role -Version $a.version -Role 'mailbox' -Folder $a.folder
}
