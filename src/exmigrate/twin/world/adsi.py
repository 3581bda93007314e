"""ADSI over the forest: what ``[ADSI]`` and ``DirectorySearcher`` reach from one process.

A serverless path goes to the nearest controller of the machine's site. The logon has to reach that far: a
network logon without delegation gets the ``operations error`` that Windows gives, unless the machine is that
controller itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.scalars import DateTime
from exmigrate.twin.powershell.values import Int64
from exmigrate.twin.world import activedirectory
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.directory import DirectoryError, Entry
from exmigrate.twin.world.forest import DomainController, referral
from exmigrate.twin.world.ldapfilter import FilterError, Value
from exmigrate.twin.world.schema import is_large_integer

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

COMPUTED = ("distinguishedName", "name", "cn", "objectGUID", "uSNChanged", "memberOf")
SECURITY = "nTSecurityDescriptor"
"""Not among the values that a search or a bind fetches: who wants it asks for it."""

OPERATIONS_ERROR = 0x80072020
WRITERS = (
    "Domain Admins",
    "Enterprise Admins",
    "Schema Admins",
    "Organization Management",
    "Exchange Organization Administrators",
    "Exchange Full Administrator",
    "Exchange Trusted Subsystem",
    "Recipient Management",
    "Exchange Recipient Administrators",
)


def refused(error: DirectoryError) -> MachineError:
    """A directory refusal as the machine port tells it."""
    kinds = {
        "noSuchObject": "not-found",
        "entryAlreadyExists": "exists",
        "insufficientAccessRights": "denied",
    }
    return MachineError(kinds.get(error.code, "invalid"), str(error), error.hresult)


def to_script(name: str, value: Value | object) -> Any:
    """A directory value as a script holds it."""
    from exmigrate.twin.world.server import ticks

    if isinstance(value, datetime):
        return DateTime(ticks(value), 1)
    if isinstance(value, int) and not isinstance(value, bool) and is_large_integer(name):
        return Int64(value)
    return value


def from_script(value: Any) -> Value:
    """A script's value as the directory stores it."""
    if isinstance(value, bool | bytes):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, DateTime):
        return str(value)
    if isinstance(value, list):
        return bytes(int(item) for item in value)
    return str(value)


_BARE_SLASH: Final = re.compile(r"(?<!\\)/")


class AdsiNode:
    """One object as System.DirectoryServices holds it, with changes not yet committed."""

    def __init__(
        self,
        directory: AdsiDirectory,
        controller: DomainController,
        scheme: str,
        host: str,
        dn: str,
        new_class: str = "",
    ) -> None:
        self.directory = directory
        self.controller = controller
        self.dn = dn
        self._scheme = scheme
        self._host = host
        self._new_class = new_class
        self._changes: dict[str, tuple[str, list[Any]]] = {}

    @property
    def path(self) -> str:
        """ADsPath."""
        return self._path_of(self.dn)

    def _path_of(self, dn: str) -> str:
        escaped = dn.replace("/", "\\/")
        return f"{self._scheme}://{self._host}/{escaped}" if self._host else f"{self._scheme}://{escaped}"

    def _entry(self) -> Entry:
        entry = self.controller.get(self.dn)
        if entry is None:
            raise MachineError("not-found", "There is no such object on the server.", 0x80072030)
        return entry

    @property
    def is_rootdse(self) -> bool:
        """Whether this is the controller's own entry."""
        return self.dn.lower() == "rootdse"

    def attributes(self) -> dict[str, list[Any]]:
        """Values by attribute name, uncommitted changes included."""
        with self.directory.world.access():
            found = self._rootdse() if self.is_rootdse else self._stored()
        for spelled, values in self._changes.values():
            for present in [name for name in found if name.lower() == spelled.lower()]:
                del found[present]
            if values:
                found[spelled] = values
        return found

    def _stored(self) -> dict[str, list[Any]]:
        if self._new_class:
            return {"objectClass": [self._new_class]}
        entry = self._entry()
        found: dict[str, list[Any]] = {
            spelled: [to_script(spelled, value) for value in values]
            for spelled, values in entry.attributes.values()
            if spelled != SECURITY
        }
        for name in COMPUTED:
            values = self.controller.value(entry, name)
            if values and name not in found:
                found[name] = [to_script(name, value) for value in values]
        return found

    def _rootdse(self) -> dict[str, list[Any]]:
        forest, dc = self.controller.forest, self.controller
        site = f"CN=Servers,CN={names.escape(dc.site)},CN=Sites,{forest.configuration_dn}"
        domain = forest.domain(dc.spec.domain)
        return {
            "currentTime": [forest.clock.now().strftime("%Y%m%d%H%M%S.0Z")],
            "subschemaSubentry": [f"CN=Aggregate,{forest.schema_dn}"],
            "dsServiceName": [f"CN=NTDS Settings,CN={dc.name},{site}"],
            "namingContexts": [*forest.domain_dns(), forest.configuration_dn, forest.schema_dn],
            "defaultNamingContext": [dc.domain_dn],
            "schemaNamingContext": [forest.schema_dn],
            "configurationNamingContext": [forest.configuration_dn],
            "rootDomainNamingContext": [forest.root_dn],
            "supportedLDAPVersion": ["3", "2"],
            "highestCommittedUSN": [str(dc.replica.usn)],
            "dnsHostName": [dc.fqdn],
            "ldapServiceName": [f"{forest.spec.domains[0].name}:{dc.name.lower()}$@{dc.spec.domain.upper()}"],
            "serverName": [f"CN={dc.name},{site}"],
            "isSynchronized": ["TRUE"],
            "isGlobalCatalogReady": ["TRUE" if dc.is_global_catalog else "FALSE"],
            "domainFunctionality": [str(domain.functional_level if domain else 0)],
            "forestFunctionality": [str(forest.spec.functional_level)],
        }

    def put(self, name: str, values: list[Any]) -> None:
        """Set an attribute; written by `commit`."""
        self._changes[name.lower()] = (name, list(values))

    def commit(self) -> None:
        """Write what was put."""
        changed = {
            spelled: [from_script(value) for value in values] for spelled, values in self._changes.values()
        }
        with self.directory.world.access():
            self.directory.need_write(self.controller)
            try:
                if self._new_class:
                    self.controller.create(self.dn, self._new_class, changed)
                    self._new_class = ""
                elif changed:
                    self.controller.modify(self.dn, changed)
            except DirectoryError as error:
                raise refused(error) from error
        self._changes = {}

    def children(self) -> list[AdsiNode]:
        """Objects right below."""
        with self.directory.world.access():
            return [self._sibling(entry.dn) for entry in self.controller.children(self.dn)]

    def _sibling(self, dn: str, new_class: str = "") -> AdsiNode:
        return AdsiNode(self.directory, self.controller, self._scheme, self._host, dn, new_class)

    def add_child(self, rdn: str, object_class: str) -> AdsiNode:
        """A new object below, written by its own `commit`."""
        return self._sibling(f"{rdn},{self.dn}", object_class)

    def delete(self, tree: bool = False) -> None:
        """Remove the object."""
        with self.directory.world.access():
            self.directory.need_write(self.controller)
            try:
                self.controller.delete(self.dn, tree)
            except DirectoryError as error:
                raise refused(error) from error

    def move(self, new_parent: str, new_rdn: str | None) -> None:
        """Move below another object, or rename."""
        parent = self.directory.split(new_parent)[2] if new_parent else names.parent(self.dn)
        target = f"{new_rdn or names.split(self.dn)[0]},{parent}"
        with self.directory.world.access():
            self.directory.need_write(self.controller)
            entry = self.controller.get(self.dn)
            try:
                self.controller.rename(self.dn, target)
            except DirectoryError as error:
                raise refused(error) from error
            if entry is not None:
                self.directory.world.hooks.renamed(self.directory.world, entry.guid, names.rdn_value(target))
        self.dn = target

    def parent(self) -> AdsiNode | None:
        """The object above."""
        above = names.parent(self.dn)
        return self._sibling(above) if above else None

    def call(self, name: str, arguments: list[Any]) -> Any:
        """A method of the ADSI object."""
        lowered = name.lower()
        if lowered == "get":
            return self._get(str(arguments[0]))
        if lowered == "getex":
            return self.attributes_named(str(arguments[0]))
        if lowered == "put":
            value = arguments[1]
            self.put(str(arguments[0]), value if isinstance(value, list) else [value])
            return None
        if lowered == "putex":
            return self._put_ex(int(arguments[0]), str(arguments[1]), arguments[2])
        if lowered == "setinfo":
            self.commit()
            return None
        if lowered in ("getinfo", "getinfoex", "refreshcache"):
            self._changes = {}
            return None
        if lowered in ("add", "remove", "ismember"):
            return self._membership(lowered, str(arguments[0]))
        raise MachineError("invalid", f"Unknown name. ({name})", 0x80020006)

    def attributes_named(self, name: str) -> list[Any]:
        """Values of one attribute; empty when it has none."""
        for spelled, values in self.attributes().items():
            if spelled.lower() == name.lower():
                return values
        return []

    def _get(self, name: str) -> Any:
        values = self.attributes_named(name)
        if not values:
            raise MachineError(
                "not-found", "The directory property cannot be found in the cache.", 0x8000500D
            )
        return values[0] if len(values) == 1 else values

    def _put_ex(self, control: int, name: str, value: Any) -> None:
        given = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
        present = self.attributes_named(name)
        if control == 1:
            self.put(name, [])
        elif control == 3:
            self.put(name, [*present, *[item for item in given if item not in present]])
        elif control == 4:
            self.put(name, [item for item in present if item not in given])
        else:
            self.put(name, given)

    def _membership(self, verb: str, path: str) -> Any:
        dn = self.directory.split(path)[2]
        members = [str(value) for value in self.attributes_named("member")]
        keys = {names.key(member) for member in members}
        if verb == "ismember":
            return names.key(dn) in keys
        if verb == "add":
            if names.key(dn) in keys:
                raise MachineError("exists", "The object already exists.", 0x80071392)
            self.put("member", [*members, dn])
        else:
            self.put("member", [member for member in members if names.key(member) != names.key(dn)])
        self.commit()
        return None


class AdsiDirectory:
    """The directory port of one process."""

    def __init__(self, world: World, server: Server, token: Token) -> None:
        self.world = world
        self.server = server
        self.token = token

    @staticmethod
    def split(path: str) -> tuple[str, str, str]:
        """An ADsPath as scheme, host and DN.

        Raises:
            MachineError: a slash within a name is not escaped; ADSI ends a part of the path there.
        """
        scheme, _, rest = path.partition("://")
        first, slash, tail = rest.partition("/")
        host, dn = (first, tail) if slash and "=" not in first else ("", rest)
        if not slash and "=" not in rest and rest.lower() != "rootdse":
            host, dn = rest, ""
        if _BARE_SLASH.search(dn):
            raise MachineError("invalid", "An invalid dn syntax has been specified.", 0x80072032)
        return scheme, host, dn.replace("\\/", "/")

    def bind(self, path: str, user: str | None = None, password: str | None = None) -> AdsiNode:
        """Bind to an object.

        Raises:
            MachineError: provider, controller or object not there, or the logon does not reach it.
        """
        scheme, host, dn = self.split(path)
        if scheme.upper() not in ("LDAP", "GC"):
            raise MachineError("invalid", "Unknown error (0x80005000)", 0x80005000)
        with self.world.access():
            controller = self._controller(host, dn, scheme.upper() == "GC")
            self._authorize(controller, user, password)
            if not dn:
                dn = controller.domain_dn
            node = AdsiNode(self, controller, scheme, host, dn)
            if scheme.upper() == "LDAP" and not node.is_rootdse and not controller.owns(dn):
                # Whether ADSI follows the referral depends on how it is asked (unverified): here it never does.
                raise refused(referral())
            if not node.is_rootdse and controller.get(dn) is None:
                raise MachineError("not-found", "There is no such object on the server.", 0x80072030)
            return node

    def _controller(self, host: str, dn: str, catalog: bool) -> DomainController:
        forest = self.world.forest
        if self.server.domain is None and not host:
            raise MachineError(
                "unreachable",
                "The specified domain either does not exist or could not be contacted.",
                0x8007054B,
            )
        if host:
            found = forest.controller(host)
            if found is None and forest.domain(host.split(":")[0]) is not None:
                found = forest.find(self.server.site, domain=host.split(":")[0])
        else:
            domain = self._domain_of(dn)
            found = forest.find(self.server.site, domain=domain, global_catalog=catalog)
        if found is None or not found.up or (catalog and not found.is_global_catalog):
            raise MachineError("unreachable", "The server is not operational.", 0x8007203A)
        return found

    def _domain_of(self, dn: str) -> str:
        own = self.server.domain.name if self.server.domain else ""
        if "=" not in dn:
            return own
        context = self.world.forest.context_of(names.key(dn))
        configuration = names.key(self.world.forest.configuration_dn)
        if context is None or names.is_below(context, configuration):
            return own
        return names.dns_name(context)

    def _authorize(self, controller: DomainController, user: str | None, password: str | None) -> None:
        if user:
            from exmigrate.twin.world.accounts import LogonRefused

            try:
                self.world.accounts.logon(self.server, user, password or "", "network")
            except LogonRefused as error:
                raise MachineError("denied", str(error), 0x80070000 | error.code) from error
            return
        if controller.name.lower() == self.server.name.lower() and not self.token.is_local:
            return
        if self.token.is_local:
            raise MachineError("denied", "Logon failure: unknown user name or bad password.", 0x8007052E)
        if not self.token.can_delegate:
            raise MachineError("denied", "An operations error occurred.", OPERATIONS_ERROR)

    def need_write(self, controller: DomainController) -> None:
        """Refuse a write to an account without administrative groups."""
        if self.token.is_system or self.token.member_of(*WRITERS):
            return
        raise MachineError("denied", "Access is denied.", 0x80070005)

    def search(
        self,
        root: AdsiNode,
        ldap_filter: str,
        scope: str,
        properties: Sequence[str],
        size_limit: int = 0,
    ) -> list[AdsiNode]:
        """Objects under a root that match a filter."""
        scopes = {"base": "base", "onelevel": "onelevel", "subtree": "subtree"}
        catalog = root.path.upper().startswith("GC:")
        with self.world.access():
            try:
                found = root.controller.search(
                    root.dn, ldap_filter or "(objectClass=*)", scopes[scope.lower()], across=catalog
                )
            except DirectoryError as error:
                raise refused(error) from error
            except FilterError as error:
                raise MachineError(
                    "invalid", f"The {ldap_filter} search filter is invalid.", 0x8007203E
                ) from error
        nodes = [root._sibling(entry.dn) for entry in found]
        return nodes[:size_limit] if size_limit else nodes

    def dotnet(self, type_name: str, member: str, arguments: list[Any]) -> Any:
        """Static members of System.DirectoryServices.ActiveDirectory that scripts use.

        Raises:
            MachineError: the logon does not reach a controller, or the member is not simulated.
        """
        makers = {
            ("forest", "getcurrentforest"): activedirectory.forest_object,
            ("domain", "getcurrentdomain"): activedirectory.domain_object,
            ("domain", "getcomputerdomain"): activedirectory.domain_object,
            ("activedirectorysite", "getcomputersite"): activedirectory.site_object,
        }
        maker = makers.get((type_name.rpartition(".")[2].lower(), member.lower()))
        if maker is None:
            raise MachineError("invalid", f"Not simulated: [{type_name}]::{member}.", 0)
        with self.world.access():
            self._authorize(self._controller("", "RootDSE", False), None, None)
            return maker(self.world, self.server)
