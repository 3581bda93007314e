"""Out-String, Out-File, Out-Host, Out-Default and the Format cmdlets."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
