"""Processes: Get-, Start-, Stop- and Wait-Process over the machine's processes and programs."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Cmdlet

CMDLETS: list[Cmdlet] = []
