"""The management shell of one version around a cmdlet call: who calls, which controller, and how it fails."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exmigrate.twin.cmdlets.exchange.values import text_of
from exmigrate.twin.powershell.packs import Call
from exmigrate.twin.powershell.scalars import Guid
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.forest import DomainController

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

SNAPINS = {
    "2007": "Microsoft.Exchange.Management.PowerShell.Admin",
    "2010": "Microsoft.Exchange.Management.PowerShell.E2010",
}
TASKS = "Microsoft.Exchange.Management.SystemConfigurationTasks"
RECIPIENT_TASKS = "Microsoft.Exchange.Management.RecipientTasks"
MAPI_TASKS = "Microsoft.Exchange.Management.MapiTasks"
EXCEPTIONS = "Microsoft.Exchange.Configuration.Tasks"
NOT_FOUND = f"{EXCEPTIONS}.ManagementObjectNotFoundException"
INVALID = "Microsoft.Exchange.Data.Directory.InvalidADObjectOperationException"

READERS = frozenset(
    {
        "organization management", "view-only organization management", "recipient management", "server management",
        "public folder management", "um management", "help desk", "records management", "hygiene management",
        "exchange organization administrators", "exchange recipient administrators",
        "exchange view-only administrators", "exchange public folder administrators", "enterprise admins",
        "domain admins", "exchange servers", "exchange trusted subsystem",
    }
)  # fmt: skip
ADMINISTRATORS = frozenset(
    {
        "organization management", "exchange organization administrators", "enterprise admins",
        "exchange trusted subsystem",
    }
)  # fmt: skip
RECIPIENT_ADMINISTRATORS = ADMINISTRATORS | {
    "recipient management", "exchange recipient administrators", "domain admins",
}  # fmt: skip


class TaskError(Exception):
    """A task fails with Exchange's words; the shell writes it as an error of the cmdlet.

    Attributes:
        category: PowerShell's error category.
        kind: .NET exception type.
    """

    def __init__(
        self,
        message: str,
        category: str = "InvalidOperation",
        kind: str = f"{EXCEPTIONS}.TaskException",
        target: Any = None,
    ) -> None:
        self.message = message
        self.category = category
        self.kind = kind
        self.target = target
        super().__init__(message)


@dataclass
class SessionSettings:
    """Directory settings of one shell process."""

    whole_forest: bool = False
    preferred: str = ""


class Shell:
    """One call of an Exchange cmdlet.

    Attributes:
        version: ``2007`` or ``2010``, the version of the shell.
        call: the interpreter's call.
        links: links to objects that this call has made already, by DN.
    """

    def __init__(self, call: Call, version: str) -> None:
        self.call = call
        self.version = version
        self.machine = call.machine
        self.world: World = call.machine.world
        self.org: ExchangeOrganization = self.world.exchange
        self.server: Server = call.machine.server
        self.links: dict[str, Record] = {}
        self._controller: DomainController | None = None

    # parameters

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a parameter as the script gave it."""
        return self.call.get(name, default)

    def given(self, name: str) -> bool:
        """Whether the script gave a parameter."""
        return name in self.call.given

    def flag(self, name: str) -> bool:
        """Whether a switch is on."""
        return bool(self.call.get(name, False))

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text; what an object given for an identity is shown as or known by."""
        value = self.call.get(name)
        return default if value is None else identity_text(value)

    def texts(self, name: str) -> list[str]:
        """A multi-valued parameter as texts."""
        return [identity_text(item) for item in items_of(self.call.get(name))]

    def wait(self, seconds: float) -> None:
        """Let organization time pass for the caller while others go on: the world is let go meanwhile."""
        self.world.lock.release()
        try:
            self.machine.clock.sleep(seconds * self.org.scale)
        finally:
            self.world.lock.acquire()

    # place

    @property
    def controller(self) -> DomainController:
        """The controller this call reads and writes.

        Raises:
            TaskError: the one named is not there or down.
        """
        if self._controller is None:
            self._controller = self._choose()
        return self._controller

    def _choose(self) -> DomainController:
        named = self.text("DomainController") or self.settings.preferred
        if named:
            found = self.world.forest.controller(named)
            if found is None or not found.up:
                raise TaskError(
                    f"An Active Directory error 0x51 occurred when trying to check the suitability of server '{named}'. "
                    "Error: 'Active directory response: The LDAP server is unavailable.'",
                    "NotSpecified",
                    "Microsoft.Exchange.Data.Directory.SuitabilityDirectoryException",
                )
            return found
        try:
            return self.org.controller_for(self.server)
        except LookupError as error:
            raise TaskError(
                f"No suitable domain controller was found in domain '{self.server.spec.domain}'. Errors: {error}",
                "NotSpecified",
                "Microsoft.Exchange.Data.Directory.NoSuitableServerFoundException",
            ) from error

    @property
    def store(self) -> Store:
        """Exchange objects through that controller."""
        return Store(self.controller)

    @property
    def is_edge(self) -> bool:
        """Whether the shell runs on an Edge server, away from the directory."""
        return self.server.exchange is not None and "EdgeTransport" in self.server.exchange.roles

    @property
    def settings(self) -> SessionSettings:
        """Directory settings of this process; 2007 keeps them in a variable."""
        found = settings_of(self.machine)
        if self.version == "2007":
            variable = self.call.session.get_global("AdminSessionADSettings")
            if isinstance(variable, Record):
                found.whole_forest = bool(variable.values.get("ViewEntireForest"))
        return found

    @property
    def pinned(self) -> bool:
        """Whether the call names its controller."""
        return bool(self.text("DomainController"))

    @property
    def whole_forest(self) -> bool:
        """Whether recipients of the whole forest are in view.

        A global catalog is asked where the scope is the forest and the call names no controller; one that is named is
        asked on the LDAP port, global catalog or not, and finds the recipients of its own domain.
        """
        if len(self.world.spec.forest.domains) == 1:
            return True
        return self.settings.whole_forest and not self.pinned

    @property
    def recipient_controller(self) -> DomainController:
        """The controller recipients are looked up on: a global catalog where the whole forest is in view."""
        return self._catalog() if self.whole_forest and not self.pinned else self.controller

    @property
    def reference_controller(self) -> DomainController:
        """The controller on which recipients that a parameter refers to are resolved.

        Members, managers, journal recipients and the like are looked for in the whole forest, by the catalog of the
        controller that is named where it is one. For 2007 that is (unverified).
        """
        return self._catalog()

    def _catalog(self) -> DomainController:
        if self.controller.is_global_catalog:
            return self.controller
        return self.world.forest.find(site=self.server.site, global_catalog=True) or self.controller

    def own_controller(self, dn: str) -> DomainController:
        """The controller that an object of a domain is written on: the call's own, else the nearest of that domain.

        Raises:
            TaskError: the call names a controller of another domain, or the domain has none that can be written.
        """
        if self.controller.owns(dn):
            return self.controller
        found = self.world.forest.find(site=self.server.site, domain=names.dns_name(dn), writable=True)
        if self.pinned or found is None:
            raise self.referral(dn)
        return found

    # rights

    def authorize(self, allowed: frozenset[str]) -> None:
        """Refuse a caller whose logon does not reach the directory, or who lacks rights.

        Raises:
            TaskError: Exchange's or the directory's refusal.
        """
        token = self.machine.token
        if self.is_edge:
            if not token.member_of("Administrators"):
                raise TaskError("Access is denied.", "PermissionDenied", "System.UnauthorizedAccessException")
            return
        reaches = token.is_system or (not token.is_local and (token.can_delegate or token.kind != "network"))
        if not reaches or self.server.domain is None:
            domain = self.server.spec.domain or self.server.name
            raise TaskError(
                f"No suitable domain controller was found in domain '{domain}'. Errors: Active Directory response: "
                "The LDAP server is unavailable. (A local error occurred.)",
                "NotSpecified",
                "Microsoft.Exchange.Data.Directory.NoSuitableServerFoundException",
            )
        if token.is_system:
            return
        groups = {group.lower() for group in token.groups}
        if not groups & allowed:
            raise TaskError(
                f"Active Directory operation failed on {self.controller.fqdn}. This error is not retriable. "
                "Additional information: Insufficient access rights to perform the operation.\n"
                "Active directory response: 00002098: SecErr: DSID-03150BB9, problem 4003 (INSUFF_ACCESS_RIGHTS), "
                "data 0",
                "NotSpecified",
                "Microsoft.Exchange.Data.Directory.ADOperationException",
            )

    # failing

    def referral(self, dn: str) -> TaskError:
        """The error of a controller that was named and does not hold the domain of an object."""
        return TaskError(
            f"Active Directory operation failed on {self.controller.fqdn}. This error is not retriable. Additional "
            "information: A referral was returned from the server.\nActive directory response: 0000202B: RefErr: "
            f"DSID-031007EF, data 0, 1 access points\n\tref 1: '{names.dns_name(dn)}'\n",
            "NotSpecified",
            "Microsoft.Exchange.Data.Directory.ADReferralException",
        )

    def not_found(self, identity: str) -> TaskError:
        """The error of an object that this controller does not have."""
        host = self.controller.fqdn
        if self.version == "2007":
            text = (
                f"The operation could not be performed because object '{identity}' could not be found on domain "
                f"controller '{host}'."
            )
        else:
            text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{host}'."
        return TaskError(text, "NotSpecified", NOT_FOUND)

    def exists(self, name: str) -> TaskError:
        """The error of a name that is taken."""
        host = self.controller.fqdn
        text = (
            f"Active Directory operation failed on {host}. The object '{name}' already exists."
            if self.version == "2010"
            else f"The Active Directory object '{name}' already exists on {host}."
        )
        return TaskError(
            text, "NotSpecified", "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
        )

    def fail(self, error: TaskError) -> None:
        """Write an error of this cmdlet; the pipeline goes on unless the caller said Stop."""
        number = f"{zlib.crc32(error.message.split(chr(39))[0].encode() + error.kind.encode()):08X}"
        self.call.write_error(error.message, number, error.category, error.target, exception=error.kind)


_SETTINGS = "exchange_session_settings"


def settings_of(machine: Any) -> SessionSettings:
    """The directory settings kept with a process."""
    found = getattr(machine.process, _SETTINGS, None)
    if not isinstance(found, SessionSettings):
        found = SessionSettings()
        setattr(machine.process, _SETTINGS, found)
    return found


def items_of(value: Any) -> list[Any]:
    """The elements of what was given for a multi-valued parameter."""
    if value is None:
        return []
    if isinstance(value, str | bytes | Record):
        return [value]
    if isinstance(value, list | tuple):
        return list(value)
    if hasattr(value, "items") and isinstance(value.items, list):
        return list(value.items)
    return [value]


def identity_text(value: Any) -> str:
    """What names an object: text as it is, an object by its DN or GUID."""
    if isinstance(value, Record):
        inner = value.values.get("Identity", value)
        if isinstance(inner, Record) and inner.values.get("DistinguishedName"):
            return str(inner.values["DistinguishedName"])
        if value.values.get("DistinguishedName"):
            return str(value.values["DistinguishedName"])
        return text_of(inner)
    if isinstance(value, Guid):
        return value.text
    base = getattr(value, "base", None)
    if base is not None:
        return identity_text(base)
    props = getattr(value, "props", None)
    if isinstance(props, dict):
        for name in ("Identity", "DistinguishedName", "Name"):
            if props.get(name) is not None:
                return identity_text(props[name])
    return text_of(value)
