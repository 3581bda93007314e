"""What persons do to an organization of 2000 and 2003: in Exchange System Manager, in ADSI Edit and on its servers.

Each refuses what those tools refuse. A write goes to the controller that the tool would have taken and replicates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.legacy import installed, organization, places, removal, routing
from exmigrate.twin.world.preparation import administrative_group_dn, organization_dn
from exmigrate.twin.world.setup.update import apply_level

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server


class ToolRefused(Exception):
    """A tool says no; the text is what it shows."""


class LegacyPeople:
    """Actions on what 2000 and 2003 have, for whoever plays a person."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org

    def actions(self) -> dict[str, Callable[..., Any]]:
        """All actions by name."""
        methods = (
            self.switch_native_mode, self.remove_55, self.fix_recipient_policies, self.own_smtp_domain,
            self.clear_mailbox_manager, self.set_activesync_integrated, self.delete_store, self.move_all_replicas,
            self.move_folder_tree, self.delete_update_services, self.remove_smtp_connector, self.promote_master,
            self.remove_old_connectors, self.delete_routing_groups, self.uninstall_legacy, self.patch_legacy, self.install_hotfix,
            self.suppress_link_state,
        )  # fmt: skip
        return {method.__name__.replace("_", "-"): method for method in methods}

    # the organization

    def switch_native_mode(self) -> None:
        """Organization > Properties > Change Mode; there is no way back.

        Raises:
            ToolRefused: something of 5.5 is left.
        """
        dc = self._controller()
        left = organization.remnants(dc)
        if left:
            raise ToolRefused(f"The organization cannot be switched to native mode: {', '.join(left)}.")
        dc.modify(organization_dn(dc), {"msExchMixedMode": False})

    def remove_55(self) -> list[str]:
        """Remove agreements of the Active Directory Connector, Site Replication Services and servers of 5.5."""
        dc = self._controller()
        done = organization.remnants(dc)
        for entry in [e for e in places.servers(dc) if "Version 5.5" in e.text("serialNumber")]:
            dc.delete(entry.dn, tree=True)
        for entry in dc.search(organization_dn(dc), "(objectClass=msExchSiteReplicationService)"):
            machine = self._org.world.server(places.server_name_of(entry.dn))
            dc.delete(entry.dn, tree=True)
            if machine is not None and machine.services.get("MSExchangeSRS") is not None:
                machine.services.stop_if_running("MSExchangeSRS")
                machine.services.delete("MSExchangeSRS")
        if dc.get(organization.agreements_dn(dc)) is not None:
            for entry in dc.children(organization.agreements_dn(dc)):
                dc.delete(entry.dn, tree=True)
        return done

    # recipient policies

    def fix_recipient_policies(self) -> list[str]:
        """Give each address type of each policy exactly one primary address, and drop what is no address."""
        dc = self._controller()
        before = organization.policy_faults(dc)
        for entry in organization.policies(dc):
            templates = [str(v) for v in entry.get("gatewayProxy")]
            fixed: list[str] = []
            primaries: set[str] = set()
            for text in templates:
                kind, _, rest = text.partition(":")
                if not rest or (kind.upper() == "SMTP" and "@" not in rest):
                    continue
                first = kind.upper() not in primaries and not any(
                    t.partition(":")[0] == kind.upper() for t in templates if t is not text
                )
                is_primary = kind == kind.upper() and kind not in primaries
                if is_primary or first:
                    primaries.add(kind.upper())
                    fixed.append(f"{kind.upper()}:{rest}")
                else:
                    fixed.append(f"{kind.lower()}:{rest}")
            if fixed != templates:
                self._need_editable(entry)
                dc.modify(entry.dn, {"gatewayProxy": fixed})
        return before

    def own_smtp_domain(self, domain: str) -> None:
        """Tick that this organization is responsible for all mail of a domain, in every policy that shares it."""
        dc, wanted = self._controller(), domain.lower()
        for entry in organization.policies(dc):
            shared = [str(v) for v in entry.get("msExchNonAuthoritativeDomains")]
            kept = [text for text in shared if text.partition("@")[2].lower() != wanted]
            if kept != shared:
                self._need_editable(entry)
                dc.modify(entry.dn, {"msExchNonAuthoritativeDomains": kept})

    def clear_mailbox_manager(self) -> list[str]:
        """Delete policies with nothing but Mailbox Manager settings; take the page off mixed ones."""
        dc, done = self._controller(), []
        for entry in organization.policies(dc):
            pages = list(entry.get("msExchPolicyOptionList"))
            has = organization.MAILBOX_MANAGER in pages or entry.get("msExchMailboxManagerFolderSettings")
            if not has:
                continue
            self._need_editable(entry)
            done.append(names.rdn_value(entry.dn))
            if organization.ADDRESSES not in pages:
                dc.delete(entry.dn)
                continue
            dc.modify(
                entry.dn,
                {
                    "msExchPolicyOptionList": [p for p in pages if p != organization.MAILBOX_MANAGER],
                    "msExchMailboxManagerMode": None,
                    "msExchMailboxManagerFolderSettings": None,
                },
            )
        return done

    @staticmethod
    def _need_editable(entry: Entry) -> None:
        if entry.get("msExchVersion"):
            raise ToolRefused(
                f"The object '{names.rdn_value(entry.dn)}' was last changed by a later version of Exchange; Exchange "
                "System Manager cannot edit it."
            )

    # servers

    def set_activesync_integrated(self, server: str, is_on: bool = True) -> None:
        """Tick Integrated Windows Authentication on a server's ActiveSync directory.

        Raises:
            ToolRefused: without hotfix KB937031 the page cannot be changed.
        """
        machine = self._machine(server)
        if installed.HOTFIX_ACTIVESYNC not in machine.hotfixes:
            raise ToolRefused(
                f"The authentication of Microsoft-Server-ActiveSync on {machine.name} cannot be changed in Exchange System "
                "Manager: KB937031 is not installed."
            )
        dc = self._controller(machine)
        entry = self._entry(dc, machine)
        directory = dc.get(installed.activesync_dn(entry.dn))
        if directory is None:
            raise ToolRefused(f"{machine.name} has no ActiveSync directory.")
        flags = directory.number("msExchAuthenticationFlags")
        changed = flags | installed.INTEGRATED if is_on else flags & ~installed.INTEGRATED
        dc.modify(directory.dn, {"msExchAuthenticationFlags": changed})

    def suppress_link_state(self, server: str) -> None:
        """reg add … SuppressStateChanges on the server, and its three services anew."""
        machine = self._machine(server)
        machine.set_registry(installed.ROUTING_KEY, **{installed.SUPPRESS: 1})
        for name in ("SMTPSVC", "RESvc", "MSExchangeMTA"):
            machine.services.stop_if_running(name)
            machine.services.start_if_automatic(name)

    def patch_legacy(self, server: str, level: str) -> None:
        """update.exe of a service pack, with the restart that it wants."""
        machine = self._machine(server)
        try:
            apply_level(machine, level)
        except (LookupError, KeyError) as error:
            raise ToolRefused(str(error)) from error
        machine.restart()

    def install_hotfix(self, server: str, article: str) -> None:
        """A hotfix of Exchange 2003, by its number such as ``KB937031``.

        Raises:
            ToolRefused: it wants SP2.
        """
        machine = self._machine(server)
        if machine.exchange is None or machine.exchange.level != "2003SP2":
            raise ToolRefused("This update requires Exchange Server 2003 Service Pack 2.")
        installed.install_hotfix(machine, article)

    def uninstall_legacy(self, server: str) -> None:
        """Control Panel > Microsoft Exchange > Remove.

        Raises:
            ToolRefused: the server still does something for the organization; names all of it.
        """
        machine = self._machine(server)
        dc = self._controller(machine)
        left = removal.blockers(self._org, dc, machine)
        if left:
            raise ToolRefused("\n".join(left))
        removal.take_off(self._org, dc, machine)

    # stores and public folders

    def delete_store(self, server: str, store: str = "", default: str = "") -> list[str]:
        """Delete a store, or without a name every public folder store of the server.

        Args:
            default: the public folder database that mailbox stores get which had the deleted one as their default.

        Raises:
            ToolRefused: users or replicas are on it, or it is a default and no other was chosen.
        """
        machine = self._machine(server)
        dc = self._controller(machine)
        wanted = [
            db
            for db in self._org.databases.on_server(machine.name)
            if (db.name.lower() == store.lower() if store else db.public)
        ]
        if store and not wanted:
            raise ToolRefused(f"{machine.name} has no store {store}.")
        for database in wanted:
            if database.public:
                self._release_default(dc, database.guid, database.name, default)
            else:
                self._need_empty(database.name, database.guid)
            view = self._org.store_for(machine)
            entry = self._org.databases.entry(view, database.guid)
            if entry is not None:
                self._org.databases.delete(view, entry)
        return [database.name for database in wanted]

    def _need_empty(self, name: str, guid: Any) -> None:
        held = [b for b in self._org.state.mailboxes_in(guid) if not b.system and b.disconnected is None]
        if held:
            raise ToolRefused(
                f"One or more users currently use the mailbox store '{name}'. (ID no: c1034a7f) The first is '{held[0].name}'."
            )

    def _release_default(self, dc: DomainController, guid: Any, name: str, default: str) -> None:
        state = self._org.state.databases[guid]
        resting = self._org.folders.rest_on(state)
        if resting:
            raise ToolRefused(
                f"The public folder store '{name}' contains replicas of {len(resting)} folders, the first is "
                f"'{resting[0].path}'. Move all replicas first."
            )
        users = removal.default_of(self._org, dc, guid)
        if not users:
            return
        target = self._org.state.database(default) if default else None
        chosen = dc.replica.by_guid(target.guid) if target is not None and target.public else None
        if chosen is None or chosen.guid == guid:
            raise ToolRefused(
                f"The public folder store '{name}' is the default public store of {', '.join(users)}. Choose another one."
            )
        for entry in dc.search(organization_dn(dc), "(objectClass=msExchPrivateMDB)"):
            now = dc.get(entry.text("msExchHomePublicMDB"))
            if now is not None and now.guid == guid:
                dc.modify(entry.dn, {"msExchHomePublicMDB": chosen.dn})

    def move_all_replicas(self, server: str, to: str) -> int:
        """Public folder store > Move All Replicas; gives how many folders. Contents follow in their own time.

        Args:
            to: server whose public folder database takes them.
        """
        source = [db for db in self._org.databases.on_server(self._machine(server).name) if db.public]
        target = [db for db in self._org.databases.on_server(to) if db.public]
        if not source or not target:
            raise ToolRefused(f"{server if not source else to} has no public folder store.")
        moved = 0
        for database in source:
            for folder in self._org.folders.rest_on(database):
                if database.guid in folder.replicas:
                    kept = [guid for guid in folder.replicas if guid != database.guid]
                    self._org.folders.set_replicas(folder, [*kept, target[0].guid])
                    moved += 1
        return moved

    def move_folder_tree(self) -> str:
        """Drag the public folder tree into a new container of the administrative group of 2007; gives its DN.

        Raises:
            ToolRefused: that group is not there, or no server with the tool is left.
        """
        dc = self._controller()
        group = administrative_group_dn(dc)
        if dc.get(group) is None:
            raise ToolRefused(
                "There is no administrative group 'Exchange Administrative Group (FYDIBOHF23SPDLT)'."
            )
        if not places.servers(dc):
            raise ToolRefused(
                "No server of Exchange 2000 or 2003 is left, and Exchange System Manager with it."
            )
        container = f"CN=Folder Hierarchies,{group}"
        dc.ensure(container, "msExchContainer")
        for entry in organization.folder_trees(dc):
            wanted = names.child("CN", names.rdn_value(entry.dn), container)
            if names.key(entry.dn) != names.key(wanted):
                dc.rename(entry.dn, wanted)
        return container

    # update services and connectors

    def delete_update_services(self) -> list[str]:
        """Delete those of domains in Exchange System Manager, the one of the configuration in ADSI Edit."""
        dc = self._controller()
        found = organization.update_services(dc)
        for entry in found:
            dc.delete(entry.dn, tree=True)
        return [names.rdn_value(entry.dn) for entry in found]

    def remove_smtp_connector(self, name: str) -> None:
        """Delete an SMTP connector of 2000 and 2003.

        Raises:
            ToolRefused: there is none of that name.
        """
        dc = self._controller()
        for entry in routing.smtp_connectors(dc):
            if names.rdn_value(entry.dn).lower() == name.lower():
                dc.delete(entry.dn)
                return
        raise ToolRefused(f"There is no SMTP connector '{name}' in a routing group of Exchange 2000 or 2003.")

    def remove_old_connectors(self, server: str = "") -> list[str]:
        """Delete connectors between two old routing groups; with a server those that it is a bridgehead of."""
        dc, done = self._controller(), []
        old = {names.key(group.dn) for group in places.routing_groups(dc)}
        for connector in routing.routing_group_connectors(dc):
            inner = {names.key(connector.source_group), names.key(connector.target_group)} <= old
            ends = {name.lower() for name in (*connector.sources, *connector.targets)}
            if inner and (not server or server.lower() in ends):
                dc.delete(connector.dn)
                done.append(connector.name)
        return done

    def promote_master(self, server: str) -> None:
        """Routing group > Members > Set as Master."""
        machine = self._machine(server)
        dc = self._controller(machine)
        entry = self._entry(dc, machine)
        dc.modify(entry.text("msExchHomeRoutingGroup"), {"msExchRoutingMasterDN": entry.dn})

    def delete_routing_groups(self) -> list[str]:
        """Delete connectors between old routing groups, then the groups.

        Raises:
            ToolRefused: a group has servers, or a connector to the servers of 2007 and later.
        """
        dc = self._controller()
        groups = places.routing_groups(dc)
        old = {names.key(group.dn) for group in groups}
        for group in groups:
            left = routing.members(dc, group.dn)
            if left:
                listed = ", ".join(names.rdn_value(e.dn) for e in left)
                raise ToolRefused(
                    f"The routing group '{names.rdn_value(group.dn)}' still has servers: {listed}."
                )
        for connector in routing.routing_group_connectors(dc):
            ends = {names.key(connector.source_group), names.key(connector.target_group)}
            if not ends <= old and ends & old:
                raise ToolRefused(
                    f"The connector '{connector.name}' leads to a routing group of later servers: remove it in their shell."
                )
            if ends <= old:
                dc.delete(connector.dn)
        for group in groups:
            dc.delete(group.dn, tree=True)
        return [names.rdn_value(group.dn) for group in groups]

    # who and where

    def _machine(self, name: str) -> Server:
        found = self._org.world.server(name)
        if found is None or found.exchange is None or found.exchange.product not in ("2000", "2003"):
            raise ToolRefused(f"{name} runs no Exchange 2000 or 2003.")
        return found

    def _entry(self, dc: DomainController, machine: Server) -> Entry:
        found = places.server(dc, machine.name)
        if found is None:
            raise ToolRefused(f"{machine.name} is not in the organization.")
        return found

    def _controller(self, machine: Server | None = None) -> DomainController:
        """The controller that a tool takes: the nearest of a server, else of the first old server."""
        if machine is None:
            machine = next(
                (
                    s
                    for s in self._org.world.servers.values()
                    if s.exchange is not None and s.exchange.product in ("2000", "2003")
                ),
                None,
            )
        if machine is not None:
            return self._org.controller_for(machine)
        root = self._org.world.spec.forest.domains[0].name
        found = self._org.world.forest.find(domain=root, writable=True)
        if found is None or not organization_dn(found):
            raise ToolRefused("There is no Exchange organization.")
        return found
