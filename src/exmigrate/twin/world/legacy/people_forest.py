"""What persons do to the forest and to machines around Exchange 2000 and 2003: levels, controllers, users, certificates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exmigrate import facts
from exmigrate.twin.world.foundation import add_account, writable
from exmigrate.twin.world.legacy import updates
from exmigrate.twin.world.legacy.people import ToolRefused
from exmigrate.twin.world.spec import AccountSpec, DomainSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.forest import DomainController

WINDOWS_2003 = 2


class ForestPeople:
    """Actions on domains, controllers and users, for whoever plays a person."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org

    def actions(self) -> dict[str, Callable[..., Any]]:
        """All actions by name."""
        methods = (
            self.raise_domain_level, self.raise_forest_level, self.patch_controller, self.patch_site_controllers,
            self.make_legacy_user,
        )  # fmt: skip
        return {method.__name__.replace("_", "-"): method for method in methods}

    def raise_domain_level(self, domain: str, level: int = 0) -> None:
        """Active Directory Domains and Trusts: out of mixed mode, and to a level (0 Windows 2000 native … 4 2008 R2).

        Raises:
            ToolRefused: a controller of the domain runs an older Windows.
        """
        known = self._domain(domain)
        self._need_controllers(level, known)
        dc = writable(self._org.world, known.name)
        head = dc.get(dc.domain_dn)
        now = head.number("msDS-Behavior-Version") if head is not None else 0
        dc.modify(dc.domain_dn, {"nTMixedDomain": 0, "msDS-Behavior-Version": max(now, level)})
        self._partition(known, max(now, level))

    def raise_forest_level(self, level: int = WINDOWS_2003) -> None:
        """Raise the forest, and before it each domain that is lower.

        Raises:
            ToolRefused: a controller of the forest runs an older Windows.
        """
        forest = self._org.world.forest
        self._need_controllers(level, None)
        for domain in forest.spec.domains:
            dc = writable(self._org.world, domain.name)
            head = dc.get(dc.domain_dn)
            if head is not None and head.number("msDS-Behavior-Version") < level:
                self.raise_domain_level(domain.name, level)
        master = forest.master("naming")
        assert master is not None
        base = f"CN=Partitions,{forest.configuration_dn}"
        entry = master.get(base)
        if entry is not None and entry.number("msDS-Behavior-Version") < level:
            master.modify(base, {"msDS-Behavior-Version": level})

    def _partition(self, domain: DomainSpec, level: int) -> None:
        forest = self._org.world.forest
        master = forest.master("naming")
        dn = f"CN={forest.netbios(domain)},CN=Partitions,{forest.configuration_dn}"
        if master is not None and master.get(dn) is not None:
            master.modify(dn, {"msDS-Behavior-Version": level})

    def _need_controllers(self, level: int, domain: DomainSpec | None) -> None:
        for dc in self._controllers(domain):
            if facts.windows_version(dc.spec.os).level < level:
                raise ToolRefused(
                    f"The functional level cannot be raised: the domain controller {dc.fqdn} runs Windows {dc.spec.os}."
                )

    def _controllers(self, domain: DomainSpec | None) -> list[DomainController]:
        every = self._org.world.forest.all()
        return [dc for dc in every if domain is None or dc.spec.domain.lower() == domain.name.lower()]

    def patch_controller(self, controller: str, service_pack: int) -> None:
        """A Windows service pack on a domain controller."""
        dc = self._org.world.forest.controller(controller)
        if dc is None:
            raise ToolRefused(f"There is no domain controller {controller}.")
        if dc.spec.service_pack >= service_pack:
            return
        dc.spec = replace(dc.spec, service_pack=service_pack)
        machine = self._org.world.server(dc.name)
        if machine is not None:
            machine.service_pack = service_pack
        computer = f"CN={dc.name},OU=Domain Controllers,{dc.domain_dn}"
        writable(self._org.world, dc.spec.domain).modify(
            computer, {"operatingSystemServicePack": f"Service Pack {service_pack}"}
        )

    def patch_site_controllers(self, site: str, service_pack: int) -> list[str]:
        """A Windows service pack on the Windows 2003 controllers of a site and on the schema master."""
        forest = self._org.world.forest
        found = [dc for dc in forest.all() if dc.site.lower() == site.lower() or "schema" in dc.spec.fsmo]
        done = [dc for dc in found if dc.spec.os.startswith("2003") and dc.spec.service_pack < service_pack]
        for dc in done:
            self.patch_controller(dc.name, service_pack)
        return [dc.name for dc in done]

    def make_legacy_user(self, alias: str, store: str, domain: str = "", name: str = "") -> str:
        """Active Directory Users and Computers with the Exchange 2003 pages: a user with a mailbox; gives its DN.

        The tool writes alias and store; addresses come from the Recipient Update Service.
        """
        org = self._org
        known = self._domain(domain)
        dc = writable(org.world, known.name)
        database = org.state.database(store)
        entry = dc.replica.by_guid(database.guid) if database is not None else None
        if entry is None or database is None or database.public:
            raise ToolRefused(f"There is no mailbox store {store}.")
        if org.product_of(org.world.server(database.server)) not in ("2000", "2003"):
            raise ToolRefused(f"The mailbox store {store} is of a later version; these pages cannot use it.")
        dn = add_account(org.world, AccountSpec(alias, domain=known.name, display_name=name or alias))
        user = dc.get(dn)
        assert user is not None
        org.recipients.enable(
            dc,
            user,
            entry,
            alias=alias,
            product="2003",
            type_details="LegacyMailbox",
            extra={"proxyAddresses": None, "mail": None},
        )
        updates.stamp_later(org, known.name, dn)
        return dn

    def _domain(self, name: str) -> DomainSpec:
        found = self._org.world.forest.domain(name)
        if found is None:
            raise ToolRefused(f"There is no domain {name}.")
        return found
