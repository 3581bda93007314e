"""System.Security.Cryptography.X509Certificates over the machine's certificate stores."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha1
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import StoredCertificate
from exmigrate.twin.powershell.typeinfo import TYPES, declare_type
from exmigrate.twin.powershell.types.converting import bytes_value
from exmigrate.twin.powershell.types.filepaths import full

NAMESPACE = "System.Security.Cryptography.X509Certificates."
_SHORT = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "S",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "E",
}
_USAGES = {
    "1.3.6.1.5.5.7.3.1": "Server Authentication",
    "1.3.6.1.5.5.7.3.2": "Client Authentication",
    "1.3.6.1.5.5.7.3.3": "Code Signing",
    "1.3.6.1.5.5.7.3.4": "Secure Email",
}


def crypto_fault(message: str) -> NetFault:
    """CryptographicException."""
    return NetFault("System.Security.Cryptography.CryptographicException", message)


class Certificate(v.NetObject):
    """System.Security.Cryptography.X509Certificates.X509Certificate2."""

    __slots__ = ("friendly_name", "location", "parsed", "store", "stored")

    def __init__(self, stored: StoredCertificate, location: str = "", store: str = ""):
        self.stored = stored
        self.friendly_name = stored.friendly_name
        self.location = location
        self.store = store
        try:
            self.parsed = x509.load_der_x509_certificate(stored.der)
        except ValueError:
            raise crypto_fault("Cannot find the requested object.") from None

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate, upper-case hexadecimal."""
        return sha1(self.stored.der).hexdigest().upper()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.stored.der == self.stored.der

    def __hash__(self) -> int:
        return hash(self.stored.der)


CERTIFICATE_BASE = declare_type(NAMESPACE + "X509Certificate", is_abstract=True, assembly="System")
CERTIFICATE = declare_type(
    NAMESPACE + "X509Certificate2", NAMESPACE + "X509Certificate", Certificate, assembly="System"
)


def name_text(name: x509.Name) -> str:
    """A distinguished name as .NET writes it: most specific first, ``CN=..., O=...``."""
    parts = []
    for attribute in reversed(list(name)):
        key = _SHORT.get(attribute.oid.dotted_string, f"OID.{attribute.oid.dotted_string}")
        value = str(attribute.value)
        if re.search(r'[,+"\\<>;=]', value):
            value = '"' + value.replace('"', '""') + '"'
        parts.append(f"{key}={value}")
    return ", ".join(parts)


def dns_names(certificate: Certificate) -> list[str]:
    """DNS names of the subject alternative name; the common name where there is none."""
    try:
        extension = certificate.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return list(extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        return [common_name(certificate.parsed.subject)]


def common_name(name: x509.Name) -> str:
    """The common name of a distinguished name, else the whole."""
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else name_text(name)


def _moment(which: str) -> Any:
    def read(certificate: Certificate, ctx: Any) -> s.DateTime:
        moment: datetime = getattr(certificate.parsed, which)
        made = s.DateTime.from_datetime(moment)
        offset = ctx.machine.clock.offset_minutes(made.ticks) if ctx is not None else 0
        return s.DateTime(made.ticks + offset * 60 * s.TICKS_PER_SECOND, s.LOCAL)

    return read


_T = "System.String"
CERTIFICATE.display = ("Thumbprint", "Subject")
CERTIFICATE.prop("DnsNameList", lambda cert, ctx: dns_names(cert), since=3.0)
CERTIFICATE.prop("Extensions", lambda cert, ctx: [Extension(one) for one in cert.parsed.extensions])
CERTIFICATE.prop(
    "FriendlyName",
    lambda cert, ctx: cert.friendly_name,
    lambda cert, text, ctx: setattr(cert, "friendly_name", text),
    _T,
)
CERTIFICATE.prop("NotAfter", _moment("not_valid_after_utc"), type_name="System.DateTime")
CERTIFICATE.prop("NotBefore", _moment("not_valid_before_utc"), type_name="System.DateTime")
CERTIFICATE.prop("HasPrivateKey", lambda cert, ctx: cert.stored.key is not None, type_name="System.Boolean")
CERTIFICATE.prop("PrivateKey", lambda cert, ctx: None)
CERTIFICATE.prop("RawData", lambda cert, ctx: bytes_value(cert.stored.der))
CERTIFICATE.prop("SerialNumber", lambda cert, ctx: serial_text(cert), type_name=_T)
CERTIFICATE.prop("SignatureAlgorithm", lambda cert, ctx: Oid(cert.parsed.signature_algorithm_oid))
CERTIFICATE.prop("Thumbprint", lambda cert, ctx: cert.thumbprint, type_name=_T)
CERTIFICATE.prop("Version", lambda cert, ctx: cert.parsed.version.value + 1, type_name="System.Int32")
CERTIFICATE.prop("Issuer", lambda cert, ctx: name_text(cert.parsed.issuer), type_name=_T)
CERTIFICATE.prop("Subject", lambda cert, ctx: name_text(cert.parsed.subject), type_name=_T)
CERTIFICATE.prop("SubjectName", lambda cert, ctx: DistinguishedName(name_text(cert.parsed.subject)))
CERTIFICATE.prop("IssuerName", lambda cert, ctx: DistinguishedName(name_text(cert.parsed.issuer)))
CERTIFICATE.prop("Archived", lambda cert, ctx: False, type_name="System.Boolean")
CERTIFICATE.prop("EnhancedKeyUsageList", lambda cert, ctx: _usages(cert), since=3.0)
PUBLIC_KEY = v.record_type(
    NAMESPACE + "PublicKey", {"Oid": "System.Security.Cryptography.Oid", "Key": "System.Object"}
)
TYPES[PUBLIC_KEY.name.lower()] = PUBLIC_KEY
CERTIFICATE.prop(
    "Handle",
    lambda cert, ctx: v.IntPtr(0x3B_0000 + cert.parsed.serial_number % 0xFFFF),
    None,
    "System.IntPtr",
)
CERTIFICATE.prop("PublicKey", lambda cert, ctx: v.Record(PUBLIC_KEY, {"Oid": _key_oid(cert), "Key": None}))
CERTIFICATE.constants(
    {"EnrollmentPolicyEndPoint": None, "EnrollmentServerEndPoint": None, "PolicyId": None, "SendAsTrustedIssuer": False},
    since=3.0,
)  # fmt: skip
CERTIFICATE.prop(
    "SerialNumberBytes", lambda cert, ctx: bytes_value(bytes.fromhex(serial_text(cert))), since=7
)
CERTIFICATE.prop("RawDataMemory", lambda cert, ctx: bytes_value(cert.stored.der), since=7)
CERTIFICATE.to_string = lambda cert, ctx: (
    f"[Subject]\n  {name_text(cert.parsed.subject)}\n\n[Thumbprint]\n  {cert.thumbprint}\n"
)


def serial_text(certificate: Certificate) -> str:
    """Serial number as upper-case hexadecimal."""
    text = f"{certificate.parsed.serial_number:X}"
    return text if len(text) % 2 == 0 else "0" + text


class Oid(v.NetObject):
    """System.Security.Cryptography.Oid."""

    __slots__ = ("oid",)

    def __init__(self, oid: x509.ObjectIdentifier):
        self.oid = oid


OID = declare_type("System.Security.Cryptography.Oid", python=Oid)
OID.prop("Value", lambda oid, ctx: oid.oid.dotted_string, type_name=_T)
OID.prop("FriendlyName", lambda oid, ctx: _USAGES.get(oid.oid.dotted_string) or oid.oid._name, type_name=_T)


def _key_oid(certificate: Certificate) -> Oid:
    """The algorithm of the certificate's key."""
    return Oid(certificate.parsed.public_key_algorithm_oid)


class Extension(v.NetObject):
    """System.Security.Cryptography.X509Certificates.X509Extension."""

    __slots__ = ("extension",)

    def __init__(self, extension: Any):
        self.extension = extension


EXTENSION = declare_type(NAMESPACE + "X509Extension", python=Extension)
EXTENSION.prop("Oid", lambda one, ctx: Oid(one.extension.oid))
EXTENSION.prop("Critical", lambda one, ctx: bool(one.extension.critical), type_name="System.Boolean")


@EXTENSION.method("string Format(bool multiLine)")
def _format_extension(one: Extension, multi_line: bool) -> str:
    value = one.extension.value
    if isinstance(value, x509.SubjectAlternativeName):
        names = [f"DNS Name={name}" for name in value.get_values_for_type(x509.DNSName)]
        return "\r\n".join([*names, ""]) if multi_line else ", ".join(names)
    if isinstance(value, x509.ExtendedKeyUsage):
        return ", ".join(
            f"{_USAGES.get(o.dotted_string, 'Unknown Key Usage')} ({o.dotted_string})" for o in value
        )
    raise NetFault(
        "System.NotSupportedException",
        f"Not simulated: Format of extension {one.extension.oid.dotted_string}.",
    )


class DistinguishedName(v.NetObject):
    """System.Security.Cryptography.X509Certificates.X500DistinguishedName."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text


NAME = declare_type(NAMESPACE + "X500DistinguishedName", python=DistinguishedName)
NAME.prop("Name", lambda name, ctx: name.text, type_name=_T)
NAME.to_string = lambda name, ctx: name.text


def _usages(certificate: Certificate) -> list[Any]:
    try:
        extension = certificate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return []
    return [
        v.PSObject({"FriendlyName": _USAGES.get(oid.dotted_string, ""), "ObjectId": oid.dotted_string})
        for oid in extension.value
    ]


@CERTIFICATE.method(f"string GetNameInfo({NAMESPACE}X509NameType nameType, bool forIssuer)")
def _name_info(certificate: Certificate, kind: Any, issuer: bool) -> str:
    if str(kind) in ("DnsName", "DnsFromAlternativeName") and not issuer:
        return dns_names(certificate)[0]
    return common_name(certificate.parsed.issuer if issuer else certificate.parsed.subject)


for _method, _read in (
    ("GetSerialNumberString", serial_text),
    ("GetCertHashString", lambda cert: cert.thumbprint),
    ("GetEffectiveDateString", lambda cert: str(cert.parsed.not_valid_before_utc)),
    ("GetExpirationDateString", lambda cert: str(cert.parsed.not_valid_after_utc)),
):
    CERTIFICATE.method(f"string {_method}()")(_read)
CERTIFICATE.method("byte[] GetCertHash()")(lambda cert: bytes_value(sha1(cert.stored.der).digest()))
CERTIFICATE.method("byte[] GetRawCertData()")(lambda cert: bytes_value(cert.stored.der))
CERTIFICATE.method("void Reset()", "void Dispose()")(lambda cert: None)


@CERTIFICATE.method("bool Verify()", ctx=True)
def verify(certificate: Certificate, ctx: Any) -> bool:
    """Whether the certificate is in its time and its issuer among the trusted roots."""
    now = s.DateTime(ctx.machine.clock.now()).to_datetime()
    parsed = certificate.parsed
    if (
        not parsed.not_valid_before_utc.replace(tzinfo=None)
        <= now
        <= parsed.not_valid_after_utc.replace(tzinfo=None)
    ):
        return False
    roots = ctx.machine.certificates.all("LocalMachine", "Root")
    return any(x509.load_der_x509_certificate(root.der).subject == parsed.issuer for root in roots)


@CERTIFICATE.method(
    f"byte[] Export({NAMESPACE}X509ContentType contentType)",
    f"byte[] Export({NAMESPACE}X509ContentType contentType, string password)",
)
def _export(certificate: Certificate, kind: Any, password: str = "") -> Any:
    if kind.value == 1:
        return bytes_value(certificate.stored.der)
    if kind.value != 3:
        raise crypto_fault("Invalid content type.")
    key: Any = None
    if certificate.stored.key is not None:
        if not certificate.stored.exportable:
            raise crypto_fault("Key not valid for use in specified state.")
        key = serialization.load_pem_private_key(certificate.stored.key, None)
    encryption: Any = (
        serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    )
    data = pkcs12.serialize_key_and_certificates(
        certificate.friendly_name.encode() or None,
        key,
        certificate.parsed,
        None,
        encryption,
    )
    return bytes_value(data)


def read_certificate(data: bytes, password: str = "", exportable: bool = True) -> Certificate:
    """A certificate of DER, PEM, Base64 or PKCS #12 bytes; CryptographicException when it is none of them."""
    if b"-----BEGIN CERTIFICATE" in data:
        parsed = x509.load_pem_x509_certificate(data)
        return Certificate(StoredCertificate(parsed.public_bytes(serialization.Encoding.DER)))
    try:
        return Certificate(StoredCertificate(data))
    except NetFault:
        pass
    try:
        key, parsed_one, _ = pkcs12.load_key_and_certificates(data, password.encode() if password else None)
    except (ValueError, UnsupportedAlgorithm):
        raise crypto_fault(
            "The specified network password is not correct."
            if password
            else "Cannot find the requested object."
        ) from None
    if parsed_one is None:
        raise crypto_fault("Cannot find the requested object.")
    pem = (
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        if key is not None
        else None
    )
    der = parsed_one.public_bytes(serialization.Encoding.DER)
    return Certificate(StoredCertificate(der, pem, "", exportable))


STORAGE_FLAGS = f"{NAMESPACE}X509KeyStorageFlags keyStorageFlags"


@CERTIFICATE.constructor(
    "new(byte[] rawData)",
    "new(byte[] rawData, string password)",
    f"new(byte[] rawData, string password, {STORAGE_FLAGS})",
)
def certificate_of_bytes(data: Any, password: str = "", flags: Any = None) -> Certificate:
    """A certificate of bytes, as the constructor makes it."""
    return read_certificate(bytes(data), password or "", flags is None or bool(flags.value & 4))


@CERTIFICATE.constructor(
    "new(string fileName)",
    "new(string fileName, string password)",
    f"new(string fileName, string password, {STORAGE_FLAGS})",
    ctx=True,
)
def certificate_of_file(path: str, password: str = "", flags: Any = None, ctx: Any = None) -> Certificate:
    """A certificate of a file, as the constructor makes it."""
    data = ctx.machine.files.read(full(path, ctx))
    return read_certificate(data, password or "", flags is None or bool(flags.value & 4))


@CERTIFICATE.constructor("new(string fileName, System.Security.SecureString password)", ctx=True)
def _of_file_secret(path: str, password: s.SecureString, ctx: Any) -> Certificate:
    return certificate_of_file(path, password.reveal(), None, ctx)  # type: ignore[no-any-return]
