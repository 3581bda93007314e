"""Mail recipients: users with mailboxes, system and arbitration mailboxes, groups."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of
from exmigrate.twin.world.exchange.state import DatabaseState, MailboxState
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.forest import DomainController
from exmigrate.twin.world.preparation import ARBITRATION, DISCOVERY

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

TYPE_DETAILS = {
    "UserMailbox": 1,
    "LinkedMailbox": 2,
    "SharedMailbox": 4,
    "LegacyMailbox": 8,
    "RoomMailbox": 16,
    "EquipmentMailbox": 32,
    "ArbitrationMailbox": 8388608,
    "DiscoveryMailbox": 536870912,
}
DETAILS_NAME = {number: name for name, number in TYPE_DETAILS.items()}

POLICY_EXEMPT = "{26491CFC-9E50-4857-861B-0CB8DF22B5D7}"


class Recipients:
    """All recipients of the organization and where they are found."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self._known: dict[uuid.UUID, None] = {}  # in the order of their making
        self._by_alias: dict[str, set[uuid.UUID]] = {}

    # finding

    def remember(self, entry: Entry) -> None:
        """Take an object into the index of recipients."""
        alias = entry.text("mailNickname").lower()
        self._known[entry.guid] = None
        if alias:
            self._by_alias.setdefault(alias, set()).add(entry.guid)

    def all(self, controller: DomainController, whole_forest: bool = True) -> Iterator[Entry]:
        """Recipients that a controller knows: of its own domain, or of all it holds."""
        for guid in list(self._known):
            entry = controller.replica.by_guid(guid)
            if entry is not None and self._shows(controller, entry, whole_forest):
                yield entry

    def _shows(self, controller: DomainController, entry: Entry, whole_forest: bool) -> bool:
        """Whether a controller shows an entry as a recipient: one whose mailbox was taken off shows until it hears of it."""
        return (
            entry.guid in self._known
            and bool(entry.get("mailNickname"))
            and (whole_forest or controller.owns(entry.dn))
        )

    def find(self, controller: DomainController, identity: str, whole_forest: bool = True) -> list[Entry]:
        """Recipients that an identity names: alias, name, address, DN, GUID, ``DOMAIN\\user`` …"""
        wanted = identity.strip()
        direct = self._direct(controller, wanted)
        if direct is not None:
            return [direct] if self._shows(controller, direct, whole_forest) else []
        lowered = wanted.lower()
        known = (controller.replica.by_guid(guid) for guid in self._by_alias.get(lowered, ()))
        fitting = [
            e
            for e in known
            if e is not None
            and e.text("mailNickname").lower() == lowered
            and self._shows(controller, e, whole_forest)
        ]
        if fitting:
            return fitting
        return [e for e in self.all(controller, whole_forest) if lowered in self._names(e)]

    @staticmethod
    def _direct(controller: DomainController, wanted: str) -> Entry | None:
        if "=" in wanted and "," in wanted:
            return controller.get(wanted)
        try:
            return controller.replica.by_guid(uuid.UUID(wanted))
        except ValueError:
            return None

    def _names(self, entry: Entry) -> set[str]:
        account = entry.text("sAMAccountName")
        domain = self._org.world.forest.domain(names.dns_name(entry.dn))
        netbios = self._org.world.forest.netbios(domain) if domain else ""
        found = {
            names.rdn_value(entry.dn),
            entry.text("displayName"),
            account,
            f"{netbios}\\{account}",
            f"{names.dns_name(entry.dn)}\\{account}",
            entry.text("userPrincipalName"),
            entry.text("legacyExchangeDN"),
            names.canonical_name(entry.dn),
            entry.text("mail"),
        }
        found |= {str(a).partition(":")[2] for a in entry.get("proxyAddresses")}
        return {text.lower() for text in found if text}

    def state(self, entry: Entry) -> MailboxState | None:
        """The contents of an entry's mailbox."""
        raw = entry.first("msExchMailboxGuid")
        if not isinstance(raw, bytes):
            return None
        return self._org.state.mailboxes.get(uuid.UUID(bytes_le=raw))

    @staticmethod
    def is_mailbox(entry: Entry) -> bool:
        """Whether the entry is a user with a mailbox."""
        return bool(entry.get("homeMDB")) and bool(entry.get("msExchMailboxGuid"))

    @staticmethod
    def details(entry: Entry) -> str:
        """``RecipientTypeDetails`` of a mailbox."""
        if not entry.get("msExchVersion"):
            return "LegacyMailbox"
        return DETAILS_NAME.get(entry.number("msExchRecipientTypeDetails", 1), "UserMailbox")

    # mailboxes

    def enable(
        self,
        controller: DomainController,
        entry: Entry,
        database: Entry,
        *,
        alias: str,
        type_details: str = "UserMailbox",
        product: str = "2010",
        extra: Mapping[str, Any] | None = None,
    ) -> MailboxState:
        """Give a user a mailbox in a database."""
        store = Store(controller)
        server = self._org.databases.server_name(store, database)
        guid = uuid.UUID(int=self._org.random.getrandbits(128), version=4)
        legacy = f"{self._org.layout.legacy_prefix_of(server)}/cn=Recipients/cn={alias}"
        version = facts.object_version(product) or None
        address = f"{alias}@{self._org.default_domain(store)}"
        shown = entry.text("displayName") or names.rdn_value(entry.dn)
        attributes: dict[str, Any] = {
            "mailNickname": alias,
            "displayName": shown,
            "homeMDB": database.dn,
            "homeMTA": f"CN=Microsoft MTA,{self._org.layout.server(server)}",
            "msExchHomeServerName": self._org.layout.legacy_server(server),
            "msExchMailboxGuid": guid.bytes_le,
            "legacyExchangeDN": legacy,
            "mail": address,
            "proxyAddresses": [f"SMTP:{address}"],
            "msExchRecipientTypeDetails": TYPE_DETAILS.get(type_details, 1) if version else None,
            "msExchVersion": version,
            "msExchUserCulture": "en-US",
            **(extra or {}),
        }
        controller.modify(entry.dn, attributes)
        box = MailboxState(guid, shown, legacy, database.guid, entry.guid)
        self._org.state.mailboxes[guid] = box
        fresh = controller.get(entry.dn)
        assert fresh is not None
        self.remember(fresh)
        return box

    def disable(self, controller: DomainController, entry: Entry) -> None:
        """Take the mailbox off a user; the database keeps it for its retention time."""
        box = self.state(entry)
        if box is not None:
            box.disconnected, box.owner = self._org.now(), None
        cleared = [
            "homeMDB", "homeMTA", "msExchHomeServerName", "msExchMailboxGuid", "mailNickname", "mail",
            "proxyAddresses", "msExchRecipientTypeDetails", "msExchVersion", "legacyExchangeDN",
            "msExchUMEnabledFlags", "msExchUMTemplateLink", "msExchUserCulture",
        ]  # fmt: skip
        controller.modify(entry.dn, dict.fromkeys(cleared))

    def remove(self, controller: DomainController, entry: Entry) -> None:
        """Delete a user with its mailbox, which the database keeps disconnected."""
        box = self.state(entry)
        if box is not None:
            box.disconnected, box.owner = self._org.now(), None
        controller.delete(entry.dn, tree=True)

    def rehome(self, controller: DomainController, entry: Entry, database: Entry, product: str) -> None:
        """What a completed move writes to the user; the tools of 2007 and later know one of 2003 by what it lacks."""
        store = Store(controller)
        server = self._org.databases.server_name(store, database)
        version = facts.object_version(product) or None
        details = entry.number("msExchRecipientTypeDetails") or TYPE_DETAILS["UserMailbox"]
        controller.modify(
            entry.dn,
            {
                "homeMDB": database.dn,
                "homeMTA": f"CN=Microsoft MTA,{self._org.layout.server(server)}",
                "msExchHomeServerName": self._org.layout.legacy_server(server),
                "msExchVersion": version,
                "msExchRecipientTypeDetails": details if version else None,
            },
        )

    # system and arbitration mailboxes

    def make_system_mailbox(self, store: Store, entry: Entry, state: DatabaseState) -> None:
        """The ``SystemMailbox{…}`` that every mailbox database has, in the domain of the server's computer account."""
        name = f"SystemMailbox{{{state.guid}}}"
        server = self._org.world.server(state.server)
        domain = server.spec.domain if server is not None else ""
        dn = names.domain_dn(domain) if domain else store.controller.domain_dn
        home = f"CN=Microsoft Exchange System Objects,{dn}"
        controller = store.controller.writer(home)
        if controller.get(home) is None:
            return
        guid = uuid.UUID(int=self._org.random.getrandbits(128), version=4)
        legacy = f"{self._org.layout.legacy_prefix_of(state.server)}/cn=Recipients/cn={name}"
        attributes: dict[str, Any] = {
            "homeMDB": entry.dn,
            "msExchMailboxGuid": guid.bytes_le,
            "legacyExchangeDN": legacy,
            "mailNickname": name,
            "msExchHideFromAddressLists": True,
            "showInAdvancedViewOnly": True,
        }
        dn = names.child("CN", name, home)
        if controller.get(dn) is None:
            controller.create(dn, "msExchSystemMailbox", attributes)
        box = MailboxState(guid, name, legacy, state.guid, None, 1, 24, system=True)
        self._org.state.mailboxes[guid] = box

    def forget_system_mailbox(self, store: Store, box: MailboxState) -> None:
        """Remove the directory object of a database's system mailbox."""
        if not box.system:
            return
        for domain in self._org.world.forest.domain_dns():
            dn = names.child("CN", box.name, f"CN=Microsoft Exchange System Objects,{domain}")
            controller = store.controller.writer(dn)
            if controller.get(dn) is not None:
                controller.delete(dn)

    def home_arbitration(self, store: Store, server: Any) -> None:
        """Give the arbitration and discovery accounts their mailboxes on the first 2010 database."""
        if self._org.product_of(server) != "2010":
            return
        found = self._org.databases.on_server(server.name)
        database = next((self._org.databases.entry(store, db.guid) for db in found if not db.public), None)
        root = self._root_controller(store, server.site)
        if database is None or root is None:
            return
        for name in (*(name for name, _ in ARBITRATION), DISCOVERY):
            entry = root.get(names.child("CN", name, f"CN=Users,{self._org.world.forest.root_dn}"))
            if entry is None or entry.get("homeMDB"):
                continue
            details = "DiscoveryMailbox" if name == DISCOVERY else "ArbitrationMailbox"
            alias = name.replace(" ", "")
            hidden = {"msExchHideFromAddressLists": True, "msExchPoliciesExcluded": [POLICY_EXEMPT]}
            self.enable(root, entry, database, alias=alias, type_details=details, extra=hidden)

    def _root_controller(self, store: Store, site: str) -> DomainController | None:
        domain = self._org.world.forest.spec.domains[0].name
        if store.controller.spec.domain.lower() == domain.lower():
            return store.controller
        return self._org.world.forest.find(site=site, domain=domain, writable=True)

    # groups

    def make_group(
        self,
        controller: DomainController,
        name: str,
        members: list[str],
        expansion_server: str,
        dynamic: bool,
        scope: str,
    ) -> Entry:
        """A distribution group; ``members`` are DNs."""
        dn = names.child("CN", name, f"CN=Users,{controller.domain_dn}")
        alias = name.replace(" ", "")
        server = self._org.layout.legacy_server(expansion_server) if expansion_server else None
        newest = max(
            (p for s in self._org.world.servers.values() if (p := self._org.product_of(s))), default=""
        )
        is_legacy = newest in ("2000", "2003")
        prefix = (
            self._org.layout.legacy_prefix_of(expansion_server)
            if is_legacy
            else self._org.layout.legacy_prefix
        )
        address = f"{alias}@{self._org.default_domain(Store(controller))}"
        types = {"Universal": 8, "Global": 2, "DomainLocal": 4}
        attributes: dict[str, Any] = {
            "sAMAccountName": None if dynamic else alias,
            "mailNickname": alias,
            "displayName": name,
            "mail": address,
            "proxyAddresses": [f"SMTP:{address}"],
            "legacyExchangeDN": f"{prefix}/cn=Recipients/cn={alias}",
            "msExchVersion": None if is_legacy else facts.object_version("2007"),
            "msExchExpansionServerName": server,
        }
        if dynamic:
            attributes["msExchDynamicDLFilter"] = "(mailNickname=*)"
        else:
            attributes |= {"groupType": types.get(scope, 8), "member": members}
        entry = controller.create(dn, "msExchDynamicDistributionList" if dynamic else "group", attributes)
        self.remember(entry)
        return entry

    def server_of_mailbox(self, controller: DomainController, entry: Entry) -> str:
        """Name of the server that holds a mailbox."""
        database = controller.get(entry.text("homeMDB"))
        if database is None:
            # A controller may hear of a user before it hears of the new database: the user names its server as well.
            home = entry.text("msExchHomeServerName").rpartition("/cn=")[2]
            return server_of(entry.text("homeMDB")) or home
        return self._org.databases.server_name(Store(controller), database)
