"""What Exchange 2000 and 2003 have and later versions do not: routing groups, their connectors, update services, LDAP lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEGACY_VERSIONS = ("2000", "2003")
"""Versions with administrative and routing groups, without Exchange cmdlets."""

LEGACY_ROLES = ("front-end", "mailbox", "bridgehead")
"""Roles of a server of a legacy version; `mailbox` has stores (the back-end), `bridgehead` serves a connector."""

FIRST_ADMINISTRATIVE_GROUP = "First Administrative Group"
FIRST_ROUTING_GROUP = "First Routing Group"
"""Groups that Exchange 2000 and 2003 make themselves."""

MODERN_ROUTING_GROUP = "Exchange Routing Group (DWBGZMFD01QNBJR)"
"""The one routing group of all servers from 2007 on."""


@dataclass(frozen=True, slots=True)
class RoutingGroup:
    """A legacy routing group; its servers are those whose `routing_group` is its name.

    Attributes:
        master: name of the server that is its routing group master, empty if the plan does not say.
    """

    name: str
    administrative_group: str
    master: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class RoutingGroupConnector:
    """A wish: the connector pair between the routing group of the new versions and one legacy routing group.

    Attributes:
        routing_group: the legacy routing group at its other end.
        sources: new Hubs; targets: legacy bridgeheads.
        cost: of each direction.
        first: the one that Setup makes with `/LegacyRoutingServer`.
        existing: whether it was made for 2007 already and only changes its Hubs.
        site: site of its first source.
    """

    name: str
    routing_group: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cost: int = 1
    first: bool = False
    existing: bool = False
    public_folder_referrals: bool = True
    site: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceRoutingGroupConnector:
    """A routing group connector as it is today, in one direction.

    Attributes:
        source_group, target_group: routing groups; the group of 2007 servers by its own fixed name.
        sources: bridgeheads of the source group; targets: servers of the target group.
    """

    name: str
    source_group: str
    target_group: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cost: int = 1
    path: str = ""


@dataclass(frozen=True, slots=True)
class SmtpConnector:
    """An SMTP connector of a legacy routing group as it is: `address_spaces` as `SMTP:*;1`."""

    name: str
    routing_group: str
    bridgeheads: tuple[str, ...]
    address_spaces: tuple[str, ...]
    smart_hosts: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class UpdateService:
    """A Recipient Update Service: for one domain, or for the configuration (`enterprise`).

    Attributes:
        server: legacy server that it runs on; dc: name of the domain controller that it writes to.
    """

    name: str
    domain: str
    server: str
    dc: str = ""
    enterprise: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class AddressList:
    """An address list with a filter of the old kind.

    Attributes:
        filter: LDAP filter as it is.
        kind: `address-list` or `global-address-list`.
        recipients: what it shall have: a word of `-IncludedRecipients` (`AllRecipients`, `MailboxUsers` and such) or the
            text of a `-RecipientFilter`; empty where nobody has decided.
    """

    name: str
    filter: str
    kind: str = "address-list"
    recipients: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class RetainedFeature:
    """A feature of an old version that forces an old server to stay; `server` is empty for any of its version."""

    feature: str
    server: str = ""
    reason: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class MailboxSet:
    """Mailboxes to enable for unified messaging once they are on a new server.

    Attributes:
        dialplan, policy: names of the dial plan and of its UM mailbox policy.
        members: alias to extension.
    """

    name: str
    dialplan: str
    policy: str
    members: Mapping[str, str]
    site: str = ""
    path: str = ""
