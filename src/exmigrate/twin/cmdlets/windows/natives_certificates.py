"""certreq.exe: a certificate request from an INF file, its key kept in the machine's REQUEST store."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from exmigrate.twin.powershell.machine import StoredCertificate
from exmigrate.twin.powershell.packs import Native, NativeCall

REQUEST_STORE = ("localmachine", "request")
ATTRIBUTES = {
    "CN": x509.NameOID.COMMON_NAME,
    "O": x509.NameOID.ORGANIZATION_NAME,
    "OU": x509.NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": x509.NameOID.LOCALITY_NAME,
    "S": x509.NameOID.STATE_OR_PROVINCE_NAME,
    "C": x509.NameOID.COUNTRY_NAME,
}


def certreq(call: NativeCall) -> int:
    """certreq.exe -new FILE.inf FILE.req."""
    words = [argument for argument in call.args if argument[:1] not in "-/"]
    verbs = [argument.lower().lstrip("-/") for argument in call.args if argument[:1] in "-/"]
    if "new" not in verbs or len(words) < 2:
        call.err(f"Not simulated: certreq {' '.join(call.args)}.")
        return 1
    source, target = (_full(call, word) for word in words[:2])
    if call.machine.files.stat(source) is None:
        call.out("The system cannot find the file specified. 0x80070002 (WIN32: 2)")
        return 2
    values, names = read_inf(_decode(call.machine.files.read(source)))
    if "subject" not in values:
        call.out("The parameter is incorrect. 0x80070057: the INF file names no Subject.")
        return 87
    key = rsa.generate_private_key(65537, int(values.get("keylength", "2048")))
    request = _build(values["subject"], names, key)
    call.machine.files.write(target, request.public_bytes(serialization.Encoding.PEM))
    call.machine.certificates.table.setdefault(REQUEST_STORE, {})
    call.machine.certificates.names.setdefault("request", "REQUEST")
    call.machine.certificates.add(
        *REQUEST_STORE,
        StoredCertificate(
            request.public_bytes(serialization.Encoding.DER),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            values.get("friendlyname", ""),
            values.get("exportable", "FALSE").upper() == "TRUE",
        ),
    )
    call.out("CertReq: Request Created")
    return 0


def _full(call: NativeCall, path: str) -> str:
    return path if path[1:2] == ":" else f"{call.directory.rstrip(chr(92))}\\{path}"


def _decode(data: bytes) -> str:
    return (
        data.decode("utf-16")
        if data[:2] in (b"\xff\xfe", b"\xfe\xff")
        else data.decode("utf-8", errors="replace")
    )


def read_inf(text: str) -> tuple[dict[str, str], list[str]]:
    """Values of an INF file by key in lower case, and the DNS names of its SAN extension."""
    values: dict[str, str] = {}
    names: list[str] = []
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if not equals or line.lstrip().startswith(";"):
            continue
        plain = value.strip().strip('"')
        values.setdefault(key.strip().lower(), plain)
        for piece in plain.replace("{text}", "").split("&"):
            if piece.strip().lower().startswith("dns="):
                names.append(piece.strip()[4:])
    return values, names


def _build(subject: str, names: list[str], key: rsa.RSAPrivateKey) -> x509.CertificateSigningRequest:
    parts = []
    for piece in subject.split(","):
        name, _, value = piece.strip().partition("=")
        if name.strip().upper() in ATTRIBUTES:
            parts.append(x509.NameAttribute(ATTRIBUTES[name.strip().upper()], value.strip()))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(parts))
    if names:
        general = [x509.DNSName(name) for name in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    return builder.sign(key, hashes.SHA256())


PROGRAMS: dict[str, Native] = {"certreq.exe": certreq}
