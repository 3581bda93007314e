"""An independent witness: a plain pywinrm client that asks the simulated servers what is there at the end.

It uses nothing of exmigrate: stock pywinrm, the endpoints file, and Exchange's own cmdlets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import winrm

SNAPINS = {
    "2007": "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.Admin\n",
    "2010": "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.E2010\n",
}


class Witness:
    """Asks servers over WinRM with CredSSP, as an administrator would from any workstation.

    Args:
        endpoints: the endpoints file that the twin wrote.
        user: account, `DOMAIN\\name`.
        password: its password.
        version: whose cmdlets it uses, 2007 or 2010.
    """

    def __init__(self, endpoints: Path, user: str, password: str, version: str = "2010") -> None:
        self._servers: Mapping[str, Mapping[str, object]] = json.loads(endpoints.read_text())["servers"]
        self._user, self._password = user, password
        self._snapin = SNAPINS[version]

    def ask(self, server: str, script: str, *, exchange: bool = True) -> list[str]:
        """Lines that a script prints on a server; fails when it fails there."""
        found = next(v for k, v in self._servers.items() if k.lower() == server.lower())
        session = winrm.Session(
            f"http://{found['address']}:{found['http_port']}/wsman",
            auth=(self._user, self._password),
            transport="credssp",
            # Loopback: proxies and authorities of the environment have no say.
            proxy=None,
            ca_trust_path=None,
        )
        answer = session.run_ps((self._snapin if exchange else "") + script)
        if answer.status_code != 0:
            raise AssertionError(f"{server}: exit {answer.status_code}: {answer.std_err.decode()[:500]}")
        return [line.strip() for line in answer.std_out.decode().splitlines() if line.strip()]
