"""Version facts as data: builds, schema levels, roles, Windows versions and features, Setup switches.

Each file says where its facts come from. This loader gives them as typed values, read once when first asked
for; it imports nothing of exmigrate. Cmdlet signatures lie beside it in ``cmdlets/``.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


@lru_cache(maxsize=32)
def document(name: str) -> Any:
    """A facts file as plain values, by its file name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)


def build_tuple(build: str) -> tuple[int, ...]:
    """``14.3.123.4`` as numbers, for comparing."""
    return tuple(int(part) for part in build.split(".") if part.isdigit())


@dataclass(frozen=True)
class ExchangeLevel:
    """A product with its service pack.

    Attributes:
        name: such as ``2010SP3``.
        product: ``2003``, ``2007``, ``2010`` …
        build: four numbers as text.
        schema: rangeUpper that its PrepareSchema leaves.
        org: objectVersion of the organization that its PrepareAD leaves (0: none).
        meso: objectVersion of Microsoft Exchange System Objects.
        title: text of ``AdminDisplayVersion`` and ``serialNumber``.
    """

    name: str
    product: str
    build: str
    schema: int
    org: int
    meso: int
    title: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """The build as numbers."""
        return build_tuple(self.build)

    @property
    def version_number(self) -> int:
        """``versionNumber`` of a server object: layout, major, minor, flag and build as one 32-bit number."""
        major, minor, build = self.numbers[:3]
        value = (0x7 << 28) | (major << 22) | (minor << 16) | (1 << 15) | build
        return value - (1 << 32) if value >= 1 << 31 else value


@lru_cache(maxsize=1)
def exchange_levels() -> dict[str, ExchangeLevel]:
    """All Exchange levels, oldest first, by name."""
    return {
        name: ExchangeLevel(name=name, **item)
        for name, item in document("exchange-levels.yaml")["levels"].items()
    }


def level_of_build(build: str) -> ExchangeLevel:
    """The level whose build is the highest that does not exceed ``build``, of the same major version.

    Raises:
        KeyError: no level of that major version.
    """
    numbers = build_tuple(build)
    fitting = [
        level
        for level in exchange_levels().values()
        if level.numbers[:2] <= numbers[:2] and level.numbers[0] == numbers[0]
    ]
    if not fitting:
        raise KeyError(build)
    return max(fitting, key=lambda level: level.numbers)


def object_version(product: str) -> int:
    """``msExchVersion`` that a product stamps on objects (0 for 2003 and older)."""
    return int(document("exchange-levels.yaml")["object_versions"].get(product, 0))


@dataclass(frozen=True)
class Role:
    """A server role: its bit, registry key name and the names that Setup takes."""

    name: str
    bit: int
    registry: str
    names: tuple[str, ...]
    label: str


@lru_cache(maxsize=1)
def roles() -> dict[str, Role]:
    """All roles by their Setup name."""
    return {
        name: Role(name, item["bit"], item["registry"], tuple(item["names"]), item["label"])
        for name, item in document("exchange-roles.yaml")["roles"].items()
    }


def role_named(text: str) -> Role | None:
    """The role that a Setup argument (``C``, ``HubTransport``, ``mb``) means."""
    lowered = text.strip().lower()
    return next((role for role in roles().values() if lowered in role.names), None)


@dataclass(frozen=True)
class ServiceFact:
    """A Windows service: name, display name, start mode ``Auto``, ``Manual`` or ``Disabled``."""

    name: str
    display: str
    start: str


def role_services(product: str, role: str) -> tuple[ServiceFact, ...]:
    """Services that a role (or ``common``) brings in a product."""
    data = document("exchange-roles.yaml")
    made = []
    for text in data["services"].get(product, {}).get(role, ()):
        name, _, start = text.partition(":")
        made.append(ServiceFact(name, data["display_names"].get(name, name), start or "Auto"))
    return tuple(made)


@dataclass(frozen=True)
class ProductFact:
    """Where a product lives on a server."""

    registry: str
    folder: str
    snapin: str


def product(name: str) -> ProductFact:
    """Registry root, default folder and snap-in of ``2003``, ``2007`` or ``2010``."""
    return ProductFact(**document("exchange-roles.yaml")["products"][name])


@dataclass(frozen=True)
class WindowsVersion:
    """A Windows Server version.

    Attributes:
        name: ``2003``, ``2008R2`` …
        version: ``6.1.7601``, at the service pack asked for.
        caption: what WMI calls it.
        powershell: engine that comes with it, empty for none.
    """

    name: str
    version: str
    caption: str
    level: int
    powershell: str


def windows_version(name: str, service_pack: int = 0, edition: str = "Standard") -> WindowsVersion:
    """A Windows version at a service pack.

    Raises:
        KeyError: no such version.
    """
    item = document("windows.yaml")["versions"][name]
    number = item["version"]
    build = item.get("builds", {}).get(str(service_pack))
    if build:
        number = f"{number.rpartition('.')[0]}.{build}"
    return WindowsVersion(
        name, number, item["caption"].format(edition=edition), item["level"], item["powershell"]
    )


def base_services() -> tuple[ServiceFact, ...]:
    """Services that every Windows server has."""
    return tuple(
        ServiceFact(name, item[0], item[1]) for name, item in document("windows.yaml")["services"].items()
    )


@dataclass(frozen=True)
class WindowsFeature:
    """A Windows feature.

    Attributes:
        name: ServerManager name, such as ``Web-Server``.
        needs: features installed before it.
        brings: features that installing it includes.
        services: services it brings.
        reboot: whether a restart is pending after it.
    """

    name: str
    title: str
    parent: str
    needs: tuple[str, ...]
    brings: tuple[str, ...]
    services: tuple[ServiceFact, ...]
    reboot: bool


@lru_cache(maxsize=1)
def windows_features() -> dict[str, WindowsFeature]:
    """Features by ServerManager name, parents before children."""
    return {
        name: WindowsFeature(
            name=name,
            title=item["title"],
            parent=item.get("parent", ""),
            needs=tuple(item.get("needs", ())),
            brings=tuple(item.get("brings", ())),
            services=tuple(_feature_service(text) for text in item.get("services", ())),
            reboot=bool(item.get("reboot", False)),
        )
        for name, item in document("windows-features.yaml")["features"].items()
    }


def _feature_service(text: str) -> ServiceFact:
    name, display, *start = text.split(":")
    return ServiceFact(name, display, start[0] if start else "Auto")


def prerequisites(product_name: str) -> dict[str, Any]:
    """What a product needs of a server: the entry of ``exchange-prerequisites.yaml``."""
    found: dict[str, Any] = document("exchange-prerequisites.yaml")["products"][product_name]
    return found


def required_features(level: str, role: str) -> tuple[str, ...]:
    """Windows features that Setup of a level checks for a role, or for ``preparation``."""
    known = exchange_levels()[level]
    needs = prerequisites(known.product)
    if role == "preparation":
        return tuple(needs["preparation"])
    if role == "EdgeTransport":
        return tuple(needs["edge"])
    if role == "ManagementTools":
        return ("NET-Framework-Core",) if known.product == "2010" else ()
    extra = [
        item["feature"]
        for item in needs["extra"]
        if item["role"] == role and exchange_levels()[item["since"]].numbers <= known.numbers
    ]
    return (*needs["base"], *needs["roles"][role], *extra)


def coexistence(product_name: str) -> dict[str, Any]:
    """Minimum levels beside a product: the ``coexistence`` entry."""
    found: dict[str, Any] = document("exchange-prerequisites.yaml")["coexistence"].get(product_name, {})
    return found


@dataclass(frozen=True)
class SetupSwitch:
    """A switch of Setup; ``value`` is ``none``, ``optional`` or ``required``."""

    name: str
    value: str
    products: tuple[str, ...]
    since: str


@lru_cache(maxsize=1)
def setup_switches() -> dict[str, SetupSwitch]:
    """Setup switches by each name they go by, in lower case."""
    found: dict[str, SetupSwitch] = {}
    for name, item in document("setup-switches.yaml")["switches"].items():
        switch = SetupSwitch(name, item["value"], tuple(item["products"]), item.get("since", ""))
        for spelled in item["names"]:
            found[str(spelled)] = switch
    return found


def setup_minutes(what: str) -> float:
    """Organization minutes that a part of Setup takes."""
    return float(document("setup-switches.yaml")["minutes"][what])


@dataclass(frozen=True)
class DirectoryClass:
    """A class of the directory: CN of its schema object, its parents without ``top``, category class."""

    name: str
    cn: str
    parents: tuple[str, ...]
    category: str


@lru_cache(maxsize=1)
def directory_classes() -> dict[str, DirectoryClass]:
    """Known directory classes by lDAPDisplayName."""
    return {
        name: DirectoryClass(name, item["cn"], tuple(item["parents"]), item.get("category", ""))
        for name, item in document("directory-classes.yaml")["classes"].items()
    }


def directory_links() -> dict[str, str]:
    """Forward link attributes and their back-links."""
    found: dict[str, str] = document("directory-classes.yaml")["links"]
    return found


@lru_cache(maxsize=1)
def large_integer_attributes() -> frozenset[str]:
    """Attributes of LargeInteger syntax, in lower case."""
    return frozenset(name.lower() for name in document("directory-classes.yaml")["large_integers"])
