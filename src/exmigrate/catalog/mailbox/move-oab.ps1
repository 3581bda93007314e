<#
title: "Offline address books to {{ first(topology.first_site.name, 'mailbox').name }}"
scope: organization
effect: convergent
needs:
  - {kind: install-mailbox, at: "first(topology.first_site.name, 'mailbox').name"}
  - {kind: replicate-system-folders, when: has_legacy}
  - {kind: configure-cas-vdirs, at: "servers(site=topology.first_site.name, role='cas', target=true)|names"}
vantage: {shell: shell, host: "first(topology.first_site.name, 'mailbox').name"}
identity: delegated
window: policy
libraries: [directory]
arguments:
  server: "first(topology.first_site.name, 'mailbox').name"
  old: "servers(target=false)|selectattr('source')|names"
  legacy: "legacy()|names"
  cas: "servers(site=topology.first_site.name, role='cas', target=true)|names"
  versions: "client_access.oab_versions|list"
  public_folders: client_access.oab_public_folder_distribution
estimate: {p50: 300, p90: 3600}
rights: ["Organization Management (2007: Exchange Organization Administrators)"]
impact: "Outlook clients download the address book once in full"
order: 40
failures:
  - {match: "couldn't be found|not a mailbox server", class: permanent, means: "The target server or a virtual directory has another name.", do: "Compare Get-OabVirtualDirectory and Get-MailboxServer with the plan."}
#>
# Every book that an old server generates. The virtual directories of 2007 stay in the list while 2007 mailboxes use them.

function Get-Books {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($book in @(Get-OfflineAddressBook @pinned -ErrorAction Stop)) { if ($book) { $book } }
}

function Get-DirectoryNames {
    param($Book)
    foreach ($directory in @($Book.VirtualDirectories)) { if ("$directory") { "$directory" } }
}

# Virtual directories of the target CAS that a book lacks.
function Get-MissingDirectories {
    param($a, $Book)
    $there = @(Get-DirectoryNames $Book | ForEach-Object { $_.ToLower() })
    foreach ($server in @($a.cas)) {
        if (-not @($there | Where-Object { $_.StartsWith("$($server.ToLower())\") }).Count) { "$server\OAB (Default Web Site)" }
    }
}

function Test-Book {
    param($a, $Book)
    return (@($a.old) -notcontains (Get-HostPart "$($Book.Server)") -and -not @(Get-MissingDirectories $a $Book).Count)
}

function Check {
    param($a)
    $open = @($(Get-Books $a) | Where-Object { -not (Test-Book $a $_) })
    if (-not $open.Count) { return New-Satisfied -Message 'No old server generates an offline address book.' }
    $before = @{}
    foreach ($book in $open) {
        $before["$($book.Name)"] = @{ server = (Get-HostPart "$($book.Server)"); directories = @(Get-DirectoryNames $book); versions = @(Get-NameList $book.Versions); public_folders = [bool]$book.PublicFolderDistributionEnabled }
    }
    return New-Needed -Message "To move: $(@($open | ForEach-Object { $_.Name }) -join ', ')." -Before @{ books = $before }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($book in @(Get-Books $a)) {
        if (Test-Book $a $book) { continue }
        if (@($a.old) -contains (Get-HostPart "$($book.Server)")) { Move-OfflineAddressBook -Identity $book.Name -Server $a.server @pinned -Confirm:$false -ErrorAction Stop }
        $directories = @(Get-DirectoryNames $book) + @(Get-MissingDirectories $a $book)
        Set-OfflineAddressBook -Identity $book.Name -VirtualDirectories $directories -Versions @($a.versions) -PublicFolderDistributionEnabled ([bool]$a.public_folders) @pinned -Confirm:$false -ErrorAction Stop
        Update-OfflineAddressBook -Identity $book.Name @pinned -Confirm:$false -ErrorAction Stop
    }
    return New-Applied -Message "The books are generated on $($a.server)."
}

# The attribute that Setup of the old server looks at when it is removed.
function Verify {
    param($a)
    $base = "CN=Offline Address Lists,CN=Address Lists Container,$(Get-OrganizationName -Dc $a.dc)"
    $names = @()
    foreach ($result in @(Search-Directory -Base $base -Filter '(objectClass=msExchOAB)' -Properties 'cn', 'offLineABServer' -Dc $a.dc)) {
        $server = Get-HostPart (Get-Attribute $result 'offLineABServer')
        if (@($a.old) -contains $server) { return New-Failed -Message "$(Get-Attribute $result 'cn') is still generated on $server." }
        $names += Get-Attribute $result 'cn'
    }
    foreach ($book in @(Get-Books $a)) {
        $missing = @(Get-MissingDirectories $a $book)
        if ($missing.Count) { return New-Failed -Message "$($book.Name) is not distributed by $($missing -join ', ')." }
    }
    return New-Verified -Message "$($names -join ', ') generated on new servers."
}

# No cmdlet gives a book back to Exchange 2003: Exchange System Manager does, as long as its server and replicas are there.
function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    foreach ($name in @($a.before.books.Keys)) {
        $old = $a.before.books[$name]
        if (@($a.legacy) -contains $old.server) { throw "'$name' was generated on $($old.server), which no cmdlet gives it back to. Exchange System Manager > Recipients > Offline Address Lists > $name > Properties: choose $($old.server), then Rebuild." }
        $book = Get-OfflineAddressBook -Identity $name @pinned -ErrorAction Stop
        if ((Get-HostPart "$($book.Server)") -ne $old.server) { Move-OfflineAddressBook -Identity $name -Server $old.server @pinned -Confirm:$false -ErrorAction Stop }
        Set-OfflineAddressBook -Identity $name -VirtualDirectories @($old.directories) -Versions @($old.versions) -PublicFolderDistributionEnabled ([bool]$old.public_folders) @pinned -Confirm:$false -ErrorAction Stop
    }
    return New-Applied -Message 'The books are generated where they were.'
}
