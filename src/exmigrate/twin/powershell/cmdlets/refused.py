"""Cmdlets that a real PowerShell has and this one refuses by name, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from exmigrate.twin.powershell.errors import unsupported
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter

_INTERACTIVE = "it needs somebody at the console"
_COMPILER = "it compiles code for the .NET runtime"
_REMOTE = "sessions on other machines are reached over WinRM by the client itself"
_EVENTS = "event subscriptions need a thread of their own"
_REASONS: dict[str, tuple[str, str]] = {
    "Out-GridView": (_INTERACTIVE, "2.0"),
    "Out-Printer": ("the machine has no printer", "2.0"),
    "Show-Command": (_INTERACTIVE, "3.0"),
    "Show-EventLog": (_INTERACTIVE, "2.0"),
    "Enter-PSSession": (_INTERACTIVE, "2.0"),
    "New-PSSession": (_REMOTE, "2.0"),
    "Get-PSSession": (_REMOTE, "2.0"),
    "Remove-PSSession": (_REMOTE, "2.0"),
    "New-PSSessionOption": (_REMOTE, "2.0"),
    "Import-PSSession": (_REMOTE, "2.0"),
    "Connect-PSSession": (_REMOTE, "3.0"),
    "New-WebServiceProxy": (_COMPILER, "2.0"),
    "Register-ObjectEvent": (_EVENTS, "2.0"),
    "Register-EngineEvent": (_EVENTS, "2.0"),
    "Register-WmiEvent": (_EVENTS, "2.0"),
    "Unregister-Event": (_EVENTS, "2.0"),
    "Wait-Event": (_EVENTS, "2.0"),
    "Get-Event": (_EVENTS, "2.0"),
    "New-Event": (_EVENTS, "2.0"),
    "Set-PSBreakpoint": ("there is no debugger", "2.0"),
    "Set-PSDebug": ("there is no debugger", "2.0"),
    "Trace-Command": ("there is no tracing", "2.0"),
    "Update-FormatData": ("format files are not read", "2.0"),
    "Set-AuthenticodeSignature": ("scripts are not signed", "2.0"),
    "Send-MailMessage": ("mail is not sent from scripts", "2.0"),
    "Compress-Archive": ("archives are not written", "5.1"),
    "Expand-Archive": ("archives are not read", "5.1"),
    "Checkpoint-Computer": ("there are no restore points", "2.0"),
    "Start-Transcript": ("transcripts are not written", "2.0"),
    "Stop-Transcript": ("transcripts are not written", "2.0"),
    "Set-Acl": ("access control lists are not kept", "2.0"),
    "Update-Help": ("help texts are not kept", "3.0"),
    "Save-Help": ("help texts are not kept", "3.0"),
    "Set-Date": ("the machine's clock is not a script's to set", "2.0"),
    "Invoke-Item": ("there is no desktop", "2.0"),
    "Get-PSBreakpoint": ("there is no debugger", "2.0"),
    "Get-PSCallStack": ("there is no debugger", "2.0"),
    "Update-TypeData": ("types are not changed while a session runs", "2.0"),
    "Get-TypeData": ("types are not changed while a session runs", "3.0"),
    "Remove-TypeData": ("types are not changed while a session runs", "3.0"),
    "Get-FormatData": ("types are not changed while a session runs", "2.0"),
    "Get-AuthenticodeSignature": ("scripts are not signed", "2.0"),
    "Set-WmiInstance": ("WMI objects are changed by their methods only", "2.0"),
    "Remove-WmiObject": ("WMI objects are changed by their methods only", "2.0"),
    "New-CimSession": (_REMOTE, "3.0"),
    "Invoke-CimMethod": ("WMI objects are changed by their methods only", "3.0"),
    "Set-CimInstance": ("WMI objects are changed by their methods only", "3.0"),
    "Start-Transaction": ("there are no transactions", "2.0"),
    "Use-Transaction": ("there are no transactions", "2.0"),
    "Complete-Transaction": ("there are no transactions", "2.0"),
    "Undo-Transaction": ("there are no transactions", "2.0"),
    "Get-Counter": ("there are no performance counters", "2.0"),
    "Get-Clipboard": ("there is no desktop", "5.1"),
    "Set-Clipboard": ("there is no desktop", "5.1"),
    "Enable-PSRemoting": ("the machine's remote management is not set up by scripts", "2.0"),
    "Set-WSManQuickConfig": ("the machine's remote management is not set up by scripts", "2.0"),
    "Test-WSMan": (_REMOTE, "2.0"),
    "Get-WSManInstance": (_REMOTE, "2.0"),
    "Set-WSManInstance": (_REMOTE, "2.0"),
    "Enable-WSManCredSSP": ("the machine's remote management is not set up by scripts", "2.0"),
    "Add-Computer": ("domain membership is not changed by scripts", "2.0"),
    "Remove-Computer": ("domain membership is not changed by scripts", "2.0"),
    "Rename-Computer": ("domain membership is not changed by scripts", "3.0"),
    "Test-ComputerSecureChannel": ("domain membership is not changed by scripts", "2.0"),
    "Reset-ComputerMachinePassword": ("domain membership is not changed by scripts", "2.0"),
}


def _refusal(name: str, reason: str) -> Cmdlet:
    def refuse(call: Call) -> Sequence[Parameter]:
        raise unsupported(f"{name} ({reason})", name)

    return Cmdlet(name, dynamic=refuse, since=_REASONS[name][1])


CMDLETS = [_refusal(name, reason) for name, (reason, _) in _REASONS.items()]
