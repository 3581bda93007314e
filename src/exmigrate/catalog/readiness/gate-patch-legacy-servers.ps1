<#
title: "Exchange {{ server.version }} {{ {'2000': 'SP3', '2003': 'SP2'}[server.version] }} on {{ server.name }}, by hand"
scope: server
when: "server.source and server.legacy and not server.takes_jobs"
effect: gate
reversibility: forward-only
reason: "A service pack of Exchange {{ server.version }} cannot be uninstalled."
needs: [gate-backup]
vantage: {shell: AD, host: topology.directory_host}
identity: delegated
libraries: [legacy]
arguments:
  server: server.name
  build: "{'2000': 6249, '2003': 7638}[server.version]"
  title: "server.version ~ ' ' ~ {'2000': 'SP3', '2003': 'SP2'}[server.version]"
estimate: {p50: 5400, p90: 86400}
rights: ["read in the configuration partition"]
order: 48
gate:
  closes: both
  every: 600
  instructions: |
    {% if server.driven %}
    {{ server.name }} takes no job: Windows 2003 would show the password of the run-as account on a command line for an
    instant, and the plan does not allow that (expose_run_as_password).
    {% else %}
    {{ server.name }} cannot be driven from here.
    {% endif %}
    On it, as an Exchange Full Administrator:
    {% if server.version == '2000' %}
    1. run update.exe of Exchange 2000 Service Pack 3 and restart the server where it asks for that;
    2. install the rollup that follows it (KB870540), which no version number shows: confirm with its entry in the list of
       installed programs;
    {% else %}
    1. run update.exe of Exchange 2003 Service Pack 2 and restart the server where it asks for that;
    {% endif %}
    then see that the services run and that a mail goes through it in both directions.
  undo: "None: a service pack cannot be uninstalled."
#>
# The build of the server object, read from the directory: 7638 is 2003 SP2, 6249 is 2000 SP3.

function Check {
    param($a)
    $fault = Get-LevelFault -Found (Get-ServerObject -Server $a.server -Dc $a.dc) -Server $a.server -Build $a.build -Name $a.title
    if ($fault) { return New-Needed -Message $fault }
    return New-Satisfied -Message "$($a.server) is at $($a.title) or later."
}
