"""What only an organization with Exchange 2000 or 2003 servers has today: facts, no wishes."""

from typing import Annotated, Literal

from pydantic import Field

from .types import Defines, Entry, Name, Refers

LegacyServer = Annotated[str, Refers(("source server",))]
RoutingGroupName = Annotated[str, Refers(("routing group",))]

Feature = Literal[
    "mobile-information-server",
    "instant-messaging",
    "chat",
    "conferencing",
    "key-management",
    "ccmail-connector",
    "msmail-connector",
    "groupwise-connector",
    "x400-connector",
    "notes-connector",
    "nntp",
]


class RoutingGroupFact(Entry):
    """A routing group of Exchange 2000 and 2003; its servers name it."""

    name: Annotated[Name, Defines("routing group"), Defines("legacy routing group")] = Field(
        description="Name."
    )
    administrative_group: Name = Field(
        "First Administrative Group", description="Administrative group that it stands in."
    )
    master: LegacyServer = Field("", description="Its master; its first server when left out.")


class RoutingGroupConnectorFact(Entry):
    """A routing group connector as it is, in one direction."""

    name: Name = Field(description="Name, unique in its source group.")
    source_group: RoutingGroupName = Field(description="Routing group that it leads from.")
    target_group: RoutingGroupName = Field(
        description="Routing group that it leads to; that of 2007 is Exchange Routing Group (DWBGZMFD01QNBJR)."
    )
    sources: list[LegacyServer] = Field(min_length=1, description="Bridgeheads of the source group.")
    targets: list[LegacyServer] = Field(min_length=1, description="Servers of the target group.")
    cost: int = Field(1, ge=1, le=100, description="Cost.")


class SmtpConnectorFact(Entry):
    """An SMTP connector of Exchange 2000 or 2003."""

    name: Annotated[Name, Defines("smtp connector")] = Field(description="Name.")
    routing_group: Annotated[str, Refers(("legacy routing group",))] = Field(
        "", description="Its routing group; that of its first bridgehead when left out."
    )
    bridgeheads: list[LegacyServer] = Field(min_length=1, description="Local bridgeheads.")
    address_spaces: list[Name] = Field(min_length=1, description="Such as SMTP:*;1.")
    smart_hosts: list[Name] = Field(default_factory=list, description="Smart hosts; empty for DNS routing.")


class UpdateServiceFact(Entry):
    """A Recipient Update Service."""

    name: Annotated[Name, Defines("update service")] = Field(
        description="Name, such as Recipient Update Service (CONTOSO)."
    )
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Domain that it serves; the root domain when left out."
    )
    server: LegacyServer = Field(description="Server that it runs on.")
    domain_controller: Annotated[str, Refers(("host",))] = Field(
        "", description="Domain controller that it writes to."
    )
    enterprise: bool = Field(False, description="Whether it is the one of the configuration.")


class AddressListFact(Entry):
    """An address list with a filter of the old kind."""

    name: Annotated[Name, Defines("address list")] = Field(description="Name.")
    filter: Name | str = Field(min_length=3, max_length=4096, description="LDAP filter.")
    kind: Literal["address-list", "global-address-list"] = Field("address-list", description="Kind.")


class FeatureFact(Entry):
    """A feature in use that later versions do not have: it keeps an old server."""

    feature: Feature = Field(description="The feature.")
    server: LegacyServer = Field("", description="Server that has it; empty for any of its version.")
    reason: str = Field("", description="Who uses it, and for what.")
