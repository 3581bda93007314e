"""What the ends of large plans are asked alike."""

from __future__ import annotations

from typing import Any

from tests.catalog.bench import Bench

REPLICAS = "Get-PublicFolder -Recurse -ResultSize Unlimited | ForEach-Object { \"$($_.Identity)=$($_.Replicas -join ',')\" }"


def state(at: Bench) -> dict[str, Any]:
    """The Exchange part of the twin's own state."""
    return dict(at.world.hooks.state(at.world))


def said(at: Bench, host: str, shell: str, text: str) -> set[str]:
    """What Exchange says on a server, a line an object."""
    printed = at.administer(host, f'& {{ {text}\n}} | ForEach-Object {{ Write-Host "$_" }}', shell)
    return {line.strip() for line in printed.splitlines() if line.strip()}


def setups(at: Bench, name: str) -> list[tuple[str, ...]]:
    """The arguments of each Setup that ran on a server; none may have run twice."""
    server = at.world.server(name)
    assert server is not None
    runs = [tuple(run.arguments) for run in server.setup_runs]
    assert runs
    assert len(runs) == len(set(runs)), f"{name}: {runs}"
    return runs


def assert_batches_arrived(at: Bench) -> None:
    """Each mailbox of each batch is in a database of its batch."""
    databases = {alias: box["database"] for alias, box in state(at)["mailboxes"].items()}
    for batch in at.topology.batches:
        assert batch.members
        for alias in batch.members:
            assert databases[alias] in batch.targets, (batch.name, alias)


def replicas(lines: set[str]) -> dict[str, set[str]]:
    """Replica databases by folder, from what `REPLICAS` printed."""
    found = dict(line.split("=", 1) for line in lines)
    return {folder: {h.strip() for h in holders.split(",") if h} for folder, holders in found.items()}
