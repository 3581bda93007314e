"""Commands: parse, call, print. No logic of their own."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command `exmigrate`."""
    import gc

    # A command makes many objects and few circles: looking for those at every 700th object is a tenth of a start.
    gc.set_threshold(100_000, 20, 20)
    from .app import main as run

    run()
