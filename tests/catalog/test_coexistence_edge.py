"""An Edge server of 2007 beside an organization of 2003: its file, its subscription in 2007's shell, and the way back."""

from __future__ import annotations

from tests.catalog import coexistence_worlds as worlds
from tests.catalog.bench import Bench


def test_edge_of_2007_is_subscribed() -> None:
    """The Hub reads the file itself; afterwards the connectors are there, and after a Rollback nothing is."""
    at = Bench(worlds.with_edge())
    step = "edge-subscribe@edge:EDGE07"
    at.up_to(step)
    assert at.change.by_id[step].vantage == "E07"
    assert at.carry_out_thoroughly(step) == "done"
    connectors = at.administer(
        "MAIL07", "Get-SendConnector | ForEach-Object { Write-Host $_.Name }", "shell-e07"
    )
    assert "edgesync" in connectors.lower()
    at.undo(step)
    assert at.administer("MAIL07", "Write-Host @(Get-EdgeSubscription).Count", "shell-e07").strip() == "0"
