"""The part of a world's specification that only Exchange 2000 and 2003 have: routing groups, policies, services.

Servers, stores and mailboxes of those versions stand where those of later ones do: in `ServerSpec.exchange` and in
the Exchange part of the specification.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RoutingGroupSpec:
    """A routing group; its members are the servers that name it.

    Attributes:
        administrative_group: where it lies; empty for the first one.
        master: name of its routing master; empty takes the first member.
    """

    name: str
    administrative_group: str = ""
    master: str = ""


@dataclass(frozen=True)
class RoutingGroupConnectorSpec:
    """One direction of a connector between two routing groups.

    Attributes:
        sources, targets: names of the bridgeheads at either end.
        referrals: whether clients are referred to public folder replicas over it.
    """

    name: str
    source_group: str
    target_group: str
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    cost: int = 1
    referrals: bool = True


@dataclass(frozen=True)
class SmtpConnectorSpec:
    """An SMTP connector of a routing group; an address space is ``*``, ``contoso.com`` or ``SMTP:*;1``."""

    name: str
    routing_group: str
    bridgeheads: tuple[str, ...]
    address_spaces: tuple[str, ...] = ("*",)
    smart_hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecipientPolicySpec:
    """A recipient policy.

    Attributes:
        templates: as in ``gatewayProxy``: ``SMTP:@contoso.com`` the primary, ``smtp:@…`` a further address.
        filter: LDAP; empty takes everybody with an alias.
        priority: 0 is the default policy's, which comes last.
        mailbox_manager: empty, ``only`` or ``mixed``: whether it carries Mailbox Manager settings.
        non_authoritative: domains of its templates that this organization shares.
    """

    name: str
    templates: tuple[str, ...] = ()
    filter: str = ""
    priority: int = 1
    mailbox_manager: str = ""
    non_authoritative: tuple[str, ...] = ()


@dataclass(frozen=True)
class AddressListSpec:
    """An address list or, with ``kind`` ``global-address-list``, a global one; ``filter`` is LDAP."""

    name: str
    filter: str
    kind: str = "address-list"


@dataclass(frozen=True)
class UpdateServiceSpec:
    """A Recipient Update Service: of a domain, or the one of the configuration (``enterprise``).

    Attributes:
        server: the Exchange server that runs it.
        dc: host name of the controller it works with; empty takes one of the domain.
    """

    name: str
    domain: str
    server: str
    dc: str = ""
    enterprise: bool = False


@dataclass(frozen=True)
class LegacySpec:
    """Everything that 2000 and 2003 have beyond servers and stores.

    Attributes:
        connection_agreements: names of agreements of an Active Directory Connector.
        site_replication_services: names of servers that run the Site Replication Service of 5.5.
        servers_55: names of Exchange 5.5 servers that the directory still shows.
    """

    routing_groups: tuple[RoutingGroupSpec, ...] = ()
    routing_group_connectors: tuple[RoutingGroupConnectorSpec, ...] = ()
    smtp_connectors: tuple[SmtpConnectorSpec, ...] = ()
    policies: tuple[RecipientPolicySpec, ...] = ()
    address_lists: tuple[AddressListSpec, ...] = ()
    update_services: tuple[UpdateServiceSpec, ...] = ()
    connection_agreements: tuple[str, ...] = ()
    site_replication_services: tuple[str, ...] = ()
    servers_55: tuple[str, ...] = ()
