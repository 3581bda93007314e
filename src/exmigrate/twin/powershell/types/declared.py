"""The types that the language itself knows, by name, base and Python class; their members stand elsewhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import EXCEPTION_BASES, NetException
from exmigrate.twin.powershell.typeinfo import ACCELERATORS, BY_CLASS, TYPES, NetType, declare_type

OBJECT = declare_type("System.Object", None, object)
VALUE_TYPE = declare_type("System.ValueType", is_value_type=False, is_abstract=True)
ENUM = declare_type("System.Enum", "System.ValueType", is_abstract=True)
ARRAY = declare_type(
    "System.Array",
    interfaces=(
        "System.Collections.IList",
        "System.Collections.ICollection",
        "System.Collections.IEnumerable",
        "System.ICloneable",
    ),
    is_abstract=True,
)
VOID = declare_type("System.Void", "System.ValueType", is_value_type=True)
TYPE = declare_type("System.Type", is_abstract=True)
RUNTIME_TYPE = declare_type("System.RuntimeType", "System.Type", NetType)
NUMBER = ("System.IComparable", "System.IFormattable", "System.IConvertible")


def _number(name: str, python: type) -> NetType:
    return declare_type(name, "System.ValueType", python, is_value_type=True, interfaces=NUMBER)


BOOLEAN = declare_type(
    "System.Boolean",
    "System.ValueType",
    bool,
    is_value_type=True,
    interfaces=("System.IComparable", "System.IConvertible"),
)
INT32 = _number("System.Int32", int)
INT64 = _number("System.Int64", v.Int64)
INT16 = _number("System.Int16", v.Int16)
BYTE = _number("System.Byte", v.Byte)
SBYTE = _number("System.SByte", v.SByte)
UINT16 = _number("System.UInt16", v.UInt16)
UINT32 = _number("System.UInt32", v.UInt32)
UINT64 = _number("System.UInt64", v.UInt64)
INTPTR = _number("System.IntPtr", v.IntPtr)
DOUBLE = _number("System.Double", float)
SINGLE = _number("System.Single", v.Single)
DECIMAL = _number("System.Decimal", Decimal)
BIGINTEGER = _number("System.Numerics.BigInteger", v.BigInteger)
STRING = declare_type(
    "System.String",
    python=str,
    interfaces=(
        "System.IComparable",
        "System.ICloneable",
        "System.IConvertible",
        "System.Collections.IEnumerable",
    ),
)
CHAR = declare_type(
    "System.Char",
    "System.ValueType",
    v.Char,
    is_value_type=True,
    interfaces=("System.IComparable", "System.IConvertible"),
)

DATETIME = declare_type(
    "System.DateTime", "System.ValueType", s.DateTime, is_value_type=True, interfaces=NUMBER
)
TIMESPAN = declare_type(
    "System.TimeSpan", "System.ValueType", s.TimeSpan, is_value_type=True, interfaces=NUMBER
)
DATETIMEOFFSET = declare_type(
    "System.DateTimeOffset", "System.ValueType", s.DateTimeOffset, is_value_type=True, interfaces=NUMBER
)
GUID = declare_type("System.Guid", "System.ValueType", s.Guid, is_value_type=True, interfaces=NUMBER[:2])
VERSION = declare_type(
    "System.Version", python=s.Version, interfaces=("System.IComparable", "System.ICloneable")
)
SECURE_STRING = declare_type("System.Security.SecureString", python=s.SecureString)
PSCREDENTIAL = declare_type("System.Management.Automation.PSCredential", python=s.Credential)
SWITCH = declare_type(
    "System.Management.Automation.SwitchParameter", "System.ValueType", s.Switch, is_value_type=True
)

_COLLECTION = ("System.Collections.ICollection", "System.Collections.IEnumerable", "System.ICloneable")
_DICTIONARY = ("System.Collections.IDictionary", *_COLLECTION)
_LIST = ("System.Collections.IList", *_COLLECTION)
HASHTABLE = declare_type("System.Collections.Hashtable", python=c.Hashtable, interfaces=_DICTIONARY)
ORDERED = declare_type(
    "System.Collections.Specialized.OrderedDictionary", python=c.OrderedDictionary, interfaces=_DICTIONARY
)
DICTIONARY = declare_type("System.Collections.Generic.Dictionary`2", interfaces=_DICTIONARY)
SORTED_DICTIONARY = declare_type("System.Collections.Generic.SortedDictionary`2", interfaces=_DICTIONARY)
SORTED_LIST = declare_type("System.Collections.SortedList", python=c.SortedList, interfaces=_DICTIONARY)
ENTRY = declare_type(
    "System.Collections.DictionaryEntry", "System.ValueType", c.DictionaryEntry, is_value_type=True
)
KEY_VALUE = declare_type("System.Collections.Generic.KeyValuePair`2", "System.ValueType", is_value_type=True)
ARRAY_LIST = declare_type("System.Collections.ArrayList", python=c.ArrayList, interfaces=_LIST)
GENERIC_LIST = declare_type("System.Collections.Generic.List`1", interfaces=_LIST)
COLLECTION = declare_type("System.Collections.ObjectModel.Collection`1", interfaces=_LIST)
READ_ONLY_COLLECTION = declare_type("System.Collections.ObjectModel.ReadOnlyCollection`1", interfaces=_LIST)
HASH_SET = declare_type("System.Collections.Generic.HashSet`1", interfaces=_COLLECTION[:2])
QUEUE = declare_type("System.Collections.Queue", python=c.Queue, interfaces=_COLLECTION)
GENERIC_QUEUE = declare_type("System.Collections.Generic.Queue`1", interfaces=_COLLECTION[:2])
STACK = declare_type("System.Collections.Stack", python=c.Stack, interfaces=_COLLECTION)
GENERIC_STACK = declare_type("System.Collections.Generic.Stack`1", interfaces=_COLLECTION[:2])
STRING_COLLECTION = declare_type("System.Collections.Specialized.StringCollection", interfaces=_LIST)
BIT_ARRAY = declare_type("System.Collections.BitArray", python=c.BitArray, interfaces=_COLLECTION)
ENUMERATOR = declare_type(
    "System.Collections.IEnumerator", python=c.Enumerator, interfaces=("System.Collections.IEnumerator",)
)

CUSTOM_OBJECT = declare_type("System.Management.Automation.PSCustomObject", python=v.PSObject)
PSOBJECT = declare_type("System.Management.Automation.PSObject")
PSCUSTOM = NetType("System.Management.Automation.PSObject", OBJECT)
"""What ``[pscustomobject]`` names from 3.0 on: a cast to it makes a custom object of a dictionary."""
REFERENCE = declare_type("System.Management.Automation.PSReference", python=v.Reference)
DBNULL = declare_type("System.DBNull")
NULLABLE = declare_type("System.Nullable`1", "System.ValueType")

for _name in (
    "System.IDisposable",
    "System.IComparable",
    "System.IFormattable",
    "System.IConvertible",
    "System.ICloneable",
    "System.Collections.IEnumerable",
    "System.Collections.ICollection",
    "System.Collections.IList",
    "System.Collections.IDictionary",
    "System.Collections.IComparer",
    "System.Collections.IEqualityComparer",
):
    declare_type(_name, None, is_interface=True)

BY_CLASS[v.EnumValue] = ENUM
BY_CLASS.pop(object)

_ARRAYS: dict[str, NetType] = {}
OBJECT_ARRAY: NetType


def array_type(element: NetType, rank: int = 1) -> NetType:
    """The type of arrays of an element type, made once."""
    suffix = "[" + "," * (rank - 1) + "]"
    name = element.name + suffix
    cache = _ARRAYS if element.ps_class is None else element.made_of
    found = cache.get(name)
    if found is None:
        found = cache[name] = NetType(name, ARRAY)
        found.element = element
    return found


OBJECT_ARRAY = array_type(OBJECT)
BY_CLASS[list] = OBJECT_ARRAY
_GENERICS: dict[tuple[str, ...], NetType] = {}


def generic_type(definition: NetType, arguments: list[NetType]) -> NetType:
    """The closed type of a generic definition, made once."""
    key = (definition.name, *[argument.name for argument in arguments])
    own = next((argument for argument in arguments if argument.ps_class is not None), None)
    cache: dict[Any, NetType] = _GENERICS if own is None else own.made_of
    found = cache.get(key)
    if found is None:
        inner = ",".join(f"[{argument.name}]" for argument in arguments)
        found = NetType(
            f"{definition.name}[{inner}]",
            definition,
            interfaces=definition.interfaces,
            is_value_type=definition.is_value_type,
        )
        found.definition = definition
        found.arguments = tuple(arguments)
        found.base = definition
        found.convert = definition.convert
        cache[key] = found
    return found


def exception_type(name: str, base: str = "") -> NetType:
    """The type of exceptions of a name, declared when first asked for."""
    found = TYPES.get(name.lower())
    if found is None:
        above = EXCEPTION_BASES.get(name) or base or "System.SystemException"
        parent = OBJECT if name == "System.Exception" else exception_type(above)
        found = TYPES[name.lower()] = NetType(name, parent)
    return found


EXCEPTION = exception_type("System.Exception")
for _name in EXCEPTION_BASES:
    exception_type(_name)
for _name in (
    "ArgumentException",
    "ArithmeticException",
    "FormatException",
    "IndexOutOfRangeException",
    "InvalidCastException",
    "InvalidOperationException",
    "MissingMethodException",
    "NotImplementedException",
    "NotSupportedException",
    "NullReferenceException",
    "OutOfMemoryException",
    "RankException",
    "StackOverflowException",
    "UnauthorizedAccessException",
    "TypeLoadException",
    "Security.SecurityException",
    "Security.Authentication.AuthenticationException",
    "Collections.Generic.KeyNotFoundException",
    "Xml.XmlException",
    "Net.NetworkInformation.PingException",
):
    exception_type(f"System.{_name}")


def type_of(value: Any) -> NetType:
    """The .NET type of a value; ``$null`` has none and gives System.Object."""
    kind = BY_CLASS.get(type(value))
    if kind is not None and kind is not ENUM:
        net = getattr(value, "net", None)
        return kind if net is None else net
    if kind is ENUM:
        return value.net  # type: ignore[no-any-return]
    if isinstance(value, v.TypedArray):
        return array_type(value.element)
    if isinstance(value, NetException):
        own = value.props.get("script type")
        return own if own is not None else exception_type(value.type_name, value.base)
    net = getattr(value, "net", None)
    if net is not None:
        return net  # type: ignore[no-any-return]
    if isinstance(value, v.Boxed):
        return type_of(value.base)
    if isinstance(value, v.MultiArray):
        return array_type(value.element, len(value.lengths))
    for base in type(value).__mro__:
        kind = BY_CLASS.get(base)
        if kind is not None:
            return kind
    return OBJECT


# Short names of types; the level that brought each is from about_Type_Accelerators.
_SHORT = {
    "2.0": {
        "object": "System.Object",
        "bool": "System.Boolean",
        "byte": "System.Byte",
        "sbyte": "System.SByte",
        "char": "System.Char",
        "int": "System.Int32",
        "int16": "System.Int16",
        "int32": "System.Int32",
        "long": "System.Int64",
        "int64": "System.Int64",
        "uint16": "System.UInt16",
        "uint32": "System.UInt32",
        "uint64": "System.UInt64",
        "float": "System.Single",
        "single": "System.Single",
        "double": "System.Double",
        "decimal": "System.Decimal",
        "string": "System.String",
        "array": "System.Array",
        "hashtable": "System.Collections.Hashtable",
        "datetime": "System.DateTime",
        "timespan": "System.TimeSpan",
        "guid": "System.Guid",
        "version": "System.Version",
        "uri": "System.Uri",
        "regex": "System.Text.RegularExpressions.Regex",
        "math": "System.Math",
        "convert": "System.Convert",
        "xml": "System.Xml.XmlDocument",
        "type": "System.Type",
        "enum": "System.Enum",
        "exception": "System.Exception",
        "void": "System.Void",
        "scriptblock": "System.Management.Automation.ScriptBlock",
        "switch": "System.Management.Automation.SwitchParameter",
        "psobject": "System.Management.Automation.PSObject",
        "pscustomobject": "System.Management.Automation.PSObject",
        "pscredential": "System.Management.Automation.PSCredential",
        "psmoduleinfo": "System.Management.Automation.PSModuleInfo",
        "powershell": "System.Management.Automation.PowerShell",
        "runspace": "System.Management.Automation.Runspaces.Runspace",
        "runspacefactory": "System.Management.Automation.Runspaces.RunspaceFactory",
        "ref": "System.Management.Automation.PSReference",
        "adsi": "System.DirectoryServices.DirectoryEntry",
        "adsisearcher": "System.DirectoryServices.DirectorySearcher",
        "wmi": "System.Management.ManagementObject",
        "wmiclass": "System.Management.ManagementClass",
        "wmisearcher": "System.Management.ManagementObjectSearcher",
        "ipaddress": "System.Net.IPAddress",
        "mailaddress": "System.Net.Mail.MailAddress",
        "bigint": "System.Numerics.BigInteger",
        "validatenotnull": "System.Management.Automation.ValidateNotNullAttribute",
        "parameter": "System.Management.Automation.ParameterAttribute",
        "alias": "System.Management.Automation.AliasAttribute",
        "cmdletbinding": "System.Management.Automation.CmdletBindingAttribute",
    },
    "3.0": {
        "ordered": "System.Collections.Specialized.OrderedDictionary",
        "securestring": "System.Security.SecureString",
        "nullstring": "System.Management.Automation.Language.NullString",
        "psvariable": "System.Management.Automation.PSVariable",
        "cimsession": "Microsoft.Management.Infrastructure.CimSession",
        "ciminstance": "Microsoft.Management.Infrastructure.CimInstance",
    },
    "5.1": {
        "initialsessionstate": "System.Management.Automation.Runspaces.InitialSessionState",
    },
    "7": {
        "short": "System.Int16",
        "ushort": "System.UInt16",
        "uint": "System.UInt32",
        "ulong": "System.UInt64",
    },
}
for _level, _names in _SHORT.items():
    for _name, _full in _names.items():
        ACCELERATORS[_name] = (_full, float(_level))
