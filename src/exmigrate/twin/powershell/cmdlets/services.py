"""Services: Get-, Start-, Stop-, Restart-, Suspend-, Resume-, Set- and New-Service over the machine's service manager."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
