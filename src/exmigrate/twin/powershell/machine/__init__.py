"""The one port to machine state: everything that a script can reach outside of itself.

`Machine` gathers the ports of one server; `MemoryMachine` is one held in memory, for tests and for use
without a world. Whoever brings a world implements `Machine` (whole, or by replacing single ports of a
`MemoryMachine`). Nothing in the interpreter touches the real machine.
"""

from exmigrate.twin.powershell.machine.memory import (
    MemoryCertificates,
    MemoryClock,
    MemoryEventLogs,
    MemoryMachine,
    MemoryNetwork,
    MemoryProcesses,
    MemoryRandom,
    MemoryServices,
)
from exmigrate.twin.powershell.machine.memory_files import MemoryFiles, MemoryRegistry
from exmigrate.twin.powershell.machine.ports import (
    Certificates,
    Clock,
    Connection,
    Directory,
    DirectoryNode,
    EventLogs,
    Files,
    FileStat,
    HttpAnswer,
    LogEntry,
    Machine,
    MachineError,
    Network,
    Process,
    Processes,
    ProgramResult,
    Random,
    RegistryPort,
    Service,
    Services,
    StoredCertificate,
)

__all__ = [
    "Certificates",
    "Clock",
    "Connection",
    "Directory",
    "DirectoryNode",
    "EventLogs",
    "FileStat",
    "Files",
    "HttpAnswer",
    "LogEntry",
    "Machine",
    "MachineError",
    "MemoryCertificates",
    "MemoryClock",
    "MemoryEventLogs",
    "MemoryFiles",
    "MemoryMachine",
    "MemoryNetwork",
    "MemoryProcesses",
    "MemoryRandom",
    "MemoryRegistry",
    "MemoryServices",
    "Network",
    "Process",
    "Processes",
    "ProgramResult",
    "Random",
    "RegistryPort",
    "Service",
    "Services",
    "StoredCertificate",
]
