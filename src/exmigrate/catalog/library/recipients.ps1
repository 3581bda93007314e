# Recipients of a forest of one or several domains. A cmdlet that names a domain controller finds the recipients of that
# controller's own domain, whatever the scope of the shell is, and no controller of another domain takes a change to them.
# Without a name the shell asks a global catalog that it chooses itself, which may be minutes behind. $a.dcs has one writable
# controller of each domain, by the domain's name; a step kind that names this library gets it. The configuration is on every
# controller: it is read and written on $a.dc.

# 'emea.contoso.com' of 'CN=Anna,OU=Sales,DC=emea,DC=contoso,DC=com', in small letters.
function Get-DnDomain {
    param([string]$Dn)
    $parts = @()
    foreach ($part in [regex]::Matches($Dn, '(?:^|(?<!\\),)DC=([^,]+)', 'IgnoreCase')) { $parts += $part.Groups[1].Value }
    return ($parts -join '.').ToLower()
}

# The parameters that pin a cmdlet to the controller of a domain, by its name.
function Get-DomainPin {
    param($Argument, [string]$Domain)
    $controller = ''
    if ($Argument.dcs) { $controller = "$($Argument.dcs[$Domain.ToLower()])" }
    if (-not $controller) { throw "The plan has no writable domain controller of the domain '$Domain', in which this recipient or server lies: add one to source.forest, without exchange: false at the domain." }
    return @{ DomainController = $controller }
}

# The same for a recipient: any object that has a distinguished name, or the name itself.
function Get-RecipientPin {
    param($Argument, $Recipient)
    $dn = "$Recipient"
    if ($Recipient -isnot [string]) { $dn = "$($Recipient.DistinguishedName)" }
    return Get-DomainPin $Argument (Get-DnDomain $dn)
}

# The same for what Exchange keeps in the domain of a server's computer account: system mailboxes of its databases.
function Get-ServerPin {
    param($Argument, [string]$Server)
    $every = @(Get-EveryPin $Argument)
    # Exchange takes the domain from the server's DNS name, which in a forest of one domain may end in something else.
    if ($every.Count -eq 1) { return $every[0] }
    $pinned = Get-PinnedDc $Argument
    return Get-DomainPin $Argument "$((Get-ExchangeServer -Identity $Server @pinned -ErrorAction Stop).Domain)"
}

# The same for every domain, in the order of their names. Nobody asked is nobody found: that is an error, never an empty answer.
function Get-EveryPin {
    param($Argument)
    if (-not $Argument.dcs -or -not $Argument.dcs.Count) { throw 'The plan has no writable domain controller on which recipients could be looked for: add one to source.forest.' }
    foreach ($domain in @($Argument.dcs.Keys | Sort-Object)) { Get-DomainPin $Argument $domain }
}

# Every object that a query finds, domain after domain: { param($pin) Get-Mailbox -Server $server @pin -ErrorAction Stop }.
function Select-EveryDomain {
    param($Argument, [scriptblock]$Ask)
    foreach ($each in @(Get-EveryPin $Argument)) {
        foreach ($object in @(& $Ask $each)) { if ($object) { $object } }
    }
}

# The same, where what is asked for may be unknown to a controller: every recipient that a name means (one, none, or one in each
# of several domains), or everybody on a server or in a database that is new.
function Find-Recipients {
    param($Argument, [scriptblock]$Ask)
    foreach ($each in @(Get-EveryPin $Argument)) {
        foreach ($object in @(Find-Object { & $Ask $each })) { if ($object) { $object } }
    }
}

# Why a name that means several recipients means none, in one sentence.
function Get-AmbiguityText {
    param([string]$Wanted, $Recipients)
    return "'$Wanted' means $(@($Recipients).Count) recipients: $(@($Recipients | ForEach-Object { "$($_.DistinguishedName)" }) -join '; '). Name the one by its address."
}

# The one recipient that a name means; nothing where there is none, an error where there are several.
function Find-Recipient {
    param($Argument, [string]$Wanted, [scriptblock]$Ask)
    $all = @(Find-Recipients $Argument $Ask)
    if ($all.Count -gt 1) { throw (Get-AmbiguityText $Wanted $all) }
    if ($all.Count) { return $all[0] }
}

# Controllers that a step may name and that do not show an object of the configuration yet: what a recipient shall
# be given has to be known to the controller of its own domain.
function Get-Unaware {
    param($Argument, [scriptblock]$Ask)
    $every = @(Get-EveryPin $Argument)
    if (@($every | Where-Object { $_.DomainController -eq $Argument.dc }).Count -eq 0) { $every += Get-PinnedDc $Argument }
    foreach ($each in $every) {
        if (-not @(Find-Object { & $Ask $each } | Where-Object { $_ }).Count) { $each.DomainController }
    }
}
