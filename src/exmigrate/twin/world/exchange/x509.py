"""Real certificates for the twin: a public authority of its own, self-signed ones, requests and PFX files.

Keys are made when first needed and self-signed certificates share one: a world of twenty servers shall not
spend seconds on prime numbers nobody looks at.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "Woodgrove Public Root CA"


class CertificateError(Exception):
    """Certificate data that cannot be used; the text says what Windows says of it."""


@dataclass(frozen=True)
class Bundle:
    """A certificate in DER with its private key in PEM, where it is known."""

    der: bytes
    key: bytes | None = None

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The parsed certificate."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate, as Windows names it."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()

    @property
    def domains(self) -> list[str]:
        """Names it is for: the alternative names, else the subject's common name."""
        return names_of(self.certificate)

    @property
    def self_signed(self) -> bool:
        """Whether it is its own issuer."""
        return self.certificate.issuer == self.certificate.subject


def names_of(item: x509.Certificate | x509.CertificateSigningRequest) -> list[str]:
    """DNS names of a certificate or request: the alternative names, else the common name."""
    try:
        extension = item.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found = extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        found = []
    if found:
        return [str(name) for name in found]
    common = item.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [str(common[0].value)] if common else []


@lru_cache(maxsize=2)
def _shared_key(purpose: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_key(key: rsa.RSAPrivateKey) -> bytes:
    """A private key as unencrypted PKCS #8 PEM, for the machine's own store."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_key(pem: bytes) -> rsa.RSAPrivateKey:
    """A private key out of a store."""
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey,
    domains: Sequence[str],
    start: datetime,
    days: int,
    chance: random.Random,
) -> x509.CertificateBuilder:
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(chance.getrandbits(120) | 1)
        .not_valid_before(start - timedelta(hours=1))
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    )
    if domains:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in domains])
        built = built.add_extension(alternative, False)
    return built


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def self_signed(domains: Sequence[str], start: datetime, chance: random.Random, days: int = 1826) -> Bundle:
    """The certificate that Setup makes: for the server's short and full name, signed by itself."""
    key = _shared_key("self-signed")
    name = _common_name(domains[0])
    built = _builder(name, name, key.public_key(), list(domains), start, days, chance)
    certificate = built.sign(key, hashes.SHA256())
    return Bundle(certificate.public_bytes(serialization.Encoding.DER), pem_key(key))


def authority_certificate(start: datetime) -> Bundle:
    """The root certificate of the twin's public authority."""
    key = _shared_key("authority")
    name = _common_name(AUTHORITY)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start - timedelta(days=3650))
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    )
    return Bundle(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def issue(domains: Sequence[str], start: datetime, chance: random.Random, days: int = 365) -> Bundle:
    """A certificate of the public authority with a key pair of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    der = _sign(_common_name(domains[0]), key.public_key(), domains, start, chance, days)
    return Bundle(der, pem_key(key))


def issue_for_request(csr: bytes, start: datetime, chance: random.Random, days: int = 365) -> Bundle:
    """What the public authority sends back for a request; the key stays where it was made.

    Raises:
        CertificateError: no readable request, or its signature is wrong.
    """
    request = read_request(csr)
    key = request.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return Bundle(_sign(request.subject, key, names_of(request), start, chance, days))


def read_request(csr: bytes) -> x509.CertificateSigningRequest:
    """A certificate request in PEM or DER.

    Raises:
        CertificateError: it cannot be read or its signature is wrong.
    """
    text = csr.strip()
    try:
        if text.startswith(b"-----"):
            normal = text.replace(b"NEW CERTIFICATE REQUEST", b"CERTIFICATE REQUEST")
            request = x509.load_pem_x509_csr(normal)
        else:
            request = x509.load_der_x509_csr(csr)
    except ValueError as error:
        raise CertificateError(f"The certificate request cannot be read: {error}") from error
    if not request.is_signature_valid:
        raise CertificateError("The signature of the certificate request is not valid.")
    return request


def _sign(
    subject: x509.Name,
    key: rsa.RSAPublicKey,
    domains: Sequence[str],
    start: datetime,
    chance: random.Random,
    days: int,
) -> bytes:
    built = _builder(subject, _common_name(AUTHORITY), key, list(domains), start, days, chance)
    signed = built.sign(_shared_key("authority"), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def request(subject: str, domains: Sequence[str], key_size: int = 2048) -> tuple[str, bytes]:
    """Make a key pair and a request.

    Args:
        subject: X.500 text such as ``C=CH, O=Contoso, CN=mail.contoso.com``.

    Returns:
        The request as PEM text in Microsoft's form, and the private key in PEM.

    Raises:
        CertificateError: the subject is no X.500 name.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    built = x509.CertificateSigningRequestBuilder().subject_name(subject_name(subject))
    if domains:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in domains])
        built = built.add_extension(alternative, False)
    pem = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    return pem.replace(" CERTIFICATE REQUEST", " NEW CERTIFICATE REQUEST"), pem_key(key)


_OIDS = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": NameOID.LOCALITY_NAME,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "E": NameOID.EMAIL_ADDRESS,
}


def subject_name(text: str) -> x509.Name:
    """Read an X.500 name.

    Raises:
        CertificateError: a part has an unknown type or no value.
    """
    parts = []
    for part in (piece.strip() for piece in text.split(",") if piece.strip()):
        key, _, value = part.partition("=")
        oid = _OIDS.get(key.strip().upper())
        if oid is None or not value.strip():
            raise CertificateError(f'The subject name "{text}" is not a valid X.500 distinguished name.')
        parts.append(x509.NameAttribute(oid, value.strip()))
    return x509.Name(parts)


def subject_text(name: x509.Name) -> str:
    """An X.500 name as Windows writes it."""
    return name.rfc4514_string().replace(",", ", ")


def to_pfx(bundle: Bundle, password: str, friendly_name: str = "", start: datetime | None = None) -> bytes:
    """A PFX file with key and chain.

    Raises:
        CertificateError: there is no private key.
    """
    if bundle.key is None:
        raise CertificateError("The certificate has no private key.")
    chain = [] if bundle.self_signed or start is None else [authority_certificate(start).certificate]
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(
        friendly_name.encode() or None, load_key(bundle.key), bundle.certificate, chain, encryption
    )


def from_pfx(data: bytes, password: str) -> Bundle:
    """Open a PFX file.

    Raises:
        CertificateError: not a PFX, or the password is wrong.
    """
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError as error:
        wrong = "password" in str(error).lower() or "mac" in str(error).lower()
        text = (
            "The specified network password is not correct." if wrong else "Cannot find the requested object."
        )
        raise CertificateError(text) from error
    if certificate is None:
        raise CertificateError("Cannot find the requested object.")
    pem = pem_key(key) if isinstance(key, rsa.RSAPrivateKey) else None
    return Bundle(certificate.public_bytes(serialization.Encoding.DER), pem)


def from_reply(data: bytes) -> Bundle:
    """A certificate without its key: what an authority sends back, in PEM or DER.

    Raises:
        CertificateError: it cannot be read.
    """
    try:
        if data.strip().startswith(b"-----"):
            certificate = x509.load_pem_x509_certificate(data.strip())
        else:
            certificate = x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise CertificateError("Cannot find the requested object.") from error
    return Bundle(certificate.public_bytes(serialization.Encoding.DER))


def issued_by_authority(bundle: Bundle) -> bool:
    """Whether the twin's public authority signed it, which every client trusts."""
    common = bundle.certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(common) and common[0].value == AUTHORITY
