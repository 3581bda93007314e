"""Get-EventLog, Write-EventLog, New-EventLog, Clear-EventLog and Get-WinEvent over the machine's event logs."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
