"""Get-Host, Get-Culture, Get-UICulture, Read-Host and what is refused by name."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
