"""Whether the process that holds a lease is still there, on the machine where that can be known."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path

from .port import Owner


def this_process() -> Owner:
    """The owner that this process is."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return Owner(user, socket.gethostname(), os.getpid(), _start_of(os.getpid()))


def known_dead(owner: Owner) -> bool:
    """Whether the process is certainly gone; False where it cannot be known (another machine)."""
    if owner.host != socket.gethostname():
        return False
    if owner.started and Path("/proc/self/stat").exists():
        return _start_of(owner.pid) != owner.started
    return not _exists(owner.pid)


def _exists(pid: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_of(pid: int) -> str:
    """Boot id and start ticks of a process (Linux); empty where there is no such process, or no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else f"{boot}:{fields[19]}"
