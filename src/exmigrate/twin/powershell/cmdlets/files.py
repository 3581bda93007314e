"""Get-FileHash, from level 5.1 (the cmdlet came with 4.0)."""

from __future__ import annotations

import hashlib
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.items import places_of, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.types.texts import to_text

_ALGORITHMS = ("SHA1", "SHA256", "SHA384", "SHA512", "MD5")


def _hash(call: Call) -> None:
    name = to_text(call.bound.get("Algorithm") or "SHA256").upper()
    stream: Any = call.bound.get("InputStream")
    if stream is not None:
        _write(call, name, stream.read(2**31), None)
        return
    literal = "LiteralPath" in call.bound
    paths = [to_text(one) for one in call.bound["LiteralPath" if literal else "Path"]]
    for _, place in places_of(call, paths, literal):
        if place.provider.is_container(call.session, place.path):
            continue
        try:
            data: Any = place.provider.read(call.session, place.path)
        except PSError as fault:
            report(call, fault)
            continue
        _write(call, name, data, place.path)


def _write(call: Call, name: str, data: Any, path: str | None) -> None:
    type_name = (
        "Microsoft.PowerShell.Commands.FileHashInfo"
        if call.level == "7"
        else "Microsoft.Powershell.Utility.FileHash"
    )
    digest = hashlib.new(name.lower(), data).hexdigest().upper()
    call.write(v.PSObject({"Algorithm": name, "Hash": digest, "Path": path}, (type_name,)))


CMDLETS = [
    Cmdlet("Get-FileHash", [
        Parameter("Path", "string[]", sets=("Path",), mandatory=True, position=0, pipeline=True, pipeline_by_name=True),
        Parameter("LiteralPath", "string[]", sets=("LiteralPath",), mandatory=True, pipeline_by_name=True,
                  aliases=("PSPath",)),
        Parameter("InputStream", "System.IO.Stream", sets=("StreamParameterSet",), mandatory=True, position=0),
        Parameter("Algorithm", "string", position=1, validations=(Validation("Set", _ALGORITHMS),)),
    ], _hash, default_set="Path", since="5.1"),
]  # fmt: skip
