"""Scripts of the organization's own PowerShell against the simulated servers."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import packs_for
from exmigrate.twin.cmdlets.exchange.shell import SNAPINS
from exmigrate.twin.powershell.host import Host, Result
from exmigrate.twin.world.world import World


class Console:
    """A PowerShell process on a server, with the Exchange snap-in added."""

    def __init__(
        self, world: World, server: str, account: str = "admin", delegated: bool = True, snapin: bool = True
    ) -> None:
        found = world.server(server)
        assert found is not None
        record = world.accounts.find(found, "CONTOSO", account)
        assert record is not None
        token = world.accounts.token(found, record, "interactive" if delegated else "network", delegated)
        process = found.processes.register("powershell.exe", "powershell.exe", [], token)
        machine = world.machine(found, token, process)
        self.runspace = Host("2.0", machine, packs=packs_for(found)).runspace()
        self.version = found.exchange.product if found.exchange else ""
        if snapin and self.version:
            self.run(f"Add-PSSnapin {SNAPINS[self.version]}")
            if self.version == "2007":
                self.run("$AdminSessionADSettings.ViewEntireForest = $true")
            else:
                self.run("Set-ADServerSettings -ViewEntireForest $true")

    def try_run(self, text: str) -> Result:
        """The result of a script, errors and all."""
        return self.runspace.run(text)

    def run(self, text: str) -> list[Any]:
        """What a script puts out; any error fails the test."""
        result = self.runspace.run(text)
        problems = [*result.errors, *([result.terminated] if result.terminated else [])]
        assert not problems, [f"{p.message} [{p.fully_qualified_id}]" for p in problems]
        return result.output

    def text(self, text: str) -> str:
        """The one string or value that a script puts out, as text."""
        found = self.run(text)
        assert len(found) == 1, found
        return str(found[0])
