<#
title: "Integrated authentication of ActiveSync on {{ server.name }}"
scope: server
when: "server.source and server.version == '2003' and 'mailbox' in server.roles"
effect: gate
needs: [install-kb937031@server, gate-install-kb937031@server]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [legacy]
arguments:
  server: server.name
estimate: {p50: 600, p90: 86400}
rights: ["read in the configuration partition"]
order: 54
gate:
  closes: probe
  every: 300
  instructions: |
    The new Client Access servers hand devices of 2003 mailboxes on with Integrated Windows authentication. In Exchange
    System Manager with KB937031: Servers > {{ server.name }} > Protocols > HTTP > Exchange Virtual Server > properties of
    Microsoft-Server-ActiveSync > Access > Authentication: tick Integrated Windows Authentication, leave Basic ticked.
    Do not use IIS Manager: what is set there is overwritten. The probe reads the directory; a device's own word comes
    with the cut-over.
  undo: "Clear the tick in the same place."
#>
# msExchAuthenticationFlags of the virtual directory: 2 is Basic, 4 is Integrated.

function Check {
    param($a)
    $found = Get-ServerObject -Server $a.server -Dc $a.dc
    if (-not $found) { return New-Blocked -Message "The directory has no Exchange server $($a.server)." }
    $name = "CN=Microsoft-Server-ActiveSync,CN=1,CN=HTTP,CN=Protocols,$($found.dn)"
    if (-not [ADSI]::Exists((Get-LdapPath -Name $name -Dc $a.dc))) { return New-Blocked -Message "The directory has no ActiveSync virtual directory of $($a.server) ($name)." }
    $flags = Get-LdapNumber -Name $name -Attribute 'msExchAuthenticationFlags' -Dc $a.dc
    if ($flags -band 4) { return New-Satisfied -Message "ActiveSync on $($a.server) takes Integrated authentication (flags $flags)." }
    return New-Needed -Message "ActiveSync on $($a.server) does not take Integrated authentication (flags $flags)."
}
