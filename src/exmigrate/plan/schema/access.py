"""Who logs on where, with which secret reference, and what media there are."""

from typing import Annotated, Literal

from pydantic import Field

from .types import (
    Address,
    AsLabel,
    Build,
    Defines,
    Entry,
    Name,
    Refers,
    SecretRef,
    Sha256,
    WindowsPath,
)

ExchangeVersion = Annotated[Literal["2000", "2003", "2007", "2010", "2013", "2016", "2019", "SE"], AsLabel()]
ServicePack = Literal["", "RTM", "SP1", "SP2", "SP3", "SP4"]


class VersionEntry(Entry):
    """An Exchange version with its service pack."""

    version: ExchangeVersion = Field(description="Exchange version: 2007, 2010.")
    service_pack: ServicePack = Field("", description="Service pack, such as SP3.")


class TransitionEntry(Entry):
    """From what to what: 2000 and 2003 to 2007; 2003, 2007, or both, to 2010."""

    source: list[VersionEntry] = Field(
        alias="from", min_length=1, description="Versions in the organization today."
    )
    to: VersionEntry = Field(description="The one version the organization shall have.")
    keep_2007_option: bool | None = Field(
        None,
        description="From 2003 to 2010: whether 2007 may still be needed; undecided when left out. The directory preparation "
        "of 2010 closes that door for good.",
    )


class CredentialEntry(Entry):
    """An account; its password only by reference."""

    username: Name = Field(description="DOMAIN\\user, user@domain, or a local account's name.")
    password: SecretRef | None = Field(
        None, description="Reference to the password: env:, file:, keyring: or prompt:."
    )
    certificate: str = Field("", description="Path of a client certificate, for certificate logon.")
    key: str = Field("", description="Path of the certificate's private key.")
    local: bool = Field(
        False, description="A local account of the servers it is used on, such as of an Edge."
    )
    groups: list[Name] = Field(
        default_factory=list,
        description="Directory groups that it is a member of today; a fact, checked by preflight.",
    )


class ConnectionEntry(Entry):
    """How servers are reached; what is left out comes from the defaults."""

    transport: Literal["kerberos", "ntlm", "credssp", "certificate", "basic"] | None = Field(
        None,
        description="WinRM logon. Exchange cmdlets need one that delegates: credssp or kerberos; on Windows 2003 ntlm serves "
        "what stays on that server.",
    )
    scheme: Literal["http", "https"] | None = Field(None, description="http or https.")
    port: int | None = Field(None, ge=1, le=65535, description="Port; 5985 or 5986 by scheme when left out.")
    verify: str | None = Field(None, description="TLS trust: system, ignore, or a path of a CA bundle.")
    credential: Annotated[str, Refers(("credential",))] | None = Field(
        None, description="Account that logs on."
    )
    run_as: Annotated[str, Refers(("credential",))] | None = Field(
        None, description="Account that jobs run under."
    )
    run_root: WindowsPath | None = Field(None, description="Folder of run directories on the servers.")
    expose_run_as_password: bool | None = Field(
        None,
        description="true: on Windows 2003 the password of run_as may stand on schtasks.exe's command line for an instant, "
        "readable by whoever lists the server's processes then.",
    )
    address: Address | str | None = Field(
        None, description="Address or name to connect to; the server's own name when left out."
    )
    driven: bool | None = Field(
        None, description="false: exmigrate never connects to it; its steps are gates."
    )


class ConnectionsEntry(Entry):
    """Defaults and exceptions."""

    defaults: ConnectionEntry = Field(description="For every server.")
    servers: dict[str, ConnectionEntry] = Field(default_factory=dict, description="Per server, by name.")


class MediumEntry(Entry):
    """Setup media of one version, or an update rollup."""

    name: Annotated[Name, Defines("medium")] = Field(description="How the plan refers to it.")
    version: ExchangeVersion = Field(description="Exchange version it installs.")
    kind: Literal["setup", "rollup", "package"] = Field(
        "setup",
        description="Setup media, an update rollup, or a package that Setup asks for (filter pack, UCMA).",
    )
    service_pack: ServicePack = Field("", description="Service pack that the media contains.")
    build: Build = Field(description="File version of ExSetup.exe, or of the package, such as 14.3.123.4.")
    source: WindowsPath = Field(description="Folder or file as the servers see it: UNC or local.")
    folder: WindowsPath = Field(description="Where it is staged on each server.")
    sha256: Sha256 = Field(description="SHA-256 of the file, or of the manifest of an unpacked folder.")
    schema_level: int = Field(
        0, ge=0, description="rangeUpper after its /PrepareSchema; taken from the build when 0."
    )
