"""System.Security.Cryptography: hash algorithms and random bytes."""

from __future__ import annotations

import hashlib
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types.converting import bytes_value


class HashAlgorithm(v.NetObject):
    """One algorithm object; ``last`` is what its Hash property shows."""

    __slots__ = ("last", "net")

    def __init__(self, net: NetType):
        self.net = net
        self.last: bytes | None = None

    def compute(self, data: Any) -> Any:
        """The digest of a byte array."""
        self.last = hashlib.new(_ALGORITHMS[self.net.name], bytes(data)).digest()
        return bytes_value(self.last)


_CRYPTOGRAPHY = "System.Security.Cryptography."
_ALGORITHMS: dict[str, str] = {}

HASH = declare_type(_CRYPTOGRAPHY + "HashAlgorithm", is_abstract=True)
HASH.method("byte[] ComputeHash(byte[] buffer)")(lambda algorithm, data: algorithm.compute(data))
HASH.method("byte[] ComputeHash(byte[] buffer, int offset, int count)")(
    lambda algorithm, data, start, count: algorithm.compute(data[start : start + count])
)
HASH.method("void Clear()")(lambda algorithm: None)
HASH.method("void Dispose()")(lambda algorithm: None)
HASH.prop("Hash", lambda algorithm, ctx: None if algorithm.last is None else bytes_value(algorithm.last))


def _family(name: str, python: str, *classes: str) -> None:
    base = declare_type(_CRYPTOGRAPHY + name, HASH.name, is_abstract=True)
    made = [declare_type(_CRYPTOGRAPHY + found, base.name) for found in classes]
    for net in made:
        _ALGORITHMS[net.name] = python
        net.constructor("new()")(lambda net=net: HashAlgorithm(net))
    base.static_method(f"{base.name} Create()")(lambda net=made[0]: HashAlgorithm(net))


_family("MD5", "md5", "MD5CryptoServiceProvider")
_family("SHA1", "sha1", "SHA1CryptoServiceProvider", "SHA1Managed")
_family("SHA256", "sha256", "SHA256Managed", "SHA256CryptoServiceProvider")
_family("SHA384", "sha384", "SHA384Managed", "SHA384CryptoServiceProvider")
_family("SHA512", "sha512", "SHA512Managed", "SHA512CryptoServiceProvider")


class Chance(v.NetObject):
    """A source of random bytes."""

    __slots__ = ("net",)

    def __init__(self, net: NetType):
        self.net = net


RANDOM = declare_type(_CRYPTOGRAPHY + "RandomNumberGenerator", is_abstract=True)
RNG = declare_type(_CRYPTOGRAPHY + "RNGCryptoServiceProvider", RANDOM.name)
RNG.constructor("new()")(lambda: Chance(RNG))
RANDOM.static_method(f"{RANDOM.name} Create()")(lambda: Chance(RNG))
RANDOM.method("void Dispose()")(lambda chance: None)


@RANDOM.method("void GetBytes(byte[] data)", ctx=True)
def _get_bytes(chance: Chance, data: Any, ctx: Any) -> None:
    data[:] = [v.Byte(one) for one in ctx.machine.random.data(len(data))]
