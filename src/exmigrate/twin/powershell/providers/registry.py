"""The Registry provider and Microsoft.Win32.RegistryKey."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.providers.base import Provider, path_not_found
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.safehandles import REGISTRY_HANDLE, open_handle
from exmigrate.twin.powershell.types.texts import to_text

_HIVES = {
    "hklm": "HKEY_LOCAL_MACHINE",
    "hkcu": "HKEY_CURRENT_USER",
    "hkcr": "HKEY_CLASSES_ROOT",
    "hku": "HKEY_USERS",
    "hkcc": "HKEY_CURRENT_CONFIG",
}


class RegistryKey(v.NetObject):
    """Microsoft.Win32.RegistryKey: a path over the machine's registry."""

    __slots__ = ("path", "registry")

    def __init__(self, registry: Any, path: str):
        self.registry = registry
        self.path = path


KEY = declare_type("Microsoft.Win32.RegistryKey", python=RegistryKey)
KEY.display = ("Name", "Property")
KEY.prop("Name", lambda key, ctx: key.path, type_name="System.String")
KEY.prop("SubKeyCount", lambda key, ctx: len(key.registry.subkeys(key.path)), type_name="System.Int32")
KEY.prop("ValueCount", lambda key, ctx: len(key.registry.values(key.path)), type_name="System.Int32")
KEY.prop("Property", lambda key, ctx: [name or "(default)" for name in key.registry.values(key.path)])
KEY.prop("Handle", lambda key, ctx: open_handle(REGISTRY_HANDLE), None, REGISTRY_HANDLE.name, 3.0)
KEY.prop("View", lambda key, ctx: enum_value("Microsoft.Win32.RegistryView", "Default"), since=3.0)
KEY.to_string = lambda key, ctx: key.path
KEY.method("string[] GetSubKeyNames()")(lambda key: v.TypedArray(d.STRING, key.registry.subkeys(key.path)))
KEY.method("string[] GetValueNames()")(
    lambda key: v.TypedArray(d.STRING, list(key.registry.values(key.path)))
)
KEY.method("void Close()", "void Dispose()", "void Flush()")(lambda key: None)


def to_value(kind: str, data: Any, machine: Any = None) -> Any:
    """A value's data as PowerShell sees it."""
    if kind == "DWord":
        return int(data) - 2**32 if int(data) >= 2**31 else int(data)
    if kind == "QWord":
        return v.Int64(data)
    if kind == "Binary":
        return v.TypedArray(d.BYTE, map(v.Byte, data))
    if kind == "MultiString":
        return v.TypedArray(d.STRING, data)
    if kind == "ExpandString" and machine is not None:
        from exmigrate.twin.powershell.types.system import expand_variables

        return expand_variables(str(data), machine.environment)
    return str(data)


def from_value(value: Any, kind: str | None) -> tuple[str, Any]:
    """Kind and data for a value that a script gives; the kind follows from the value where none is named."""
    if kind is None or kind.lower() == "unknown":
        kind = _kind_of(value)
    name = next((one for one in _KINDS if one.lower() == kind.lower()), None)
    if name is None:
        raise error(
            f'Cannot convert value "{kind}" to type "Microsoft.Win32.RegistryValueKind".',
            "InvalidCast",
            "InvalidArgument",
        )
    if name == "DWord":
        return name, int(convert(value, d.INT64)) & 0xFFFFFFFF
    if name == "QWord":
        return name, int(convert(value, d.INT64))
    if name == "Binary":
        return name, bytes(int(one) for one in (value if isinstance(value, list) else [value]))
    if name == "MultiString":
        return name, [to_text(one) for one in (value if isinstance(value, list) else [value])]
    return name, to_text(value)


_KINDS = ("String", "ExpandString", "Binary", "DWord", "MultiString", "QWord")


def _kind_of(value: Any) -> str:
    if isinstance(value, v.Int64):
        return "QWord"
    if isinstance(value, int) and not isinstance(value, bool):
        return "DWord"
    if isinstance(value, v.TypedArray) and value.element is d.BYTE:
        return "Binary"
    return "MultiString" if isinstance(value, list) else "String"


def _find(key: RegistryKey, name: str) -> tuple[str, Any] | None:
    for known, found in key.registry.values(key.path).items():
        if known.lower() == (name or "").lower():
            return found  # type: ignore[no-any-return]
    return None


@KEY.method(
    "object GetValue(string name)",
    "object GetValue(string name, object defaultValue)",
    "object GetValue(string name, object defaultValue, object options)",
    ctx=True,
)
def _get_value(key: RegistryKey, name: str, default: Any = None, options: Any = None, ctx: Any = None) -> Any:
    found = _find(key, name)
    if found is None:
        return default
    return to_value(found[0], found[1], None if options is not None else ctx.machine)


@KEY.method("Microsoft.Win32.RegistryValueKind GetValueKind(string name)")
def _get_kind(key: RegistryKey, name: str) -> Any:
    found = _find(key, name)
    if found is None:
        raise NetFault("System.IO.IOException", "The specified registry key does not exist.")
    return enum_value("Microsoft.Win32.RegistryValueKind", found[0])


@KEY.method(
    "void SetValue(string name, object value)",
    "void SetValue(string name, object value, Microsoft.Win32.RegistryValueKind valueKind)",
)
def _set_value(key: RegistryKey, name: str, value: Any, kind: Any = None) -> None:
    key.registry.set_value(key.path, name or "", *from_value(value, str(kind) if kind is not None else None))


@KEY.method("void DeleteValue(string name)", "void DeleteValue(string name, bool throwOnMissingValue)")
def _delete_value(key: RegistryKey, name: str, throw: bool = True) -> None:
    if _find(key, name) is None:
        if throw:
            raise NetFault("System.ArgumentException", "No value exists with that name.")
        return
    key.registry.delete_value(key.path, name)


@KEY.method(
    "Microsoft.Win32.RegistryKey OpenSubKey(string name)",
    "Microsoft.Win32.RegistryKey OpenSubKey(string name, bool writable)",
)
def _open(key: RegistryKey, name: str, writable: bool = False) -> RegistryKey | None:
    path = f"{key.path}\\{name}".rstrip("\\")
    return RegistryKey(key.registry, path) if key.registry.exists(path) else None


@KEY.method("Microsoft.Win32.RegistryKey CreateSubKey(string subkey)")
def _create(key: RegistryKey, name: str) -> RegistryKey:
    key.registry.create(f"{key.path}\\{name}")
    return RegistryKey(key.registry, f"{key.path}\\{name}")


@KEY.method("void DeleteSubKey(string subkey)", "void DeleteSubKeyTree(string subkey)")
def _delete(key: RegistryKey, name: str) -> None:
    if not key.registry.exists(f"{key.path}\\{name}"):
        raise NetFault(
            "System.ArgumentException", "Cannot delete a subkey tree because the subkey does not exist."
        )
    key.registry.delete(f"{key.path}\\{name}")


@KEY.static_method(
    "Microsoft.Win32.RegistryKey OpenRemoteBaseKey(Microsoft.Win32.RegistryHive hKey, string machineName)",
    "Microsoft.Win32.RegistryKey OpenBaseKey(Microsoft.Win32.RegistryHive hKey, Microsoft.Win32.RegistryView view)",
    ctx=True,
)
def _open_base(hive: Any, where: Any, ctx: Any) -> RegistryKey:
    name = to_text(where).partition(".")[0].lower()
    own = ctx.machine.name.lower()
    if isinstance(where, str) and name not in ("", own):
        other = getattr(ctx.machine, "other", None)
        found = other(where) if other is not None else None
        if found is None:
            raise NetFault("System.IO.IOException", "The network path was not found.")
        return RegistryKey(found.registry, _hive_name(hive))
    return RegistryKey(ctx.machine.registry, _hive_name(hive))


def _hive_name(hive: Any) -> str:
    return {
        "LocalMachine": "HKEY_LOCAL_MACHINE",
        "CurrentUser": "HKEY_CURRENT_USER",
        "ClassesRoot": "HKEY_CLASSES_ROOT",
        "Users": "HKEY_USERS",
        "CurrentConfig": "HKEY_CURRENT_CONFIG",
    }[str(hive)]


REGISTRY = declare_type("Microsoft.Win32.Registry", is_abstract=True)
for _name, _hive in (
    ("LocalMachine", "HKEY_LOCAL_MACHINE"),
    ("CurrentUser", "HKEY_CURRENT_USER"),
    ("ClassesRoot", "HKEY_CLASSES_ROOT"),
    ("Users", "HKEY_USERS"),
):
    REGISTRY.static(_name, lambda ctx, hive=_hive: RegistryKey(ctx.machine.registry, hive))


@REGISTRY.static_method("object GetValue(string keyName, string valueName, object defaultValue)", ctx=True)
def _static_get(path: str, name: str, default: Any, ctx: Any) -> Any:
    registry = ctx.machine.registry
    if not registry.exists(path):
        return None
    return _get_value(RegistryKey(registry, path), name, default, ctx=ctx)


@REGISTRY.static_method(
    "void SetValue(string keyName, string valueName, object value)",
    "void SetValue(string keyName, string valueName, object value, Microsoft.Win32.RegistryValueKind valueKind)",
    ctx=True,
)
def _static_set(path: str, name: str, value: Any, kind: Any = None, ctx: Any = None) -> None:
    ctx.machine.registry.create(path)
    _set_value(RegistryKey(ctx.machine.registry, path), name, value, kind)


class RegistryProvider(Provider):
    """Keys and values of the machine's registry."""

    name = "Registry"
    has_properties = True
    drives = ("HKLM", "HKCU")

    def drive_names(self, session: Any) -> list[str]:
        return list(self.drives) if session.machine.platform == "windows" else []

    def root_of(self, drive: str, session: Any) -> str | None:
        return _HIVES.get(drive.lower())

    def normal(self, path: str, session: Any) -> str:
        clean = "\\".join(part for part in path.replace("/", "\\").split("\\") if part and part != ".")
        head, _, rest = clean.partition("\\")
        head = _HIVES.get(head.lower(), head.upper() if head.upper().startswith("HKEY_") else head)
        return f"{head}\\{rest}" if rest else head

    def item(self, session: Any, path: str) -> Any:
        registry = session.machine.registry
        return RegistryKey(registry, _proper(registry, path)) if registry.exists(path) else None

    def exists(self, session: Any, path: str) -> bool:
        return not path or bool(session.machine.registry.exists(path))

    def is_container(self, session: Any, path: str) -> bool:
        return self.exists(session, path)

    def children(self, session: Any, path: str) -> list[str]:
        names: list[str] = session.machine.registry.subkeys(path)
        return names

    def new(self, session: Any, path: str, kind: str, value: Any, force: bool) -> Any:
        registry = session.machine.registry
        if registry.exists(path) and not force:
            raise error(
                "A key in this path already exists.",
                "System.IO.IOException",
                "ResourceExists",
                path,
                exception="System.IO.IOException",
            )
        parent = self.parent(path)
        if parent and not registry.exists(parent) and not force:
            raise error(
                "The registry key at the specified path does not exist.",
                "System.ArgumentException",
                "InvalidArgument",
                path,
                exception="System.ArgumentException",
            )
        if registry.exists(path):
            registry.delete(path)
        registry.create(path)
        if value is not None:
            registry.set_value(path, "", *from_value(value, None if kind in ("", "Directory") else kind))
        return RegistryKey(registry, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        registry = session.machine.registry
        if not registry.exists(path):
            raise path_not_found(path)
        registry.delete(path)

    def rename(self, session: Any, path: str, name: str, force: bool) -> Any:
        return self.move(session, path, self.join(self.parent(path), name), force)

    def copy(self, session: Any, path: str, target: str, recurse: bool, force: bool) -> Any:
        registry = session.machine.registry
        if registry.exists(target):
            target = self.join(target, self.leaf(path))
        self._copy_tree(registry, path, target, recurse)
        return RegistryKey(registry, target)

    def _copy_tree(self, registry: Any, path: str, target: str, recurse: bool) -> None:
        registry.create(target)
        for name, (kind, data) in registry.values(path).items():
            registry.set_value(target, name, kind, data)
        for name in registry.subkeys(path) if recurse else []:
            self._copy_tree(registry, f"{path}\\{name}", f"{target}\\{name}", True)

    def move(self, session: Any, path: str, target: str, force: bool) -> Any:
        registry = session.machine.registry
        self._copy_tree(registry, path, target, True)
        registry.delete(path)
        return RegistryKey(registry, target)

    def properties(self, session: Any, path: str, names: list[str] | None) -> dict[str, Any]:
        registry = session.machine.registry
        if not registry.exists(path):
            raise path_not_found(path)
        return {
            name or "(default)": to_value(kind, data, session.machine)
            for name, (kind, data) in registry.values(path).items()
        }

    def set_property(self, session: Any, path: str, name: str, value: Any, kind: str | None) -> None:
        registry = session.machine.registry
        if not registry.exists(path):
            raise path_not_found(path)
        stored = "" if name.lower() == "(default)" else name
        existing = next(
            (k for n, (k, _) in registry.values(path).items() if n.lower() == stored.lower()), None
        )
        registry.set_value(path, stored, *from_value(value, kind or existing))

    def remove_property(self, session: Any, path: str, name: str) -> None:
        stored = "" if name.lower() == "(default)" else name
        session.machine.registry.delete_value(path, stored)


def _proper(registry: Any, path: str) -> str:
    """The path with the case that the keys were made with."""
    parts = path.split("\\")
    made = parts[0]
    for part in parts[1:]:
        made += "\\" + next((name for name in registry.subkeys(made) if name.lower() == part.lower()), part)
    return made
