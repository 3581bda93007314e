"""Get-WmiObject, Get-CimInstance and Invoke-WmiMethod over the classes that packs give, with WQL filters."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
