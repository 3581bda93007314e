"""Get-FileHash, Get-Acl and Set-Acl."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
