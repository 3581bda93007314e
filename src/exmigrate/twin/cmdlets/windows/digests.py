"""SHA-256 of the simulated servers: a placeholder file that stands for a real medium has that medium's digest.

Whoever checks a medium on a server reads the digest that its file says it has; every other input is hashed as it is.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types import digests
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.streams import Stream
from exmigrate.twin.world.disk import header

NAMES = ("SHA256Managed", "SHA256CryptoServiceProvider")
_SPACE = "System.Security.Cryptography."


def _compute(algorithm: digests.HashAlgorithm, given: Any) -> Any:
    data = given.read(2**31) if isinstance(given, Stream) else bytes(given)
    declared = header(data, "SHA256")
    if len(declared) == 64:
        algorithm.last = bytes.fromhex(declared)
        return bytes_value(algorithm.last)
    return algorithm.compute(data)


def _override(name: str) -> NetType:
    base = TYPES[(_SPACE + name).lower()]
    kind = NetType(base.name, base)
    kind.method("byte[] ComputeHash(object input)")(_compute)
    kind.constructor("new()")(lambda: digests.HashAlgorithm(kind))
    return kind


TYPES_OF_PACK = tuple(_override(name) for name in NAMES)
