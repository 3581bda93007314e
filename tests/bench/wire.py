"""A server's answers over real sockets: the kept process against one PowerShell process a command, in one run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import winrm

from exmigrate.rehearse import world_spec
from exmigrate.remote import Call, ConnectionSettings, RemoteCredential, WinRMSessions
from exmigrate.twin.serve import Twin
from tests.plan.topologies import single_site

CALLS = 20
PASSWORD = "Bench-1-password"
SCRIPT = "function Check { param($a) @{ state = 'satisfied'; facts = @{ n = $a.n + 1 } } }"


def measure() -> tuple[float, float, float]:
    """Seconds for `CALLS` calls: plain `run_ps`, the kept process one by one, the kept process in one round trip."""
    twin = Twin(world_spec(single_site(), {c.name: PASSWORD for c in single_site().credentials}))
    endpoint = twin.start(60)["MAIL2010"]
    try:
        plain = winrm.Session(
            f"http://{endpoint.address}:{endpoint.http_port}/wsman",
            auth=("CONTOSO\\exmigrate", PASSWORD),
            transport="ntlm",
        )
        settings = ConnectionSettings(
            server="MAIL2010",
            address=endpoint.address,
            transport="ntlm",
            scheme="http",
            port=endpoint.http_port,
        )
        session = WinRMSessions().open(settings, RemoteCredential("CONTOSO\\exmigrate", PASSWORD))
        digest = "sha256:" + hashlib.sha256(SCRIPT.encode()).hexdigest()
        calls = [Call(digest, SCRIPT, "Check", {"n": n}) for n in range(CALLS)]
        session.call(calls[:1])
        one_by_one = _seconds(lambda: [session.call([call]) for call in calls])
        together = _seconds(lambda: session.call(calls))
        session.close()
        by_process = _seconds(lambda: [plain.run_ps("1 + 1") for _ in range(CALLS)])
        return by_process, one_by_one, together
    finally:
        twin.stop()


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios."""
    by_process, one_by_one, together = measure()
    print(f"{CALLS} calls, one process each (run_ps): {by_process:.2f} s")
    print(
        f"{CALLS} calls, kept process:              {one_by_one:.2f} s  (x{by_process / one_by_one:.1f} faster)"
    )
    print(
        f"{CALLS} calls, kept process, one trip:    {together:.2f} s  (x{by_process / together:.1f} faster)"
    )


if __name__ == "__main__":
    main()
