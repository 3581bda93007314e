"""Certificates of Exchange servers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, items_of
from exmigrate.twin.cmdlets.exchange.values import date, list_of, make
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.values import Byte, Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange import x509
from exmigrate.twin.world.exchange.certificates import Held

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server

CERTIFICATE = "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate"
SERVICES = ("IMAP", "POP", "UM", "IIS", "SMTP")


def _server(shell: Shell) -> Server:
    """The server a call is about: 2010 can name another, 2007 works on its own.

    Raises:
        TaskError: not there, or of another version.
    """
    text = shell.text("Server")
    if not text or shell.is_edge:
        return shell.server
    entry = objects.one(shell, "ExchangeServer", text, shell.org.layout.servers)
    name = names.rdn_value(entry.dn)
    objects.own_version(shell, name, name)
    found = shell.world.server(name)
    if found is None or not found.up:
        raise TaskError(
            f"The task wasn't able to contact the Microsoft Exchange Service Host on server {name}: the RPC server is "
            "unavailable.",
            "ReadError",
        )
    return found


def _find(shell: Shell, server: Server, text: str) -> Held:
    held = shell.org.certificates.find(server, text.rpartition("\\")[2])
    if held is None:
        raise TaskError(
            f"The certificate with thumbprint {text} was not found.", "ReadError", "System.ArgumentException"
        )
    return held


def show(shell: Shell, server: Server, held: Held) -> Record:
    """A certificate."""
    parsed = held.bundle.certificate
    trusted = x509.issued_by_authority(held.bundle)
    status = "PendingRequest" if held.request else "Valid"
    if not held.request and parsed.not_valid_after_utc < shell.org.now():
        status = "DateInvalid"
    values: dict[str, Any] = {
        "AccessRules": list_of([]),
        "CertificateDomains": list_of(held.bundle.domains),
        "CertificateRequest": held.request,
        "HasPrivateKey": held.bundle.key is not None,
        "IsSelfSigned": held.bundle.self_signed,
        "Issuer": x509.subject_text(parsed.issuer),
        "NotAfter": date(parsed.not_valid_after_utc),
        "NotBefore": date(parsed.not_valid_before_utc),
        "PrivateKeyExportable": held.exportable,
        "PublicKeySize": parsed.public_key().key_size,  # type: ignore[union-attr]
        "RootCAType": "ThirdParty" if trusted else "None",
        "SerialNumber": f"{parsed.serial_number:X}",
        "Services": held.services_text,
        "Status": status,
        "Subject": x509.subject_text(parsed.subject),
        "Thumbprint": held.thumbprint,
        "FriendlyName": held.friendly_name,
        "Identity": f"{server.fqdn}\\{held.thumbprint}",
        "RawData": [Byte(b) for b in held.bundle.der],
    }
    return make(CERTIFICATE, values, ("Thumbprint", "Services", "Subject"))


@task("Get-ExchangeCertificate")
def get_exchange_certificate(shell: Shell) -> None:
    """Certificates in the machine store, pending requests included."""
    server = _server(shell)
    thumbprint = shell.text("Thumbprint") or shell.text("Identity")
    if thumbprint:
        shell.call.write(show(shell, server, _find(shell, server, thumbprint)))
        return
    wanted = [name.lower() for name in shell.texts("DomainName")]
    for held in shell.org.certificates.of(server):
        if all(name in [d.lower() for d in held.bundle.domains] for name in wanted):
            shell.call.write(show(shell, server, held))


@task("New-ExchangeCertificate")
def new_exchange_certificate(shell: Shell) -> None:
    """A self-signed certificate, or a request for one."""
    server = _server(shell)
    domains = shell.texts("DomainName")
    subject = shell.text("SubjectName")
    exportable = bool(shell.get("PrivateKeyExportable", False))
    friendly = shell.text("FriendlyName") or "Microsoft Exchange"
    if not shell.call.should_process(server.name, "New-ExchangeCertificate"):
        return
    if not shell.flag("GenerateRequest"):
        bundle = x509.self_signed(domains or [server.name, server.fqdn], shell.org.now(), shell.org.random)
        held = shell.org.certificates.add(server, bundle, friendly, exportable)
        shell.org.certificates.enable(server, held.thumbprint, {"SMTP"})
        shell.call.write(show(shell, server, _find(shell, server, held.thumbprint)))
        return
    if not subject:
        subject = f"CN={domains[0]}" if domains else f"CN={server.fqdn}"
    try:
        held = shell.org.certificates.make_request(
            server, subject, domains, friendly, exportable, int(shell.get("KeySize") or 2048)
        )
    except x509.CertificateError as error:
        raise TaskError(str(error), "InvalidArgument", "System.ArgumentException") from error
    _give_request(shell, server, held)


def _give_request(shell: Shell, server: Server, held: Held) -> None:
    path = shell.text("Path") or shell.text("RequestFile")
    text = held.request.replace("\n", "\r\n")
    if path:
        body = text.encode()
        if shell.flag("BinaryEncoded"):
            body = base64.b64decode("".join(held.request.splitlines()[1:-1]))
        try:
            shell.machine.files.write(path, body)
        except MachineError as error:
            raise TaskError(
                f"Could not write the request to '{path}': {error}", "WriteError", "System.IO.IOException"
            ) from error
    if shell.version == "2007":
        if not path:
            raise TaskError(
                "A path for the certificate request is required with GenerateRequest.", "InvalidArgument"
            )
        shell.call.write(show(shell, server, held))
        return
    if not path:
        shell.call.write(text)


@task("Import-ExchangeCertificate")
def import_exchange_certificate(shell: Shell) -> None:
    """A PFX with key and chain, or an authority's reply to a pending request."""
    server = _server(shell)
    data = _import_data(shell)
    secret = shell.get("Password")
    password = secret.reveal() if hasattr(secret, "reveal") else str(secret or "")
    if not shell.call.should_process(server.name, "Import-ExchangeCertificate"):
        return
    try:
        reply = x509.from_reply(data)
    except x509.CertificateError:
        reply = None
    if reply is not None:
        held = shell.org.certificates.complete(server, reply) or shell.org.certificates.add(server, reply)
        shell.call.write(show(shell, server, held))
        return
    try:
        bundle = x509.from_pfx(data, password)
    except x509.CertificateError as error:
        raise TaskError(
            f"The source data is corrupted or not properly Base64 encoded, or the password is wrong: {error}",
            "ReadError",
            "System.Security.Cryptography.CryptographicException",
        ) from error
    if shell.org.certificates.find(server, bundle.thumbprint) is not None:
        raise TaskError(
            f"Cannot import certificate. A certificate with the thumbprint {bundle.thumbprint} already exists.",
            "WriteError",
        )
    exportable = bool(shell.get("PrivateKeyExportable", False))
    held = shell.org.certificates.add(
        server, bundle, shell.text("FriendlyName") or bundle.domains[0], exportable
    )
    shell.call.write(show(shell, server, held))


def _import_data(shell: Shell) -> bytes:
    path = shell.text("Path") or shell.text("FileName")
    if path:
        try:
            return bytes(shell.machine.files.read(path))
        except MachineError as error:
            raise TaskError(
                f"Could not find file '{path}'.", "ReadError", "System.IO.FileNotFoundException"
            ) from error
    return bytes(int(item) for item in items_of(shell.get("FileData")))


@task("Enable-ExchangeCertificate")
def enable_exchange_certificate(shell: Shell) -> None:
    """Let services use a certificate; replacing the default SMTP one is asked about unless -Force."""
    server = _server(shell)
    held = _find(shell, server, shell.text("Thumbprint") or shell.text("Identity"))
    wanted = _services(shell)
    if held.request or held.bundle.key is None:
        raise TaskError(
            f"The certificate with thumbprint {held.thumbprint} was found but isn't valid for use with Exchange Server "
            "(reason: PrivateKeyMissing).",
            "InvalidArgument",
            "System.ArgumentException",
        )
    if not shell.call.should_process(f"{server.name}\\{held.thumbprint}", "Enable-ExchangeCertificate"):
        return
    if "SMTP" in wanted and "SMTP" not in held.services and not shell.flag("Force"):
        old = shell.org.certificates.bound(server, "SMTP")
        if old is not None and not shell.call.should_continue(
            f"Overwrite the existing default SMTP certificate?\n\nCurrent certificate: '{old.thumbprint}' (expires "
            f"{old.bundle.certificate.not_valid_after_utc:%m/%d/%Y})\nReplace it with certificate: '{held.thumbprint}'"
        ):
            return
    shell.org.certificates.enable(server, held.thumbprint, wanted)


def _services(shell: Shell) -> set[str]:
    found = {
        part.strip().upper() for text in shell.texts("Services") for part in text.split(",") if part.strip()
    }
    unknown = found - set(SERVICES) - {"NONE", "FEDERATION"}
    if unknown:
        raise TaskError(
            f"Cannot process argument transformation on parameter 'Services'. Cannot convert value \"{', '.join(sorted(unknown))}\""
            ' to type "Microsoft.Exchange.Management.SystemConfigurationTasks.AllowedServices".',
            "InvalidData",
        )
    return found - {"NONE", "FEDERATION"}


@task("Export-ExchangeCertificate")
def export_exchange_certificate(shell: Shell) -> None:
    """A PFX of a certificate with its key, or the text of a pending request."""
    server = _server(shell)
    held = _find(shell, server, shell.text("Thumbprint") or shell.text("Identity"))
    if held.request:
        shell.call.write(held.request)
        return
    if not held.exportable:
        raise TaskError(
            f"The private key of the certificate with thumbprint {held.thumbprint} can't be exported.",
            "InvalidOperation",
        )
    secret = shell.get("Password")
    data = x509.to_pfx(
        held.bundle, secret.reveal() if hasattr(secret, "reveal") else "", held.friendly_name, shell.org.now()
    )
    if shell.text("Path"):
        shell.machine.files.write(shell.text("Path"), data)
        return
    values = {"FileData": [Byte(b) for b in data], "Identity": "", "IsValid": True}
    if not shell.flag("BinaryEncoded"):
        values["FileData"] = [Byte(b) for b in base64.b64encode(data)]
    shell.call.write(make("Microsoft.Exchange.Data.BinaryFileDataObject", values))


@task("Remove-ExchangeCertificate")
def remove_exchange_certificate(shell: Shell) -> None:
    """Take a certificate or a pending request away; the one SMTP uses by default stays."""
    server = _server(shell)
    held = _find(shell, server, shell.text("Thumbprint") or shell.text("Identity"))
    bound = shell.org.certificates.bound(server, "SMTP")
    if bound is not None and bound.thumbprint == held.thumbprint:
        raise TaskError(
            "The internal transport certificate cannot be removed because that would cause the Microsoft Exchange "
            "Transport service to stop. To replace the internal transport certificate, create a new certificate. The new "
            "certificate will automatically become the internal transport certificate. You can then remove the existing "
            "certificate.",
            "InvalidOperation",
        )
    if shell.call.should_process(held.thumbprint, "Remove-ExchangeCertificate"):
        shell.org.certificates.remove(server, held.thumbprint)
