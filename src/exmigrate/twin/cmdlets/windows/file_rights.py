"""Access rules of folders as .NET sets them: kept by nobody beyond that the folder and the text are what they must be."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types.io import DIRECTORY

_SDDL = re.compile(r"(?:O:\S+?)?(?:G:\S+?)?D:[PARI]*(?:\([AD];[^;()]*;[^;()]*;[^;()]*;[^;()]*;[^;()]+\))+")


class DirectorySecurity(v.NetObject):
    """System.Security.AccessControl.DirectorySecurity that a script makes."""

    __slots__ = ("net", "sddl")

    def __init__(self, net: NetType) -> None:
        self.net = net
        self.sddl = ""


def _made() -> DirectorySecurity:
    return DirectorySecurity(SECURITY)


SECURITY = NetType("System.Security.AccessControl.DirectorySecurity", TYPES["system.object"])
SECURITY.constructor("new()")(_made)
TYPES_OF_PACK = (SECURITY,)


@SECURITY.method("void SetSecurityDescriptorSddlForm(string sddlForm)")
def _set_sddl(one: DirectorySecurity, text: str) -> None:
    if _SDDL.fullmatch(text) is None:
        raise NetFault(
            "System.ArgumentException", "The SDDL form of a security descriptor object is invalid."
        )
    one.sddl = text


@DIRECTORY.static_method("void SetAccessControl(string path, object directorySecurity)", ctx=True)
def _set_access(path: str, rules: Any, ctx: Any) -> None:
    if not isinstance(rules, DirectorySecurity) or not rules.sddl:
        raise NetFault(
            "System.NotSupportedException", "Not simulated: access rules but those of an SDDL text."
        )
    full = ctx.full_path(path)
    found = ctx.machine.files.stat(full)
    if found is None or not found.is_directory:
        raise NetFault("System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{full}'.")
