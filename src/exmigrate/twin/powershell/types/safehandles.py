"""Microsoft.Win32.SafeHandles: handles as the properties of processes, services and keys show them."""

from __future__ import annotations

from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.values import Record, record_type

_FLAG = "System.Boolean"


def _handle_type(name: str) -> NetType:
    kind = record_type(f"Microsoft.Win32.SafeHandles.{name}", {"IsInvalid": _FLAG, "IsClosed": _FLAG})
    TYPES[kind.name.lower()] = kind
    return kind


PROCESS_HANDLE = _handle_type("SafeProcessHandle")
SERVICE_HANDLE = _handle_type("SafeServiceHandle")
REGISTRY_HANDLE = _handle_type("SafeRegistryHandle")


def open_handle(kind: NetType) -> Record:
    """A handle that is valid and open."""
    return Record(kind, {"IsInvalid": False, "IsClosed": False})
