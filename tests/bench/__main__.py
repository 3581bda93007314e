"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

from tests.bench import compile_scale, powershell, wire


def main() -> None:
    """Run them all."""
    for title, bench in (
        ("PowerShell of the twin", powershell.main),
        ("Wire", wire.main),
        ("Compile as the organization grows", compile_scale.main),
    ):
        print(f"\n{title}")
        bench()


if __name__ == "__main__":
    main()
