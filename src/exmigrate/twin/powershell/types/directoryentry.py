"""System.DirectoryServices.DirectoryEntry over the machine's directory port.

Binding is lazy, as in life: making an entry of a wrong path succeeds, and the first look at it fails.
Attributes are reached as properties of the entry (the ADSI adapter), .NET's own members beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from exmigrate import facts
from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.errors import NetException, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import DirectoryNode, MachineError
from exmigrate.twin.powershell.scalars import Guid
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import MISSING, Byte, Int64, NetObject, PSObject, TypedArray

NAMESPACE = "System.DirectoryServices"
ENTRY = NetType(f"{NAMESPACE}.DirectoryEntry", d.OBJECT, assembly="System.DirectoryServices")
VALUES = NetType(f"{NAMESPACE}.PropertyValueCollection", d.ARRAY_LIST)
PROPERTIES = NetType(f"{NAMESPACE}.PropertyCollection", d.OBJECT)
CHILDREN = NetType(f"{NAMESPACE}.DirectoryEntries", d.OBJECT)
COM_EXCEPTION = "System.Runtime.InteropServices.COMException"
NATIVE = frozenset(
    "path properties children parent guid nativeguid schemaclassname username authenticationtype usepropertycache "
    "psbase psobject pstypenames nativeobject".split()
)


def directory_fault(refusal: MachineError) -> NetFault:
    """A refusal of the directory as System.DirectoryServices throws it."""
    if refusal.code & 0xFFFFFFFF == 0x80070005:
        return NetFault("System.UnauthorizedAccessException", refusal.message)
    return NetFault(f"{NAMESPACE}.DirectoryServicesCOMException", refusal.message, ErrorCode=refusal.code)


def scripted(name: str, value: Any, com: bool) -> Any:
    """A value as scripts hold it: octets as a byte array, large integers as COM objects where ADSI gives them."""
    if isinstance(value, bytes):
        return TypedArray(d.BYTE, [Byte(item) for item in value])
    if com and isinstance(value, Int64) and name.lower() in facts.large_integer_attributes():
        high, low = value >> 32, value & 0xFFFFFFFF
        low = low - (1 << 32) if low >= 1 << 31 else low
        return PSObject({"HighPart": int(high), "LowPart": int(low)}, ("System.__ComObject",))
    return value


class EntryObject(NetObject):
    """One DirectoryEntry."""

    __slots__ = ("_node", "machine", "net", "password", "path", "user")

    def __init__(
        self, machine: Any, path: str, user: str | None = None, password: str | None = None, node: Any = None
    ) -> None:
        self.machine = machine
        self.path = path
        self.user = user
        self.password = password
        self.net = ENTRY
        self._node: DirectoryNode | None = node

    @property
    def node(self) -> DirectoryNode:
        """The bound object."""
        if self._node is None:
            path = self.path or "LDAP://RootDSE"
            if not self.path:
                root = self.machine.directory.bind(path)
                path = f"LDAP://{root.attributes()['defaultNamingContext'][0]}"
            self._node = self.machine.directory.bind(path, self.user, self.password)
        return self._node

    def values(self, name: str) -> list[Any] | None:
        """Values of an attribute, None when the object has none."""
        for spelled, found in self.node.attributes().items():
            if spelled.lower() == name.lower():
                return found
        return None

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """An attribute as a property of the entry."""
        if name.lower() in NATIVE:
            return MISSING
        try:
            found = self.values(name)
        except MachineError as fault:
            raise error(
                f'The following exception occurred while retrieving member "{name}": "{fault.message}\n"',
                "CatchFromBaseGetMember",
                exception="System.Management.Automation.ExtendedTypeSystemException",
                inner=NetException(f"{NAMESPACE}.DirectoryServicesCOMException", fault.message),
            ) from fault
        return MISSING if found is None else PropertyValues(self, name, found)

    def adapt_set(self, name: str, new: Any, ctx: Any) -> bool:
        """Set an attribute; written by CommitChanges or SetInfo."""
        if name.lower() in NATIVE:
            return False
        self.put(name, list(new) if isinstance(new, list | c.ListBase) else [] if new is None else [new])
        return True

    def put(self, name: str, values: list[Any]) -> None:
        """Hand new values to the object."""
        self.node.put(name, [bytes(item) if isinstance(item, TypedArray) else item for item in values])

    def adapt_call(self, name: str, args: list[Any], ctx: Any) -> Any:
        """A method of the ADSI object."""
        lowered = name.lower()
        if lowered == "create":
            return self.child(str(args[1]), str(args[0]))
        if lowered == "delete" and len(args) == 2:
            EntryObject(self.machine, self._below(str(args[1])), self.user, self.password).node.delete()
            return None
        if lowered == "getobject":
            return EntryObject(self.machine, self._below(str(args[1])), self.user, self.password)
        try:
            result = self.node.call(name, args)
        except MachineError as fault:
            if fault.code == 0x80020006:
                return MISSING
            raise directory_fault(fault) from fault
        if isinstance(result, list):
            return [scripted(str(args[0]), item, True) for item in result]
        return scripted(str(args[0]), result, True) if args else result

    def adapt_names(self) -> list[str]:
        """Names of the attributes."""
        return sorted(self.node.attributes(), key=str.lower)

    def child(self, rdn: str, object_class: str) -> EntryObject:
        """A new object below this one."""
        node = self.node.add_child(rdn, object_class)
        return EntryObject(self.machine, node.path, self.user, self.password, node)

    def _below(self, rdn: str) -> str:
        head, dn = _split_path(self.node.path)
        return f"{head}/{rdn},{dn}"


def _split_path(path: str) -> tuple[str, str]:
    r"""An ADsPath at its last slash that is none of a name's: ``LDAP://dc/CN=a\/b,DC=c`` at the one before ``CN``."""
    slash = max((m.start() for m in re.finditer(r"(?<!\\)/", path)), default=-1)
    return path[:slash], path[slash + 1 :]


def _first_name(path: str) -> str:
    """The first part of an ADsPath's DN, as the Name property shows it."""
    return re.split(r"(?<!\\),", _split_path(path)[1])[0].replace("\\/", "/")


class PropertyValues(c.ListBase):
    """Values of one attribute of an entry; changing them changes the entry."""

    __slots__ = ("name", "net", "owner")

    def __init__(self, owner: EntryObject, name: str, values: list[Any]) -> None:
        super().__init__(scripted(name, value, True) for value in values)
        self.owner = owner
        self.name = name
        self.net = VALUES

    def store(self) -> None:
        """Hand the values to the entry."""
        self.owner.put(self.name, list(self.items))


def _single(values: PropertyValues, ctx: Any) -> Any:
    if not values.items:
        return None
    return values.items[0] if len(values.items) == 1 else list(values.items)


def _set_single(values: PropertyValues, new: Any, ctx: Any) -> None:
    values.items[:] = list(new) if isinstance(new, list | c.ListBase) else [] if new is None else [new]
    values.store()


VALUES.prop("Value", _single, _set_single)
VALUES.prop("PropertyName", lambda values, ctx: values.name)
VALUES.prop("Count", lambda values, ctx: len(values.items), None, "System.Int32")
VALUES.to_string = lambda values, ctx: " ".join(str(item) for item in values.items)


@VALUES.method("int Add(object value)")
def _add(values: PropertyValues, value: Any) -> int:
    values.items.append(value)
    values.store()
    return len(values.items) - 1


@VALUES.method("void AddRange(object[] value)")
def _add_range(values: PropertyValues, value: Any) -> None:
    values.items.extend(value)
    values.store()


@VALUES.method("void Remove(object value)")
def _remove(values: PropertyValues, value: Any) -> None:
    values.items[:] = [item for item in values.items if str(item).lower() != str(value).lower()]
    values.store()


@VALUES.method("void Clear()")
def _clear(values: PropertyValues) -> None:
    values.items.clear()
    values.store()


@VALUES.method("bool Contains(object value)")
def _contains_value(values: PropertyValues, value: Any) -> bool:
    return any(str(item).lower() == str(value).lower() for item in values.items)


class PropertyTable(NetObject):
    """The Properties of an entry."""

    __slots__ = ("net", "owner")

    def __init__(self, owner: EntryObject) -> None:
        self.owner = owner
        self.net = PROPERTIES

    def of(self, name: str) -> PropertyValues:
        """Values of an attribute, an empty collection when it has none."""
        try:
            return PropertyValues(self.owner, name, self.owner.values(name) or [])
        except MachineError as fault:
            from exmigrate.twin.powershell.types.access import get_failed

            raise get_failed("Item", directory_fault(fault)) from fault

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """A key of a dictionary is a property in PowerShell."""
        if name.lower() in ("propertynames", "count", "values", "keys"):
            return MISSING
        return self.of(name) if self.owner.values(name) is not None else MISSING


def _guarded_names(table: PropertyTable, ctx: Any) -> list[str]:
    return table.owner.adapt_names()


PROPERTIES.indexer = lambda table, keys, ctx: table.of(str(keys[0]))
PROPERTIES.prop("PropertyNames", _guarded_names)
PROPERTIES.prop("Keys", _guarded_names)
PROPERTIES.prop("Count", lambda table, ctx: len(table.owner.adapt_names()), None, "System.Int32")
PROPERTIES.method("bool Contains(string propertyName)")(
    lambda table, name: table.owner.values(name) is not None
)


class Children(NetObject):
    """The Children of an entry."""

    __slots__ = ("net", "owner")

    def __init__(self, owner: EntryObject) -> None:
        self.owner = owner
        self.net = CHILDREN

    def __iter__(self) -> Iterator[EntryObject]:
        for node in self.owner.node.children():
            yield EntryObject(self.owner.machine, node.path, self.owner.user, self.owner.password, node)


CHILDREN.enumerate = lambda children, ctx: iter(children)
CHILDREN.method("object Add(string name, string schemaClassName)")(
    lambda children, name, kind: children.owner.child(name, kind)
)


@CHILDREN.method("object Find(string name)", "object Find(string name, string schemaClassName)")
def _find(children: Children, name: str, kind: str = "") -> EntryObject:
    for child in children:
        if _split_path(child.node.path)[1].lower().startswith(name.lower() + ","):
            return child
    raise NetFault(f"{NAMESPACE}.DirectoryServicesCOMException", "There is no such object on the server.")


CHILDREN.method("void Remove(object entry)")(lambda children, entry: entry.node.delete())


# DirectoryEntry


@ENTRY.constructor("new()", "new(string path)", ctx=True)
def _new_entry(path: str = "", ctx: Any = None) -> EntryObject:
    return EntryObject(ctx.machine, path or "")


@ENTRY.constructor(
    "new(string path, string username, string password)",
    "new(string path, string username, string password, object authenticationType)",
    ctx=True,
)
def _new_entry_as(path: str, user: str, password: str, kind: Any = None, ctx: Any = None) -> EntryObject:
    return EntryObject(ctx.machine, path, user, password)


def _convert(value: Any, ctx: Any) -> Any:
    return value if isinstance(value, EntryObject) else EntryObject(ctx.machine, str(value))


ENTRY.convert = _convert


@ENTRY.static_method("bool Exists(string path)", ctx=True)
def _exists(path: str, ctx: Any) -> bool:
    try:
        ctx.machine.directory.bind(path)
    except MachineError as fault:
        if fault.code & 0xFFFFFFFF == 0x80072030:
            return False
        raise directory_fault(fault) from fault
    return True


def _set_path(entry: EntryObject, value: Any, ctx: Any) -> None:
    entry.path = str(value)
    entry._node = None


def _parent(entry: EntryObject, ctx: Any) -> EntryObject | None:
    above = entry.node.parent()
    return (
        None if above is None else EntryObject(entry.machine, above.path, entry.user, entry.password, above)
    )


def _guid(entry: EntryObject, ctx: Any) -> Guid:
    import uuid

    return Guid(str(uuid.UUID(bytes_le=bytes((entry.values("objectGUID") or [bytes(16)])[0]))))


ENTRY.prop("Path", lambda entry, ctx: entry.path or entry.node.path, _set_path, "System.String")
ENTRY.prop("Properties", lambda entry, ctx: PropertyTable(entry))
ENTRY.prop("Children", lambda entry, ctx: Children(entry))
ENTRY.prop("Parent", _parent)
ENTRY.prop("Guid", _guid)
ENTRY.prop("Name", lambda entry, ctx: _first_name(entry.node.path))
ENTRY.prop("SchemaClassName", lambda entry, ctx: (entry.values("objectClass") or [""])[-1])
ENTRY.prop("Username", lambda entry, ctx: entry.user)
ENTRY.prop("UsePropertyCache", lambda entry, ctx: True)
ENTRY.method("void CommitChanges()")(lambda entry: entry.node.commit())
ENTRY.method("void RefreshCache()", "void RefreshCache(string[] propertyNames)")(
    lambda entry, names=None: None
)
ENTRY.method("void Close()")(lambda entry: None)
ENTRY.method("void Dispose()")(lambda entry: None)
ENTRY.method("void DeleteTree()")(lambda entry: entry.node.delete(True))
ENTRY.method("void Rename(string newName)")(lambda entry, name: entry.node.move("", name))
ENTRY.method("void MoveTo(object newParent)", "void MoveTo(object newParent, string newName)")(
    lambda entry, above, name=None: entry.node.move(above.node.path, name)
)
ENTRY.method("object InvokeGet(string propertyName)")(lambda entry, name: entry.node.call("Get", [name]))
ENTRY.method("object Invoke(string methodName, params object[] args)")(
    lambda entry, name, args: entry.adapt_call(name, list(args or []), None)
)
ENTRY.method("void InvokeSet(string propertyName, params object[] args)")(
    lambda entry, name, args: entry.put(name, list(args or []))
)
