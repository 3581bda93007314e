"""Where Exchange keeps its objects in the configuration naming context."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.forest import Forest

ADMIN_GROUP = "Exchange Administrative Group (FYDIBOHF23SPDLT)"
ROUTING_GROUP = "Exchange Routing Group (DWBGZMFD01QNBJR)"


LEGACY = ("2000", "2003")
"""Products without Exchange cmdlets, with administrative and routing groups of their own."""


class LegacyPlace(NamedTuple):
    """Where a server of 2000 or 2003 lies: ``product`` is ``2000`` or ``2003``."""

    product: str
    administrative_group: str


@dataclass(frozen=True)
class Layout:
    """DNs of containers and of objects by name, for one organization.

    Attributes:
        legacy: servers of 2000 and 2003 by name in lower case; all others lie in the one group of 2007 and later.
    """

    configuration_dn: str
    root_dn: str
    organization: str
    legacy: Mapping[str, LegacyPlace] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, forest: Forest, organization: str, legacy: Mapping[str, LegacyPlace] | None = None
    ) -> "Layout":
        """The layout of an organization in a forest."""
        return cls(forest.configuration_dn, forest.root_dn, organization, legacy or {})

    @property
    def exchange(self) -> str:
        """The Exchange container below Services."""
        return f"CN=Microsoft Exchange,CN=Services,{self.configuration_dn}"

    @property
    def org(self) -> str:
        """The organization container."""
        return names.child("CN", self.organization, self.exchange)

    @property
    def administrative_groups(self) -> str:
        """The container of all administrative groups, those of 2000 and 2003 among them."""
        return f"CN=Administrative Groups,{self.org}"

    @property
    def admin_group(self) -> str:
        """The administrative group of all servers from 2007 on."""
        return names.child("CN", ADMIN_GROUP, self.administrative_groups)

    def group_of(self, server: str) -> str:
        """The administrative group of a server."""
        place = self.legacy.get(server.lower())
        return (
            names.child("CN", place.administrative_group, self.administrative_groups)
            if place
            else (self.admin_group)
        )

    @property
    def routing_group(self) -> str:
        """The routing group of all servers from 2007 on."""
        return names.child("CN", ROUTING_GROUP, f"CN=Routing Groups,{self.admin_group}")

    @property
    def legacy_prefix(self) -> str:
        """``legacyExchangeDN`` of the administrative group."""
        return f"/o={self.organization}/ou={ADMIN_GROUP}"

    def legacy_prefix_of(self, server: str) -> str:
        """``legacyExchangeDN`` of the administrative group of a server."""
        return f"/o={self.organization}/ou={names.rdn_value(self.group_of(server))}"

    def legacy_server(self, name: str) -> str:
        """``legacyExchangeDN`` of a server."""
        return f"{self.legacy_prefix_of(name)}/cn=Configuration/cn=Servers/cn={name}"

    @property
    def servers(self) -> str:
        return f"CN=Servers,{self.admin_group}"

    def server(self, name: str) -> str:
        """A server object."""
        return names.child("CN", name, f"CN=Servers,{self.group_of(name)}")

    def information_store(self, server: str) -> str:
        return f"CN=InformationStore,{self.server(server)}"

    def protocols(self, server: str) -> str:
        return f"CN=Protocols,{self.server(server)}"

    def http(self, server: str) -> str:
        return f"CN=HTTP,{self.protocols(server)}"

    def autodiscover(self, server: str) -> str:
        """The service connection point of a Client Access server."""
        return names.child("CN", server, f"CN=Autodiscover,{self.protocols(server)}")

    def receive_connectors(self, server: str) -> str:
        return f"CN=SMTP Receive Connectors,{self.protocols(server)}"

    @property
    def databases(self) -> str:
        """Databases of 2010, which belong to no server."""
        return f"CN=Databases,{self.admin_group}"

    @property
    def dags(self) -> str:
        return f"CN=Database Availability Groups,{self.admin_group}"

    @property
    def arrays(self) -> str:
        return f"CN=Arrays,{self.admin_group}"

    @property
    def folder_hierarchies(self) -> str:
        return f"CN=Folder Hierarchies,{self.admin_group}"

    @property
    def connections(self) -> str:
        """Send connectors and others that belong to the routing group."""
        return f"CN=Connections,{self.routing_group}"

    @property
    def transport_settings(self) -> str:
        return f"CN=Transport Settings,{self.org}"

    @property
    def accepted_domains(self) -> str:
        return f"CN=Accepted Domains,{self.transport_settings}"

    def rules(self, collection: str) -> str:
        """A rule container: ``Transport``, ``TransportVersioned``, ``Journaling``, ``JournalingVersioned``."""
        return f"CN={collection},CN=Rules,{self.transport_settings}"

    @property
    def system_messages(self) -> str:
        return f"CN=DSN Customization,{self.transport_settings}"

    @property
    def global_settings(self) -> str:
        return f"CN=Global Settings,{self.org}"

    @property
    def remote_domains(self) -> str:
        return f"CN=Internet Message Formats,{self.global_settings}"

    @property
    def recipient_policies(self) -> str:
        return f"CN=Recipient Policies,{self.org}"

    @property
    def address_lists(self) -> str:
        return f"CN=Address Lists Container,{self.org}"

    @property
    def offline_address_books(self) -> str:
        return f"CN=Offline Address Lists,{self.address_lists}"

    @property
    def client_access(self) -> str:
        return f"CN=Client Access,{self.org}"

    @property
    def outlook_providers(self) -> str:
        return f"CN=Outlook,CN=AutoDiscover,{self.client_access}"

    def um(self, container: str) -> str:
        """A UM container: ``DialPlan``, ``IPGateway``, ``AutoAttendant`` or ``Mailbox Policies``."""
        name = "UM Mailbox Policies" if container == "Mailbox Policies" else f"UM {container} Container"
        return f"CN={name},{self.org}"

    @property
    def sites(self) -> str:
        return f"CN=Sites,{self.configuration_dn}"

    @property
    def site_links(self) -> str:
        return f"CN=IP,CN=Inter-Site Transports,{self.sites}"

    def site(self, name: str) -> str:
        """An AD site."""
        return names.child("CN", name, self.sites)

    @property
    def security_groups(self) -> str:
        """The organizational unit of the universal groups."""
        return f"OU=Microsoft Exchange Security Groups,{self.root_dn}"


def server_of(dn: str) -> str:
    """The name of the server whose object a DN is or lies below; empty when there is none."""
    parts = names.split(dn)
    for index, part in enumerate(parts[:-1]):
        if parts[index + 1].lower() == "cn=servers" and part.lower().startswith("cn="):
            return names.unescape(part[3:])
    return ""
