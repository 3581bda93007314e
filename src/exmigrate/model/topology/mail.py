"""Mail flow, unified messaging, Edge subscriptions and expansion servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .legacy import RoutingGroupConnector


@dataclass(frozen=True, slots=True)
class SendConnector:
    """A send connector that exists today and whose source servers move, or a new one (`create`).

    Attributes:
        sources: target servers that become its source transport servers.
        edge: whether an Edge subscription makes and owns it.
    """

    name: str
    sources: tuple[str, ...]
    address_spaces: tuple[str, ...] = ()
    smart_hosts: tuple[str, ...] = ()
    fqdn: str = ""
    edge: str = ""
    create: bool = False
    site: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveConnector:
    """A receive connector for anonymous mail on target Hubs.

    Attributes:
        use: `internet`, `gateway` or `relay`.
        remote_ranges: where its mail comes from; empty only for `internet`.
        relay: whether it may relay to outside.
    """

    name: str
    use: str
    servers: tuple[str, ...]
    remote_ranges: tuple[str, ...] = ()
    bindings: tuple[str, ...] = ("0.0.0.0:25",)
    relay: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedDomain:
    """An accepted SMTP domain: `authoritative`, `internal-relay` or `external-relay`."""

    name: str
    kind: str = "authoritative"
    default: bool = False
    shared_with: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class DsnMessage:
    """A custom system message: `en\\External\\5.7.1`."""

    identity: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class MailFlow:
    """Mail flow settings.

    Attributes:
        inbound: `edge`, `gateway` or `direct`.
        inbound_targets: servers or addresses that inbound mail reaches after the cut-over.
        outbound_probe: host and port reached from every new source server.
        dsn_mode: `UseExchangeDSNs | PreserveDSNBody | DoNotConvert`, empty for unchanged.
        suppress_link_state: whether the minor link state updates of every legacy server are switched off.
        legacy_routing_server: legacy bridgehead that the first Hub's Setup gets; empty without legacy servers.
        legacy_internet_connectors: SMTP connectors of legacy routing groups that leave after the cut-over of mail.
    """

    inbound: str
    inbound_targets: tuple[str, ...] = ()
    mx_domains: tuple[str, ...] = ()
    outbound_probe: str = ""
    send_connectors: tuple[SendConnector, ...] = ()
    receive_connectors: tuple[ReceiveConnector, ...] = ()
    accepted_domains: tuple[AcceptedDomain, ...] = ()
    dsn_messages: tuple[DsnMessage, ...] = ()
    dsn_mode: str = ""
    sync_rules: bool = True
    routing_group_connectors: tuple[RoutingGroupConnector, ...] = ()
    suppress_link_state: bool = True
    legacy_routing_server: str = ""
    legacy_internet_connectors: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""


@dataclass(frozen=True, slots=True)
class DialPlan:
    """A UM dial plan with its old and new UM servers and gateways.

    Attributes:
        create: whether it is made new; then `digits`, `policies` and `gateway_addresses` say what.
        gateway_addresses: gateway to address.
        country_code: dialling code of its country, which 2010 asks for: `41`.
    """

    name: str
    site: str
    source_servers: tuple[str, ...]
    target_servers: tuple[str, ...]
    gateways: tuple[str, ...]
    prompts: bool = True
    create: bool = False
    digits: int = 0
    policies: tuple[str, ...] = ()
    gateway_addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    country_code: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class EdgeSubscription:
    """An Edge server and the AD site it is, or will be, subscribed to.

    Attributes:
        replaces: old Edge server that leaves when this one is subscribed, empty if this subscription stays.
        existing: whether this Edge is subscribed today (then it is subscribed again, not anew).
    """

    edge: str
    site: str
    existing: bool
    replaces: str = ""
    internet_connector: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class ExpansionGroup:
    """A distribution group whose expansion server is an old server."""

    name: str
    expansion_server: str
    dynamic: bool = False
    path: str = ""
