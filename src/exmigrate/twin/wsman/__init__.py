"""WinRM on loopback for the simulated servers: WS-Management shells over HTTP and HTTPS, with real authentication.

The room turns bytes into command lines and hands them to a `ProcessFactory` with the logon that sent them; it
knows no Exchange and no directory. `WinRMServer` hosts any number of machines in one process.
"""

from .faults import Effect, Faults, Moment, NoFaults, ScriptedFaults, WireFault
from .ntlm import nt_hash
from .organization import Organization, WorldAccounts, WorldProcesses
from .ports import (
    WINRM_2,
    Account,
    Accounts,
    CommandNotFound,
    CommandRequest,
    Console,
    Logon,
    LogonKind,
    MachineSpec,
    MachineStops,
    Process,
    ProcessFactory,
    Quotas,
    StandardInput,
)
from .server import Endpoint, WinRMServer
from .tls import Authority, Pair

__all__ = [
    "WINRM_2",
    "Account",
    "Accounts",
    "Authority",
    "CommandNotFound",
    "CommandRequest",
    "Console",
    "Effect",
    "Endpoint",
    "Faults",
    "Logon",
    "LogonKind",
    "MachineSpec",
    "MachineStops",
    "Moment",
    "NoFaults",
    "Organization",
    "Pair",
    "Process",
    "ProcessFactory",
    "Quotas",
    "ScriptedFaults",
    "StandardInput",
    "WinRMServer",
    "WireFault",
    "WorldAccounts",
    "WorldProcesses",
    "nt_hash",
]
