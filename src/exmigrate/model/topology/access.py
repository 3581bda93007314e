"""How servers are reached, what is installed on them, and what the engine obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ROLES = ("cas", "hub", "um", "mailbox", "edge")
"""Server roles in the order of installation in a site (2010); removal from 2007 is mailbox, um, hub, cas."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret: `env:NAME`, `file:PATH`, `keyring:SERVICE/NAME` or `prompt:TEXT`. Never the value."""

    ref: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A named credential: user in the clear, password by reference; `local` for an account of one machine."""

    name: str
    username: str
    password: Secret | None
    certificate: str = ""
    key: str = ""
    local: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How one server is reached.

    Attributes:
        transport: `kerberos | ntlm | credssp | certificate | basic`.
        scheme: `http` or `https`; port 5985 or 5986 unless said otherwise.
        verify: `system`, `ignore` or a path of a CA bundle.
        credential: name of a `Credential`.
        run_as: name of the `Credential` that detached jobs run under.
        expose_run_as_password: whether its password may stand on a command line of Windows 2003 for an instant.
    """

    transport: str
    scheme: str
    port: int
    verify: str
    credential: str
    run_as: str
    run_root: str = "C:\\ProgramData\\exmigrate"
    address: str = ""
    expose_run_as_password: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """An Exchange version with its service pack: `2007` `SP3`, `2010` `SP3`."""

    version: str
    service_pack: str = ""
    build: str = ""


@dataclass(frozen=True, slots=True)
class Medium:
    """Setup media, a service pack or an update rollup.

    Attributes:
        name: how the plan refers to it.
        version: Exchange version it belongs to.
        kind: `setup`, `rollup`, or `package` for what Setup asks for beside Windows features.
        source: UNC or local path of the unpacked folder, ISO or MSP as the server sees it.
        folder: staging folder on the server.
        sha256: of the file, or of the manifest of an unpacked folder.
        schema: `rangeUpper` that its schema preparation gives.
    """

    name: str
    version: str
    kind: str
    service_pack: str
    build: str
    source: str
    folder: str
    sha256: str
    schema: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """An Exchange-aware product: antivirus, backup, archive, fax, BlackBerry."""

    name: str
    kind: str
    version: str = ""
    supports_target: bool = False
    replacement: str = ""
    api: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring maintenance window in a named time zone.

    Attributes:
        days: of `mon tue wed thu fri sat sun`.
        start: minute of the day at which it opens; length: minutes it is open.
    """

    name: str
    days: tuple[str, ...]
    start: int
    length: int
    timezone: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule waived by name: who, when, why."""

    rule: str
    who: str
    date: str
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the engine obeys.

    Attributes:
        start: ISO 8601 instant before which nothing runs, empty for at once.
        later_sites: `after-pilot` or `after-install`.
        windows: named windows; `default_window` for what is bound to the policy.
        limits: named concurrency limits, such as `{"organization": 8, "site": 4}`.
        retries: per failure class, `{"transient": 3}`.
        basis: `refuse` or `allow` a basis that moved.
        gate_notes: the organization's own words for a gate, by kind id; shown with its instructions.
        optional: optional step kinds the plan wants, by kind id.
    """

    start: str = ""
    later_sites: str = "after-pilot"
    windows: tuple[Window, ...] = ()
    default_window: str = ""
    batch_window: str = ""
    blackout_dates: tuple[str, ...] = ()
    timezone: str = "UTC"
    gate_notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    retries: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    soak_days: int = 7
    basis: str = "refuse"
    waivers: tuple[Waiver, ...] = ()
    optional: tuple[str, ...] = ()
    path: str = ""
