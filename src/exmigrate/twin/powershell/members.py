"""The ways in to the types for compiled scripts and cmdlets; importing it declares every type.

``get_member``, ``set_member``, ``invoke_method``, ``get_static``, ``set_static``, ``invoke_static``, ``get_index``,
``set_index``, ``construct``, ``resolve_type``, ``type_name``. All of them raise `errors.PSError` and nothing else.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.types import (  # noqa: F401  (imported for what they declare)
    assorted,
    certificates,
    certstores,
    chars,
    collection_members,
    consoles,
    converting,
    culturedetail,
    cultures,
    dictionaries,
    digests,
    enums,
    environment,
    filepaths,
    further,
    io,
    lists,
    moments,
    numbers,
    objects,
    psobject,
    queues,
    records,
    regexes,
    runtimetype,
    safehandles,
    security,
    serializer,
    since,
    spans,
    streams,
    strings,
    system,
    textio,
    textreaders,
    uris,
    xmldocument,
    xmlnodes,
    xmltypes,
)
from exmigrate.twin.powershell.types.access import (
    MethodReference,
    added_members,
    elements,
    get_member,
    get_property,
    set_member,
)
from exmigrate.twin.powershell.types.construct import construct
from exmigrate.twin.powershell.types.declared import type_of
from exmigrate.twin.powershell.types.indexing import get_index, set_index
from exmigrate.twin.powershell.types.invoke import get_static, invoke_method, invoke_static, set_static
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.resolve import find_type, resolve_type
from exmigrate.twin.powershell.types.texts import member_text, to_text
from exmigrate.twin.powershell.types.typenames import type_names

__all__ = [
    "MethodReference",
    "added_members",
    "construct",
    "elements",
    "find_type",
    "get_index",
    "get_member",
    "get_property",
    "get_static",
    "invoke_method",
    "invoke_static",
    "member_text",
    "property_names",
    "resolve_type",
    "set_index",
    "set_member",
    "set_static",
    "to_text",
    "type_name",
    "type_names",
    "type_of",
]


further.complete()
since.mark_levels()


def type_name(value: Any) -> str:
    """Full .NET name of a value's type; '' for ``$null``."""
    return "" if value is None else type_of(value).name
