<#
title: "Custom DSN texts"
scope: organization
when: "mail_flow.dsn_messages or mail_flow.dsn_mode"
effect: convergent
needs: [{kind: install-hub, at: "first(topology.first_site.name, 'hub').name"}]
vantage: shell
identity: delegated
arguments:
  messages: "mail_flow.dsn_messages|list|plain"
  mode: mail_flow.dsn_mode
estimate: {p50: 30, p90: 120}
rights: ["Exchange Organization Administrators (2007), Organization Management (2010)"]
order: 40
failures:
  - {match: "already exists", class: transient, means: "The text was made by somebody else meanwhile.", do: "Nothing: the next Check sees it."}
#>
# Identity is language\audience\code, such as en\External\5.7.1.

function Get-Texts {
    param($a)
    $pinned = Get-PinnedDc $a
    $texts = @{}
    foreach ($message in @(Get-SystemMessage @pinned -ErrorAction Stop)) { if ($message) { $texts["$($message.Identity)".ToLower()] = "$($message.Text)" } }
    return $texts
}

function Get-Mode {
    param($a)
    $pinned = Get-PinnedDc $a
    return "$((Get-TransportConfig @pinned -ErrorAction Stop).DSNConversionMode)"
}

function Check {
    param($a)
    $texts = Get-Texts $a
    $mode = Get-Mode $a
    $missing = @(); $old = @{}
    foreach ($message in @($a.messages)) {
        $key = $message.identity.ToLower()
        if (-not $texts.ContainsKey($key)) { $missing += $message.identity }
        elseif ($texts[$key] -ne $message.text) { $old[$message.identity] = $texts[$key] }
    }
    $modeDiffers = $a.mode -and $mode -ne $a.mode
    if (-not $missing.Count -and -not $old.Count -and -not $modeDiffers) { return New-Satisfied -Message "$(@($a.messages).Count) texts, mode $mode." }
    $what = @()
    if ($missing.Count) { $what += "missing: $($missing -join ', ')" }
    if ($old.Count) { $what += "other text: $(@($old.Keys) -join ', ')" }
    if ($modeDiffers) { $what += "mode is $mode, planned $($a.mode)" }
    return New-Needed -Message ($what -join '; ') -Before @{ missing = $missing; old = $old; mode = $mode }
}

function Apply {
    param($a)
    $pinned = Get-PinnedDc $a
    $texts = Get-Texts $a
    foreach ($message in @($a.messages)) {
        $key = $message.identity.ToLower()
        if ($texts.ContainsKey($key)) {
            if ($texts[$key] -ne $message.text) { Set-SystemMessage -Identity $message.identity -Text $message.text @pinned -Confirm:$false -ErrorAction Stop }
            continue
        }
        $parts = @($message.identity -split '\\')
        [void](New-SystemMessage -Language $parts[0] -Internal ($parts[1] -eq 'Internal') -DsnCode $parts[2] -Text $message.text @pinned -Confirm:$false -ErrorAction Stop)
    }
    if ($a.mode -and (Get-Mode $a) -ne $a.mode) { Set-TransportConfig -DSNConversionMode $a.mode @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message "$(@($a.messages).Count) texts set."
}

function Verify {
    param($a)
    $texts = Get-Texts $a
    foreach ($message in @($a.messages)) {
        if ($texts[$message.identity.ToLower()] -ne $message.text) { return New-Failed -Message "$($message.identity) has another text." }
    }
    if ($a.mode -and (Get-Mode $a) -ne $a.mode) { return New-Failed -Message "The mode is $(Get-Mode $a)." }
    return New-Verified -Message "$(@($a.messages).Count) texts, mode $(Get-Mode $a)."
}

function Rollback {
    param($a)
    $pinned = Get-PinnedDc $a
    $texts = Get-Texts $a
    foreach ($identity in @($a.before.missing)) {
        if ($identity -and $texts.ContainsKey($identity.ToLower())) { Remove-SystemMessage -Identity $identity @pinned -Confirm:$false -ErrorAction Stop }
    }
    foreach ($identity in @($a.before.old.Keys)) { Set-SystemMessage -Identity $identity -Text $a.before.old[$identity] @pinned -Confirm:$false -ErrorAction Stop }
    if ($a.before.mode -and (Get-Mode $a) -ne $a.before.mode) { Set-TransportConfig -DSNConversionMode $a.before.mode @pinned -Confirm:$false -ErrorAction Stop }
    return New-Applied -Message 'The DSN texts are as they were.'
}
