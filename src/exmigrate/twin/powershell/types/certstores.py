"""X509Certificate2Collection, X509Store and the cast to a certificate."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import StoredCertificate
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.certificates import (
    _T,
    CERTIFICATE,
    CERTIFICATE_BASE,
    NAMESPACE,
    STORAGE_FLAGS,
    Certificate,
    certificate_of_bytes,
    certificate_of_file,
    common_name,
    crypto_fault,
    name_text,
    serial_text,
    verify,
)


class CertificateList(c.ListBase):
    """X509Certificate2Collection."""

    __slots__ = ()


COLLECTION = declare_type(
    NAMESPACE + "X509Certificate2Collection",
    python=CertificateList,
    interfaces=("System.Collections.IList", "System.Collections.IEnumerable"),
)
COLLECTION.prop("Count", lambda certs, ctx: len(certs.items), type_name="System.Int32")
COLLECTION.indexer = lambda certs, indexes, ctx: (
    certs.items[indexes[0]] if indexes[0] < len(certs.items) else None
)
COLLECTION.constructor("new()")(lambda: CertificateList())


@COLLECTION.method(
    f"{NAMESPACE}X509Certificate2Collection Find({NAMESPACE}X509FindType findType, object findValue, bool validOnly)",
    ctx=True,
)
def _find(certs: CertificateList, kind: Any, value: Any, valid: bool, ctx: Any) -> CertificateList:
    text = str(value).replace(" ", "")
    tests: dict[str, Any] = {
        "FindByThumbprint": lambda one: one.thumbprint == text.upper(),
        "FindBySubjectName": lambda one: str(value).lower() in common_name(one.parsed.subject).lower(),
        "FindBySubjectDistinguishedName": lambda one: name_text(one.parsed.subject) == str(value),
        "FindByIssuerName": lambda one: str(value).lower() in common_name(one.parsed.issuer).lower(),
        "FindByIssuerDistinguishedName": lambda one: name_text(one.parsed.issuer) == str(value),
        "FindBySerialNumber": lambda one: serial_text(one) == text.upper(),
    }
    test = tests.get(str(kind))
    if test is None:
        raise NetFault("System.NotSupportedException", f"Not simulated: X509FindType.{kind}.")
    return CertificateList([one for one in certs.items if test(one) and (not valid or verify(one, ctx))])


COLLECTION.method(f"int Add({NAMESPACE}X509Certificate2 certificate)")(
    lambda certs, one: certs.items.append(one)
)


@COLLECTION.method(
    "void Import(string fileName)",
    f"void Import(string fileName, string password, {STORAGE_FLAGS})",
    ctx=True,
)
def _import(
    certs: CertificateList, path: str, password: str = "", flags: Any = None, ctx: Any = None
) -> None:
    certs.items.append(certificate_of_file(path, password, flags, ctx))


class Store(v.NetObject):
    """System.Security.Cryptography.X509Certificates.X509Store."""

    __slots__ = ("certificates", "location", "name", "opened")

    def __init__(self, certificates: Any, name: str, location: str):
        self.certificates = certificates
        self.name = {"certificateauthority": "CA"}.get(name.lower(), name)
        self.location = location
        self.opened: int | None = None


STORE = declare_type(NAMESPACE + "X509Store", python=Store)
STORE.prop("Name", lambda store, ctx: store.name, type_name=_T)
STORE.prop("Location", lambda store, ctx: store.location, type_name=_T)
STORE.prop(
    "Certificates",
    lambda store, ctx: CertificateList(
        []
        if store.opened is None
        else [
            Certificate(one, store.location, store.name)
            for one in store.certificates.all(store.location, store.name)
        ]
    ),
)
STORE.constructor("new()", ctx=True)(lambda ctx: Store(ctx.machine.certificates, "My", "CurrentUser"))


@STORE.constructor(
    "new(string storeName)",
    f"new(string storeName, {NAMESPACE}StoreLocation storeLocation)",
    f"new({NAMESPACE}StoreName storeName, {NAMESPACE}StoreLocation storeLocation)",
    ctx=True,
)
def _new_store(name: Any, location: Any = None, ctx: Any = None) -> Store:
    return Store(ctx.machine.certificates, str(name), "CurrentUser" if location is None else str(location))


@STORE.method(f"void Open({NAMESPACE}OpenFlags flags)")
def _open(store: Store, flags: Any) -> None:
    store.opened = flags.value


def _need_write(store: Store) -> None:
    if store.opened is None or not store.opened & 3:
        raise crypto_fault(
            "Access is denied."
            if store.opened is not None
            else "The X509 certificate store has not been opened."
        )


@STORE.method(f"void Add({NAMESPACE}X509Certificate2 certificate)")
def _add(store: Store, certificate: Certificate) -> None:
    _need_write(store)
    stored = certificate.stored
    store.certificates.add(
        store.location,
        store.name,
        StoredCertificate(stored.der, stored.key, certificate.friendly_name, stored.exportable),
    )


@STORE.method(f"void Remove({NAMESPACE}X509Certificate2 certificate)")
def _remove(store: Store, certificate: Certificate) -> None:
    _need_write(store)
    store.certificates.remove(store.location, store.name, certificate.thumbprint)


STORE.method("void Close()", "void Dispose()")(lambda store: setattr(store, "opened", None))


def _cast(value: Any, ctx: Any) -> Any:
    if value is None or isinstance(value, Certificate):
        return value
    if isinstance(value, str):
        return certificate_of_file(value, ctx=ctx)
    if isinstance(value, v.TypedArray) and value.element is d.BYTE:
        return certificate_of_bytes(value)
    raise CastFault()


CERTIFICATE.convert = _cast
CERTIFICATE_BASE.convert = _cast
