<#
title: "Half-done Setup on {{ server.name }}"
scope: server
when: "server.driven and server.version != ''"
effect: read
vantage: target
identity: local
libraries: [setup]
arguments:
  version: server.version
estimate: {p50: 5, p90: 60}
#>
function Collect {
    param($a)
    $marks = @{}
    foreach ($role in @($SetupRoles.Keys)) {
        $state = Get-RoleState -Version $a.version -Role $role
        if ($state.configured -or $state.watermark) { $marks[$SetupRoles[$role]] = $state.watermark }
    }
    return New-Satisfied -Message "$($marks.Count) roles." -Facts @{ value = $marks }
}
