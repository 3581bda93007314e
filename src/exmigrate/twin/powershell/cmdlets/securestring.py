"""ConvertTo-SecureString, ConvertFrom-SecureString and Get-Credential."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
