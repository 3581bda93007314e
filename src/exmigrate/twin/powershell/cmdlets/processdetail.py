"""The properties of System.Diagnostics.Process, with the modules and threads of a process.

What the machine does not keep of a process - its memory by kind, its modules and threads - follows from what it keeps,
so that two looks at a process agree.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.processobject import PROCESS, ProcessObject, of_pid
from exmigrate.twin.powershell.faults import invalid_operation
from exmigrate.twin.powershell.providers.fileinfo import VersionInfo, file_item
from exmigrate.twin.powershell.scalars import LOCAL, DateTime
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.safehandles import PROCESS_HANDLE, open_handle
from exmigrate.twin.powershell.values import Int64, IntPtr, Record, record_type

_PRIORITY = "System.Diagnostics.ProcessPriorityClass"
_I, _L, _S, _SPAN = "System.Int32", "System.Int64", "System.String", "System.TimeSpan"
_HANDLES = 200
_NPM = 20_000
_PAGE = 4096

MODULE = record_type(
    "System.Diagnostics.ProcessModule",
    {
        "Size": _I, "Company": _S, "FileVersion": _S, "ProductVersion": _S, "Description": _S, "Product": _S,
        "ModuleName": _S, "FileName": _S, "BaseAddress": "System.IntPtr", "ModuleMemorySize": _I,
        "EntryPointAddress": "System.IntPtr", "FileVersionInfo": "System.Diagnostics.FileVersionInfo",
        "Site": "System.Object", "Container": "System.Object",
    },
    display=("Size", "ModuleName", "FileName"),
    to_string=lambda one, ctx: f"System.Diagnostics.ProcessModule ({one.values['ModuleName']})",
)  # fmt: skip
THREAD = record_type(
    "System.Diagnostics.ProcessThread",
    {
        "BasePriority": _I, "CurrentPriority": _I, "Id": _I, "IdealProcessor": _I, "PriorityBoostEnabled": "System.Boolean",
        "PriorityLevel": "System.String", "PrivilegedProcessorTime": _SPAN, "StartAddress": "System.IntPtr",
        "StartTime": "System.DateTime", "ThreadState": _S, "TotalProcessorTime": _SPAN, "UserProcessorTime": _SPAN,
        "WaitReason": _S, "ProcessorAffinity": "System.IntPtr", "Site": "System.Object", "Container": "System.Object",
    },
)  # fmt: skip
for _declared in (MODULE, THREAD):
    TYPES[_declared.name.lower()] = _declared
_LIBRARIES = ("ntdll.dll", "kernel32.dll", "KERNELBASE.dll", "ADVAPI32.dll", "msvcrt.dll")


def _exit_code(one: ProcessObject, ctx: Any) -> int:
    code = one.exit_code
    if code is None:
        raise invalid_operation("Process must exit before requested information can be determined.")
    return code - (1 << 32) if code >= 1 << 31 else code


def _started(one: ProcessObject, ctx: Any) -> DateTime:
    at = one.known().started
    return DateTime(at + one.machine.clock.offset_minutes(at) * 600_000_000, LOCAL)


def _exit_time(one: ProcessObject, ctx: Any) -> Any:
    if one.exit_code is None:
        raise invalid_operation("Process must exit before requested information can be determined.")
    return _started(one, ctx)


def _version(one: ProcessObject, key: str) -> Any:
    path = one.known().path
    item = file_item(one.machine.files, path) if path else None
    return VersionInfo(item).data.get(key, "") if item is not None else None


def _versioned(key: str) -> Any:
    return lambda one, ctx: _version(one, key)


def _module(one: ProcessObject, path: str, index: int) -> Record:
    item = file_item(one.machine.files, path)
    info = VersionInfo(item) if item is not None else None
    data = info.data if info is not None else {}
    size = 0x6B000 + index * 0x10000
    base = 0x13F0_0000 if index == 0 else 0x7720_0000 + index * 0x20_0000
    return Record(
        MODULE,
        {
            "Size": size // 1024, "Company": data.get("CompanyName"), "FileVersion": data.get("FileVersion"),
            "ProductVersion": data.get("ProductVersion"), "Description": data.get("FileDescription"),
            "Product": data.get("ProductName"), "ModuleName": path.rpartition("\\")[2], "FileName": path,
            "BaseAddress": IntPtr(base), "ModuleMemorySize": size, "EntryPointAddress": IntPtr(base + 0xC4A8),
            "FileVersionInfo": info, "Site": None, "Container": None,
        },
    )  # fmt: skip


def _modules(one: ProcessObject, ctx: Any) -> Any:
    path = one.known().path
    if not path:
        return v.TypedArray(MODULE, [])
    folder = one.machine.environment.get("SystemRoot", "C:\\Windows") + "\\System32"
    paths = [path, *(f"{folder}\\{name}" for name in _LIBRARIES)]
    return v.TypedArray(MODULE, [_module(one, each, index) for index, each in enumerate(paths)])


def _main_module(one: ProcessObject, ctx: Any) -> Any:
    path = one.known().path
    return _module(one, path, 0) if path else None


def _threads(one: ProcessObject, ctx: Any) -> Any:
    times = _times(one)
    made = Record(
        THREAD,
        {
            "BasePriority": 8, "CurrentPriority": 8, "Id": one.known().pid + 4, "PriorityBoostEnabled": True,
            "PriorityLevel": "Normal", "PrivilegedProcessorTime": times[0], "StartAddress": IntPtr(0x7720_C4A8),
            "StartTime": _started(one, ctx), "ThreadState": "Wait", "TotalProcessorTime": times[2],
            "UserProcessorTime": times[1], "WaitReason": "UserRequest",
        },
    )  # fmt: skip
    return v.TypedArray(THREAD, [made])


def _times(one: ProcessObject) -> tuple[s.TimeSpan, s.TimeSpan, s.TimeSpan]:
    """Privileged, user and total processor time: a quarter of it is the system's."""
    total = int(one.known().cpu_seconds * 10_000_000)
    return s.TimeSpan(total // 4), s.TimeSpan(total - total // 4), s.TimeSpan(total)


def _redirected(stream: Any, name: str) -> Any:
    if stream is None:
        raise invalid_operation(f"{name} has not been redirected or the process hasn't started yet.")
    return stream


def _parent(one: ProcessObject, ctx: Any) -> Any:
    return of_pid(one.machine, one.known().parent) if one.known().parent else None


def _sizes(name: str, size: Any) -> None:
    """A size of memory under its two names: of 32 bits (cut off) and of 64."""

    def narrow(one: ProcessObject, ctx: Any) -> int:
        number = int(size(one)) & 0xFFFF_FFFF
        return number - (1 << 32) if number >= 1 << 31 else number

    PROCESS.prop(name, narrow, type_name=_I)
    PROCESS.prop(f"{name}64", lambda one, ctx: Int64(size(one)), type_name=_L)


def _private(one: ProcessObject) -> int:
    return one.known().working_set


def _virtual(one: ProcessObject) -> int:
    return one.known().working_set * 4


PROCESS.prop("Name", lambda p, ctx: p.known().name, type_name=_S)
PROCESS.prop("SI", lambda p, ctx: p.known().session, type_name=_I)
PROCESS.prop("Handles", lambda p, ctx: _HANDLES, type_name=_I)
PROCESS.prop("VM", lambda p, ctx: Int64(_virtual(p)), type_name=_L)
PROCESS.prop("WS", lambda p, ctx: Int64(p.known().working_set), type_name=_L)
PROCESS.prop("PM", lambda p, ctx: Int64(_private(p)), type_name=_L)
PROCESS.prop("NPM", lambda p, ctx: Int64(_NPM), type_name=_L)
PROCESS.prop("Path", lambda p, ctx: p.known().path or None, type_name=_S)
PROCESS.prop("CommandLine", lambda p, ctx: p.known().command_line or None, type_name=_S, since=7)
PROCESS.prop("Parent", _parent, since=7)
PROCESS.prop("Company", _versioned("CompanyName"), type_name=_S)
PROCESS.prop("CPU", lambda p, ctx: float(p.known().cpu_seconds), type_name="System.Double")
PROCESS.prop("FileVersion", _versioned("FileVersion"), type_name=_S)
PROCESS.prop("ProductVersion", _versioned("ProductVersion"), type_name=_S)
PROCESS.prop("Description", _versioned("FileDescription"), type_name=_S)
PROCESS.prop("Product", _versioned("ProductName"), type_name=_S)
PROCESS.constants({"__NounName": "Process", "BasePriority": 8})
PROCESS.prop("ExitCode", _exit_code, type_name=_I)
PROCESS.prop("HasExited", lambda p, ctx: p.has_exited, type_name="System.Boolean")
PROCESS.prop("ExitTime", _exit_time, type_name="System.DateTime")
PROCESS.prop("Handle", lambda p, ctx: IntPtr(p.known().pid), type_name="System.IntPtr")
PROCESS.prop("SafeHandle", lambda p, ctx: open_handle(PROCESS_HANDLE), None, PROCESS_HANDLE.name, 5.1)
PROCESS.prop("HandleCount", lambda p, ctx: _HANDLES, type_name=_I)
PROCESS.prop("Id", lambda p, ctx: p.known().pid, type_name=_I)
PROCESS.prop("MachineName", lambda p, ctx: ".", type_name=_S)
PROCESS.constants({"MainWindowHandle": IntPtr(0), "MainWindowTitle": ""})
PROCESS.prop("MainModule", _main_module, type_name=MODULE.name)
PROCESS.constants({"MaxWorkingSet": IntPtr(1_413_120), "MinWorkingSet": IntPtr(204_800)})
PROCESS.prop("Modules", _modules)
_sizes("NonpagedSystemMemorySize", lambda p: _NPM)
_sizes("PagedMemorySize", _private)
_sizes("PagedSystemMemorySize", lambda p: _NPM * 10)
_sizes("PeakPagedMemorySize", _private)
_sizes("PeakWorkingSet", lambda p: p.known().working_set)
_sizes("PeakVirtualMemorySize", _virtual)
PROCESS.constants({"PriorityBoostEnabled": True})
PROCESS.prop("PriorityClass", lambda p, ctx: enum_value(_PRIORITY, "Normal"), type_name=_PRIORITY)
_sizes("PrivateMemorySize", _private)
PROCESS.prop("PrivilegedProcessorTime", lambda p, ctx: _times(p)[0], type_name=_SPAN)
PROCESS.prop("ProcessName", lambda p, ctx: p.known().name, type_name=_S)
PROCESS.prop(
    "ProcessorAffinity",
    lambda p, ctx: IntPtr((1 << int(p.machine.environment.get("NUMBER_OF_PROCESSORS", "1"))) - 1),
    type_name="System.IntPtr",
)
PROCESS.prop("Responding", lambda p, ctx: True, type_name="System.Boolean")
PROCESS.prop("SessionId", lambda p, ctx: p.known().session, type_name=_I)
PROCESS.prop("StartInfo", lambda p, ctx: p.info, lambda p, value, ctx: setattr(p, "info", value))
PROCESS.prop("StartTime", _started, type_name="System.DateTime")
PROCESS.constants({"SynchronizingObject": None})
PROCESS.prop("Threads", _threads)
PROCESS.prop("TotalProcessorTime", lambda p, ctx: _times(p)[2], type_name=_SPAN)
PROCESS.prop("UserProcessorTime", lambda p, ctx: _times(p)[1], type_name=_SPAN)
_sizes("VirtualMemorySize", _virtual)
PROCESS.constants({"EnableRaisingEvents": False})
PROCESS.prop("StandardInput", lambda p, ctx: _redirected(p.stdin, "StandardIn"))
PROCESS.prop("StandardOutput", lambda p, ctx: _redirected(p.stdout, "StandardOut"))
PROCESS.prop("StandardError", lambda p, ctx: _redirected(p.stderr, "StandardError"))
_sizes("WorkingSet", lambda p: p.known().working_set)
PROCESS.constants({"Site": None, "Container": None})
