"""Commands: parse, call, print. No logic of their own."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command `exmigrate`."""
    from .app import main as run

    run()
